import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { type CallEnd, createResilience } from '@defender-resilience/core';
import { describe, expect, it } from 'vitest';
import type { HeapReport } from './processes/heap.ts';
import { runSchedule } from './virtual/run.ts';
import { scheduleOf } from './virtual/schedule.ts';

const CONDITIONS = '--conditions=@defender-resilience/source';
const HOUR_MS = 3_600_000;

it.each([
  ['forward', HOUR_MS],
  ['back', -HOUR_MS],
])('a wall clock that jumps an hour %s changes nothing', async (_name, jumpMs) => {
  const seeds = Array.from({ length: 100 }, (_, index) => 500 + index);
  const jump = (now: number): number => Date.UTC(2026, 0) + now + (now > 700 ? jumpMs : 0);
  const steady = await Promise.all(seeds.map((seed) => runSchedule(scheduleOf(seed))));
  const jumping = await Promise.all(seeds.map((seed) => runSchedule(scheduleOf(seed), jump)));
  expect(jumping).toEqual(steady);
});

/** Blocks the thread. */
function stall(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe('an event loop that stalls for 10 s', { timeout: 60_000 }, () => {
  it.each([
    ['the time of an attempt', { attemptTimeoutMs: 300, deadlineMs: 60_000 }],
    ['the deadline of a call', { attemptTimeoutMs: 300, deadlineMs: 300 }],
  ])('does not end a call that was answered within %s', async (_name, limits) => {
    const server = new Worker(new URL('processes/slow-server.ts', import.meta.url));
    const [port] = (await once(server, 'message')) as [number];
    const ends: CallEnd[] = [];
    const observers = [{ call: () => ({ end: (end: CallEnd) => void ends.push(end) }) }];
    const resilience = createResilience({ ...limits, observers });
    const arrived = once(server, 'message');
    const call = resilience.fetch(`http://127.0.0.1:${port}/`);
    await arrived;
    stall(10_000);
    expect(await (await call).text()).toBe('answer');
    expect(ends).toMatchObject([{ outcome: 'success', attempts: 1 }]);
    expect(resilience.snapshot().circuits).toMatchObject([{ state: 'closed', failures: 0 }]);
    server.postMessage('stop');
    await once(server, 'exit');
  });
});

it('a process that sleeps, and wakes to connections that are gone, sends its calls again', {
  timeout: 60_000,
}, async () => {
  const arrived: string[] = [];
  const underWay = Promise.withResolvers<undefined>();
  let asleep = true;
  const server = createServer((request, response) => {
    arrived.push(request.url ?? '');
    if (!asleep) response.end('answer');
    else if (request.url === '/waits') response.writeHead(503, { 'retry-after': '1' }).end();
    if (arrived.length === 2) underWay.resolve(undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const args = [CONDITIONS, 'test/chaos/processes/suspended.ts', `http://127.0.0.1:${port}`];
  const running = promisify(execFile)(process.execPath, args);
  await underWay.promise;
  running.child.kill('SIGSTOP');
  server.closeAllConnections();
  // Longer than the attempt may take and the service asked to wait.
  await setTimeout(2_000);
  asleep = false;
  running.child.kill('SIGCONT');
  const { stdout } = await running;
  const { attempts, ...rest } = JSON.parse(stdout) as { readonly attempts: readonly number[] };
  expect(rest).toEqual({
    answers: ['answer', 'answer', 'answer'],
    outcomes: ['success', 'success', 'success'],
    circuits: ['closed'],
  });
  // The call that waited may go over its old connection first: Node runs due timers before it reads sockets.
  expect(attempts.toSorted()).toEqual([1, 2, expect.toBeOneOf([2, 3])]);
  server.close();
});

it('10,000 queued calls fit into 64 MB, and all of them end', { timeout: 60_000 }, async () => {
  const args = [CONDITIONS, '--max-old-space-size=64', 'test/chaos/processes/queued.ts'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(JSON.parse(stdout)).toEqual({
    waiting: 9_950,
    inFlight: 0,
    ends: { sent: 50, ClosedError: 9_950 },
  });
});

it('a name that cannot be resolved for a while, and an address that changes, are waited for', async () => {
  const server = createServer((_request, response) => response.end('answer'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  let lookups = 0;
  const lookup: LookupFunction = (_host, _options, callback) => {
    lookups += 1;
    const failed = Object.assign(new Error('try again'), { code: 'EAI_AGAIN' });
    // First there is no answer, then an old address, where nobody listens.
    if (lookups === 1) callback(failed, '', 4);
    else callback(null, [{ address: lookups === 2 ? '127.0.0.9' : '127.0.0.1', family: 4 }]);
  };
  const retry = { initialDelayMs: 1, maxDelayMs: 2 };
  const resilience = createResilience({ retry });
  const status = await resilience.execute('own.job', ({ signal }) => {
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    const options = { host: 'api.example', port, lookup, signal, agent: false } as const;
    get(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
    return promise;
  });
  expect([status, lookups]).toEqual([200, 3]);
  await resilience.close();
  server.close();
});

it('no secret of a call is left in the heap that the client alone would not leave', {
  timeout: 90_000,
}, async () => {
  const args = [CONDITIONS, '--expose-gc', 'test/chaos/processes/heap.ts'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const reports = JSON.parse(stdout) as readonly HeapReport[];
  const wrapped = reports.filter(({ circuit }) => circuit !== undefined);
  expect(wrapped.map(({ client }) => client)).toEqual(['fetch', 'axios', 'undici']);
  for (const { client, statuses, circuit, left } of wrapped) {
    expect([client, statuses, circuit]).toEqual([client, [null, 429, 403, 500], 'open']);
    // Node's own fetch keeps the URL of its last call.
    const bare = reports.find((one) => one.client === client && one.circuit === undefined);
    expect(left, client).toBeLessThanOrEqual(bare?.left ?? 0);
  }
});
