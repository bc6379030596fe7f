import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { buildExecutable, buildSingleFile } from '../../../scripts/single-file.ts';

/** A folder far from every dependency. */
async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'single-file-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** Tries the commands of a program that was built into `folder`. */
async function tryOut(folder: string, program: string, ...first: readonly string[]): Promise<void> {
  const run = async (...args: readonly string[]): Promise<string> =>
    (await promisify(execFile)(program, [...first, ...args], { cwd: folder })).stdout;
  expect(await run('--version')).toBe('0.0.0\n');
  expect(await run('call', 'GET', '/api/incidents', '--top', '1', '--simulate')).toContain(
    '"value"',
  );
  expect(await run('rules')).toContain('groups:');
  expect(await proxyMetrics(folder, program, first)).toContain('defender_client_');
}

/** Starts the proxy, and reads its metrics. */
async function proxyMetrics(
  folder: string,
  program: string,
  first: readonly string[],
): Promise<string> {
  const args = ['proxy', '--listen', '127.0.0.1:0', '--metrics', '127.0.0.1:0'];
  const child = spawn(program, [...first, ...args], { cwd: folder });
  let said = '';
  for await (const line of createInterface({ input: child.stderr })) {
    said += `${line}\n`;
    const url = /^Metrics at (\S+)$/.exec(line)?.[1];
    if (url === undefined) continue;
    const text = await (await fetch(url)).text();
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    return text;
  }
  throw new Error(said);
}

it('runs as one file, far from every dependency', async () => {
  const folder = await emptyFolder();
  const file = join(folder, 'defender-resilience.mjs');
  await buildSingleFile(file);
  await tryOut(folder, process.execPath, file);
});

it.skipIf(process.platform !== 'linux')('runs as an executable that needs no Node', async () => {
  const folder = await emptyFolder();
  const file = join(folder, 'defender-resilience');
  await buildExecutable(file);
  await tryOut(folder, file);
});
