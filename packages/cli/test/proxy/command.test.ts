import { spawn } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { optionsOf } from '../../src/proxy/run-proxy.ts';
import { cli } from '../support.ts';
import { simulator } from './support.ts';

it('runs as a command, tells what it forwards, logs failures and drains at SIGTERM', async () => {
  const service = await simulator({ script: [500] });
  const child = spawn(process.execPath, [
    '--conditions=@defender-resilience/source',
    'packages/cli/src/bin.ts',
    ...['proxy', '--listen', '127.0.0.1:0', '--metrics', '127.0.0.1:0'],
    ...['--upstream', service.url],
  ]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let printed = '';
  const announced = new Promise<string>((resolve) => {
    child.stderr.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      const url = /Forwarding (\S+) to/.exec(printed)?.[1];
      if (url !== undefined && printed.includes('/metrics')) resolve(url);
    });
  });
  const output = text(child.stdout);
  const url = await announced;
  const token = 'very-secret-token';
  const response = await fetch(`${url}/api/incidents?secret=1`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(response.headers.get('x-defender-attempts')).toBe('2');
  await response.text();
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(await output).toBe('');
  expect(printed).toContain(`Forwarding ${url} to ${service.url}`);
  expect(printed).toMatch(/incidents\.list .*InternalServerError/);
  expect(printed).toContain('Draining');
  expect(printed).not.toContain(token);
  expect(printed).not.toContain('secret=1');
});

it('says which address is taken, and what is wrong with options', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const taken = await cli(['proxy', '--listen', String(port)]);
  expect(taken).toMatchObject({ code: 1, out: '' });
  expect(taken.err).toContain(`127.0.0.1:${port} is taken`);

  const wrong = await cli(['proxy', '--upstream', 'http://graph.microsoft.com']);
  expect(wrong).toMatchObject({ code: 2, out: '' });
  expect(wrong.err).toContain('upstreams[0] must be an https host');
});

it('takes its options from a file, and those of the command line first', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'proxy-')), 'proxy.json');
  const file = { listen: '9000', upstreams: ['a.example'], resilience: { deadlineMs: 70_000 } };
  await writeFile(path, JSON.stringify(file));
  expect(await optionsOf({ config: path, listen: '9001', quotas: true })).toEqual({
    listen: '9001',
    upstreams: ['a.example'],
    resilience: { deadlineMs: 70_000, quota: 'documented' },
  });
  await writeFile(path, '[]');
  await expect(optionsOf({ config: path })).rejects.toThrow('must be a JSON object');
  await expect(optionsOf({ config: `${path}.no` })).rejects.toThrow('cannot be read: ENOENT');
});

it('shows its help within 80 columns', async () => {
  const { out, code } = await cli(['proxy', '--help']);
  expect(code).toBe(0);
  expect(out).toContain('--upstream');
  expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
});
