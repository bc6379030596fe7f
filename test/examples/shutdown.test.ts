import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { endOf, runExample } from './run.ts';

const FOLDER = 'examples/shutdown';

it('the worker ends on SIGTERM after the call that it has under way', async () => {
  const { code, stdout, stderr } = await endOf({
    path: `${FOLDER}/worker.ts`,
    args: [],
    env: {},
    kill: { signal: 'SIGTERM', afterLines: 1 },
  });
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const lines = stdout.split('\n');
  expect(lines).toEqual([
    'incidents: 200',
    'stopping',
    'incidents: 200',
    'stopped, 0 active calls',
  ]);
});

it('the server answers the request that it has, and then ends', async () => {
  const conditions = '--conditions=@defender-resilience/source';
  const child = spawn(process.execPath, [conditions, `${FOLDER}/server.ts`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const [first] = (await once(lines, 'line')) as [string];
  const url = first.replace('listening on ', '');
  expect((await fetch(`${url}/ready`)).status).toBe(200);
  const pending = fetch(url);
  // The probe goes a way of its own, so that the request is there when its answer is.
  await fetch(`${url}/ready`);
  child.kill('SIGTERM');
  expect((await pending).status).toBe(200);
  expect(await ended).toEqual([0, null]);
});

it('the function keeps its wrapper, and ends before its platform stops it', async () => {
  const { stdout, stderr } = await runExample(`${FOLDER}/serverless.ts`);
  expect(stderr).toBe('');
  expect(stdout.trim().split('\n')).toEqual([
    'first: status 200',
    'second: Http503',
    'in time: true',
    'closed',
  ]);
});

it('the guide shows what these examples run, and a grace period that is long enough', async () => {
  const guide = await readFile('docs/guide/shutdown.md', 'utf8');
  const shown = [...guide.matchAll(/<!-- (\S+)#recipe -->\n```ts\n([\s\S]*?)```/g)];
  expect(shown).toHaveLength(3);
  for (const [, file = '', code] of shown) {
    const example = await readFile(file, 'utf8');
    expect(code, file).toBe(/\/\/ #region recipe\n([\s\S]*?)\/\/ #endregion/.exec(example)?.[1]);
  }
  const number = (pattern: RegExp): number => Number(pattern.exec(guide)?.[1]);
  const graceMs = number(/terminationGracePeriodSeconds: (\d+)/) * 1_000;
  const hookMs = number(/sleep: { seconds: (\d+) }/) * 1_000;
  const server = await readFile(`${FOLDER}/server.ts`, 'utf8');
  const timeoutMs = Number(/timeoutMs: ([\d_]+)/.exec(server)?.[1]?.replaceAll('_', ''));
  expect(graceMs).toBeGreaterThan(hookMs + timeoutMs + 2_000);
});
