import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const PAGE = 'docs/guide/command-line.md';

/** A command of the page, and what it printed when it was recorded. */
interface Session {
  readonly command: string;
  readonly output: string;
}

function sessionsIn(page: string): readonly Session[] {
  const blocks = [...page.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(
    ([, block = '']) => block,
  );
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((session) => {
        const end = session.indexOf('\n');
        return { command: session.slice(0, end), output: session.slice(end + 1) };
      }),
  );
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sessions-'));
  const program = join(folder, 'defender-resilience');
  const source = resolve('packages/cli/src/bin.ts');
  await writeFile(
    program,
    `#!/bin/sh\nexec "${process.execPath}" --conditions=@defender-resilience/source "${source}" "$@"\n`,
  );
  await chmod(program, 0o755);
});
afterAll(() => rm(folder, { recursive: true }));

/** What a person sees: standard output and standard error, one after the other. */
function run(command: string): Promise<string> {
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH']}` };
  return new Promise((done) => {
    execFile('/bin/sh', ['-c', `exec 2>&1; ${command}`], { env }, (_, stdout) => done(stdout));
  });
}

/** IDs and times are others each time. */
function masked(text: string): string {
  return text
    .trimEnd()
    .replaceAll(/[\da-f]{8}-[\da-f]{4}-[\da-f-]{22}/g, 'ID')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME');
}

describe('the sessions of the page about the command line', async () => {
  const sessions = sessionsIn(await readFile(PAGE, 'utf8'));

  it.each(sessions)('$command', async ({ command, output }) => {
    expect(masked(await run(command))).toBe(masked(output));
    for (const line of output.split('\n')) {
      if (!line.includes('https://')) expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  it('are more than ten', () => {
    expect(sessions.length).toBeGreaterThan(10);
  });
});
