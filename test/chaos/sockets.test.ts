import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { everyClient } from '../../packages/core/test/support/every-client.ts';
import { http2Clients } from '../../packages/core/test/support/http2-clients.ts';
import { KINDS } from './sockets/faults.ts';
import { http1 } from './sockets/http1.ts';
import { HTTP2_KINDS, http2 } from './sockets/http2.ts';

import { type Bare, measureBare, runStorm } from './sockets/storm.ts';

const rejections: unknown[] = [];
const onRejection = (error: unknown): void => void rejections.push(error);
beforeAll(() => void process.on('unhandledRejection', onRejection));
afterAll(() => void process.off('unhandledRejection', onRejection));

const met = new Map<string, number>();

describe.each(Object.entries(everyClient))(
  '%s, over connections that misbehave',
  (_name, client) => {
    it.each([
      [1, 20],
      [20, 60],
      [100, 150],
    ])(
      'keeps its promises with %i calls at once',
      { timeout: 60_000 },
      async (concurrency, calls) => {
        const seed = concurrency * 31 + 7;
        const report = await runStorm({ enemy: http1, client, seed, calls, concurrency });
        expect(report.faults).toEqual([]);
        if (concurrency === 1) expect(report.successes).toBeGreaterThan(calls / 4);
        for (const [kind, count] of Object.entries(report.kinds)) {
          met.set(kind, (met.get(kind) ?? 0) + count);
        }
        await turn();
        expect(rejections).toEqual([]);
      },
    );
  },
);

it('keeps its promises with 500 calls at once', { timeout: 60_000 }, async () => {
  const { fetch: client = expect.fail() } = everyClient;
  const load = { seed: 4, calls: 500, concurrency: 500, attemptTimeoutMs: 5_000 };
  expect((await runStorm({ enemy: http1, client, ...load })).faults).toEqual([]);
});

describe.each(Object.entries(http2Clients))(
  '%s, over streams of HTTP/2 that are dropped',
  (_name, client) => {
    let bare: Bare;
    beforeAll(async () => {
      bare = await measureBare({ enemy: http2, client, seed: 5, calls: 200, concurrency: 50 });
    }, 60_000);

    it.each([
      [1, 20],
      [50, 120],
    ])(
      'keeps its promises with %i calls at once',
      { timeout: 60_000 },
      async (concurrency, calls) => {
        const seed = concurrency * 17 + 3;
        const report = await runStorm({ enemy: http2, client, seed, calls, concurrency, bare });
        expect(report.faults).toEqual([]);
        if (concurrency === 1) expect(report.successes).toBeGreaterThan(calls / 4);
        for (const [kind, count] of Object.entries(report.kinds)) {
          met.set(`http2 ${kind}`, (met.get(`http2 ${kind}`) ?? 0) + count);
        }
        await turn();
        expect(rejections).toEqual([]);
      },
    );
  },
);

it('all this met every kind of fault, and leaves neither sockets nor timers', async () => {
  const kinds = [...KINDS, ...HTTP2_KINDS.map((kind) => `http2 ${kind}`)];
  // What is answered early does not reach the handler.
  for (const kind of kinds.filter((one) => !one.endsWith('early'))) {
    expect(met.get(kind), kind).toBeGreaterThan(2);
  }
  const left = (): number =>
    process.getActiveResourcesInfo().filter((kind) => /^(TCP|Timeout)/.test(kind)).length;
  // The servers have closed their connections: those of the clients follow, and no timer of a call is left.
  await vi.waitFor(() => expect(left()).toBeLessThan(5), { timeout: 10_000 });
});
