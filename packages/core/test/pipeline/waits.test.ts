import { failureOf, type RetryScheduled } from '@defender-resilience/core';
import ky from 'ky';
import { describe, expect, it } from 'vitest';
import { rejectionOf } from '../support/clients.ts';
import { envelope, quick, startServer } from '../support/real.ts';
import { HttpError, scripted, virtual } from '../support/virtual.ts';

describe('Retry-After again and again', () => {
  it.each([429, 503])('of a %i makes the waits grow from the second on', async (status) => {
    const { clock, resilience, retries } = virtual();
    const refused = new HttpError(status, undefined, { 'retry-after': '1' });
    const call = resilience.execute('incidents.list', scripted(refused, refused, refused, refused));
    await clock.settle(rejectionOf(call));
    const [first = 0, second = 0, third = 0] = retries.map(({ delayMs }) => delayMs);
    expect(first).toBeGreaterThanOrEqual(1_000);
    expect(first).toBeLessThanOrEqual(1_100);
    expect(second).toBeGreaterThan(first);
    expect(third).toBeGreaterThan(1.5 * second);
    expect(retries.map(({ source }) => source)).toEqual(Array(3).fill('retry-after'));
  });

  it('that is longer than the backoff is kept to', async () => {
    const { clock, resilience, retries } = virtual();
    const refused = new HttpError(429, '429', { 'retry-after': '40' });
    await clock.settle(resilience.execute('incidents.list', scripted(refused, refused, refused)));
    for (const { delayMs } of retries) {
      expect(delayMs).toBeGreaterThanOrEqual(40_000);
      expect(delayMs).toBeLessThanOrEqual(42_000);
    }
  });

  it('is waited for longer over real sockets too', async () => {
    const times: number[] = [];
    await using server = await startServer((_request, response) => {
      times.push(performance.now());
      response.writeHead(429, { 'retry-after-ms': '20' }).end(envelope('TooManyRequests'));
    });
    const retries: RetryScheduled[] = [];
    const { fetch } = quick(server.url, {
      retry: { initialDelayMs: 100, maxDelayMs: 10_000 },
      observers: [{ call: () => ({ retry: (retry) => void retries.push(retry) }) }],
      random: () => 0.5,
    });
    await fetch(`${server.url}/api/incidents`);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(gaps).toHaveLength(3);
    // Half a millisecond may lie between a timer and what it is measured by.
    for (const [index, gap] of gaps.entries()) {
      expect(gap).toBeGreaterThanOrEqual(Math.floor(retries[index]?.delayMs ?? 0));
    }
    expect(retries[1]?.delayMs).toBeGreaterThan(100);
    expect(retries[2]?.delayMs).toBeGreaterThan(retries[1]?.delayMs ?? 0);
  });
});

describe('where the wrapper does not retry', () => {
  const throttled = new HttpError(429, '429', { 'retry-after': '300' });

  it('a 429 neither holds nor rejects the later calls of its group', async () => {
    const { clock, resilience } = virtual({ retry: { maxRetries: 0 } });
    await rejectionOf(resilience.execute('incidents.list', scripted(throttled)));
    await expect(resilience.execute('incidents.list', scripted())).resolves.toBe('done');
    expect(clock.now()).toBe(0);
    expect(resilience.snapshot().throttles).toEqual([]);
  });

  it.each<[string, object]>([
    ['by `throttle: false`', { throttle: false }],
    ['by `throttle: { pause: false }`', { throttle: { pause: false } }],
  ])('nor does it where pauses are switched off %s', async (_how, options) => {
    const { resilience } = virtual(options);
    await rejectionOf(resilience.execute('incidents.list', scripted(throttled)));
    await expect(resilience.execute('incidents.list', scripted())).resolves.toBe('done');
  });

  it('it does where that is asked for', async () => {
    const { resilience } = virtual({ retry: { maxRetries: 0 }, throttle: { pause: true } });
    await rejectionOf(resilience.execute('incidents.list', scripted(throttled)));
    const held = resilience.execute('incidents.list', scripted(), { deadlineMs: 1_000 });
    const error = await rejectionOf(held);
    expect(failureOf(error)).toMatchObject({ code: 'Throttled' });
  });

  it('ky’s own retries go on as without the wrapper', async () => {
    await using server = await startServer((_request, response, count) => {
      if (count < 3) response.writeHead(429).end();
      else response.end('"answer"');
    });
    const { fetch } = quick(server.url, {
      retry: { maxRetries: 0, throttleInitialDelayMs: 60_000, throttleMaxDelayMs: 60_000 },
    });
    const client = ky.create({ fetch, retry: { limit: 2, delay: () => 1 } });
    expect(await client.get(`${server.url}/api/incidents`).json()).toBe('answer');
    expect(server.requests).toHaveLength(3);
  });
});
