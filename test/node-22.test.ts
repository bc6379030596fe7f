import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

// The packages promise Node 22: whole programs over them run under the oldest Node of that line that
// the workspace brings, from the sources and so with every syntax that they use.
const NODE_22 = 'packages/core/node_modules/node-22/bin/node';

async function run(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(NODE_22, ['--conditions=@defender-resilience/source', ...args]);
}

it('is Node 22', async () => {
  expect((await run('--version')).stdout).toMatch(/^v22\./);
});

it.each([
  ['fetch', '4 requests were sent for 2 calls'],
  ['sdk-function', 'isolates received: 1'],
  ['fail-fast', '2 requests were sent'],
  ['opentelemetry', 'error DisabledFeature'],
  ['clients/axios', '3 incidents, with 3 requests'],
  ['clients/graph', '3 incidents, with 3 requests'],
  ['clients/undici', '3 incidents, with 3 requests'],
])('runs the example %s on Node 22', async (name, expected) => {
  expect((await run(`examples/${name}.ts`)).stdout).toContain(expected);
});

it('survives an abort that meets an error body, which Node’s own copy of a body does not', async () => {
  const program = `
    import { createServer } from 'node:http';
    import { createResilience } from '@defender-resilience/core';
    const server = createServer((request, response) => {
      response.writeHead(403, { 'content-type': 'application/json' });
      response.write(request.url === '/long' ? 'x'.repeat(200_000) : '{"error":');
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = 'http://127.0.0.1:' + server.address().port;
    const { fetch } = createResilience();
    const stalled = new AbortController();
    const call = fetch(url, { signal: stalled.signal }).catch((error) => error.message);
    setTimeout(() => stalled.abort(new Error('enough')), 100);
    console.log(await call);
    const unread = new AbortController();
    const response = await fetch(url + '/long', { signal: unread.signal });
    unread.abort(new Error('enough'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    console.log(response.status);
    server.closeAllConnections();
    server.close();
  `;
  const args = ['--conditions=@defender-resilience/source', '--input-type=module', '-e', program];
  const { stdout } = await promisify(execFile)('node_modules/node-22/bin/node', args, {
    cwd: 'packages/core',
  });
  expect(stdout).toBe('enough\n403\n');
});

it('counts for Prometheus and goes through the whole demo on Node 22', {
  timeout: 60_000,
}, async () => {
  const { stdout } = await run('examples/demo/main.ts', '--details');
  expect(stdout).toContain('Everything went as expected.');
  expect(stdout).toContain('defender_client_errors_total');
  expect(stdout).toMatch(/\{code="Forbidden",class="permission"\} +1\n/);
});
