/** Reading the body of an error is part of the attempt's time and of the call's. */
import { createResilience, failureOf, type ResilienceOptions } from '@defender-resilience/core';
import { wrapAxios } from '@defender-resilience/core/axios';
import { manualClock } from '@defender-resilience/core/testing';
import { undiciInterceptor } from '@defender-resilience/core/undici';
import axios from 'axios';
import * as undici from 'undici';
import { describe, expect, it } from 'vitest';
import { quick, startServer, type TestServer } from '../support/real.ts';
import { dispatchersOf } from '../support/undici.ts';

const { bareAgent } = dispatchersOf(undici);
const URL_OF_INCIDENTS = 'https://api.security.microsoft.com/api/incidents';

/** A 500 whose body never ends. */
function stalling(): Response {
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode('{"error":')),
  });
  return new Response(body, { status: 500 });
}

describe.each<[string, (options: ResilienceOptions) => () => Promise<Response>]>([
  [
    'fetch',
    (options) => {
      const fetch = createResilience(options).wrapFetch(() => Promise.resolve(stalling()));
      return () => fetch(URL_OF_INCIDENTS);
    },
  ],
  [
    'execute',
    (options) => {
      const { execute } = createResilience(options);
      return () => execute('incidents.list', () => stalling());
    },
  ],
])('where the body of an error stalls, %s', (_name, make) => {
  it('ends by the deadline, with the response by its status alone', async () => {
    const clock = manualClock();
    const call = make({ clock, attemptTimeoutMs: 1_000, deadlineMs: 1_000 });
    const response = await clock.settle(call());
    expect(clock.now()).toBe(1_000);
    expect(response.status).toBe(500);
    expect(failureOf(response)).toMatchObject({ code: 'Http500', verdict: 'retryable' });
  });

  it('reads in each attempt no longer than an attempt may take', async () => {
    const clock = manualClock();
    const call = make({
      clock,
      attemptTimeoutMs: 2_000,
      retry: { initialDelayMs: 0, maxDelayMs: 0 },
    });
    const response = await clock.settle(call());
    expect([response.status, clock.now()]).toEqual([500, 8_000]);
  });

  it('reads for five seconds where there is time', async () => {
    const clock = manualClock();
    await clock.settle(make({ clock, retry: { maxRetries: 0 } })());
    expect(clock.now()).toBe(5_000);
  });
});

describe('over real sockets', () => {
  const stallingServer = (): Promise<TestServer> =>
    startServer((_request, response) => {
      response.writeHead(500, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"error":{');
    });

  it.each<[string, (resilience: ReturnType<typeof quick>, url: string) => Promise<unknown>]>([
    ['fetch', ({ fetch }, url) => fetch(url)],
    ['execute', ({ execute }, url) => execute('own', ({ signal }) => fetch(url, { signal }))],
    [
      'axios',
      (resilience, url) =>
        wrapAxios(resilience, axios.create())
          .get(url)
          .catch(() => 'rejected'),
    ],
    [
      'axios with a stream',
      (resilience, url) =>
        wrapAxios(resilience, axios.create())
          .get(url, { responseType: 'stream' })
          .catch((error: unknown) => {
            expect(failureOf(error)).toMatchObject({ status: 500 });
          }),
    ],
    [
      'undici',
      async (resilience, url) => {
        const dispatcher = bareAgent().compose(undiciInterceptor(resilience));
        const { statusCode } = await undici.request(url, { dispatcher });
        expect(statusCode).toBe(500);
      },
    ],
  ])('%s ends by the deadline', async (_name, call) => {
    await using server = await stallingServer();
    const resilience = quick(server.url, { attemptTimeoutMs: 300, deadlineMs: 300 });
    const startedAt = performance.now();
    await call(resilience, `${server.url}/api/incidents`);
    // It took five seconds and more.
    expect(performance.now() - startedAt).toBeLessThan(4_000);
  });
});
