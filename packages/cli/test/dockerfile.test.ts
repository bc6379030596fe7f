import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };

/** The instructions of the Dockerfile: what follows the name of each. */
const instructions = new Map(
  (await readFile('packages/cli/Dockerfile', 'utf8'))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const space = line.indexOf(' ');
      return [line.slice(0, space), line.slice(space + 1)] as const;
    }),
);

/** The program and arguments of an instruction in its JSON form. */
function commandOf(name: string): readonly string[] {
  const text = instructions.get(name) ?? '';
  return JSON.parse(text.slice(text.indexOf('['))) as readonly string[];
}

/** As the container starts it, but on free ports. */
function startProxy() {
  const [program, ...args] = commandOf('ENTRYPOINT');
  expect(program).toBe(Object.keys(manifest.bin)[0]);
  const source = ['--conditions=@defender-resilience/source', 'packages/cli/src/bin.ts'];
  const anywhere = args.map((arg) => arg.replace(/^0\.0\.0\.0:\d+$/, '0.0.0.0:0'));
  return spawn(process.execPath, [...source, ...anywhere], { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Each instruction is run without a container: nothing here needs Docker. */
describe('the Dockerfile', () => {
  it('has the instructions that are tried here, and no others', () => {
    expect([...instructions.keys()]).toEqual([
      ...['FROM', 'RUN', 'USER', 'EXPOSE', 'ENTRYPOINT', 'HEALTHCHECK'],
    ]);
    expect(instructions.get('RUN')).toContain(`npm install --global ${manifest.name} `);
    const [, major] = /^node:(\d+)/.exec(instructions.get('FROM') ?? '') ?? [];
    const [, needed] = /(\d+)/.exec(manifest.engines.node) ?? [];
    expect(Number(major)).toBeGreaterThanOrEqual(Number(needed));
  });

  it('exposes the ports on which the proxy listens', () => {
    const ports = commandOf('ENTRYPOINT').flatMap(
      (arg) => /^0\.0\.0\.0:(\d+)$/.exec(arg)?.[1] ?? [],
    );
    expect(instructions.get('EXPOSE')?.split(' ')).toEqual(ports);
  });

  it('starts a proxy that is healthy by its own check, and drains at SIGTERM', async () => {
    const child = startProxy();
    const exited = once(child, 'exit');
    let checked: unknown;
    for await (const line of createInterface({ input: child.stderr })) {
      const port = /^Metrics at .*:(\d+)\//.exec(line)?.[1];
      if (port === undefined) continue;
      const [program, ...args] = commandOf('HEALTHCHECK');
      expect(program).toBe('node');
      const check = args.map((arg) => arg.replace(':9464/', `:${port}/`));
      [checked] = (await once(spawn(process.execPath, check), 'exit')) as [unknown];
      child.kill('SIGTERM');
    }
    expect([checked, await exited]).toEqual([0, [0, null]]);
  });
});
