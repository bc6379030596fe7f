import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { buildSingleFile } from '../../../scripts/single-file.ts';

it('runs as one file, far from every dependency', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'single-file-'));
  const file = join(folder, 'defender-resilience.mjs');
  await buildSingleFile(file);
  const run = async (...args: readonly string[]): Promise<string> =>
    (await promisify(execFile)(process.execPath, [file, ...args], { cwd: folder })).stdout;
  expect(await run('--version')).toBe('0.0.0\n');
  expect(await run('call', 'GET', '/api/incidents', '--top', '1', '--simulate')).toContain(
    '"value"',
  );
  expect(await run('rules')).toContain('groups:');
  expect(await run('proxy', '--help')).toContain('--upstream');
  await rm(folder, { recursive: true });
});
