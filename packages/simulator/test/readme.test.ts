import { execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { CONTROL, endpoints } from '../src/control/endpoints.ts';
import { STEP_ACTIONS } from '../src/script.ts';

const PACKAGE = new URL('..', import.meta.url);
const readme = await readFile(new URL('README.md', PACKAGE), 'utf8');

interface Snippet {
  readonly title: string;
  readonly code: string;
}

function snippets(language: string): readonly Snippet[] {
  const blocks = readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'));
  return [...blocks].map(([block, code = '']) => ({
    title: titleBefore(readme.indexOf(block)),
    code,
  }));
}

function titleBefore(at: number): string {
  return (
    /#+ (.*)$/.exec(
      readme
        .slice(0, at)
        .match(/^#+ .*$/gm)
        ?.at(-1) ?? '',
    )?.[1] ?? ''
  );
}

const NODE_22 = '../core/node_modules/node-22/bin/node';

/** The arguments with which Node runs a program as a user of the package would. */
function programOf(code: string): readonly string[] {
  return [
    '--conditions=@defender-resilience/source',
    '--input-type=module-typescript',
    // Node 22 says that it strips types.
    '--disable-warning=ExperimentalWarning',
    '-e',
    code,
  ];
}

const execute = promisify(execFile);

describe('the README', () => {
  it.each(snippets('ts').map(({ title, code }, index) => [index + 1, title, code] as const))(
    'shows a program that runs on Node 22 and 24: %i, %s',
    async (_index, _title, code) => {
      for (const node of [NODE_22, process.execPath]) {
        // Rejects, with what the program printed, when it does not end well.
        const { stderr } = await execute(node, programOf(code), { cwd: PACKAGE });
        expect(stderr).toBe('');
      }
    },
  );

  it('shows a start from the shell, and control calls that all work', async () => {
    const [, start, control] = snippets('sh').map(({ code }) => code);
    const program = /-e "(.*)"/.exec(start ?? '')?.[1] ?? '';
    const child = spawn(process.execPath, programOf(program.replace('8080', '0')), {
      cwd: PACKAGE,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const calls = callsIn(control ?? '', await firstLine(child.stdout));
      expect(calls.length).toBeGreaterThan(10);
      for (const { url, init } of calls) {
        const { status } = await fetch(url, init);
        expect([url, status < 300]).toEqual([url, true]);
      }
    } finally {
      child.kill();
    }
  });

  it('has a row for every option, action and control endpoint', async () => {
    const source = await readFile(new URL('src/options.ts', PACKAGE), 'utf8');
    const options = [...source.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name]) => name);
    expect(options.length).toBeGreaterThan(10);
    const rows = [...options, ...STEP_ACTIONS].map((name) => `| \`${name}\` `);
    const lines = endpoints.map(({ path }) => `http://127.0.0.1:8080${CONTROL}${path}`);
    expect([...rows, ...lines].filter((shown) => !readme.includes(shown))).toEqual([]);
  });
});

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stream })) return line;
  return '';
}

/** What curl would send, line by line. */
function callsIn(lines: string, origin: string): readonly { url: string; init: RequestInit }[] {
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const [, method = 'GET'] = /-X (\w+)/.exec(line) ?? [];
      const [, path = ''] = /http:\/\/127\.0\.0\.1:8080([^\s"]*)/.exec(line) ?? [];
      const body = /-d '(.*)'/.exec(line)?.[1];
      return { url: origin + path, init: { method, ...(body === undefined ? {} : { body }) } };
    });
}
