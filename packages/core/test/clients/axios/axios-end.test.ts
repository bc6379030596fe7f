import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { createResilience, failureOf } from '@defender-resilience/core';
import { wrapAxios } from '@defender-resilience/core/axios';
import axios from 'axios';
import { describe, expect, it, vi } from 'vitest';
import { majors, rejection } from '../../support/axios.ts';
import { JSON_HEADERS, statuses } from '../../support/clients.ts';
import { quick, startServer } from '../../support/real.ts';

describe.each(majors)('$name, wrapped', ({ library }) => {
  it('applies timeout to each attempt', async () => {
    await using server = await startServer((_request, response, count) => {
      if (count > 1) response.writeHead(200, JSON_HEADERS).end('{}');
    });
    const instance = wrapAxios(quick(server.url), library.create({ timeout: 200 }));
    await expect(instance.get(`${server.url}/x`)).resolves.toMatchObject({ status: 200 });
    expect(server.requests.length).toBeGreaterThan(1);
  });

  it('lets a timeout be longer than attemptTimeoutMs, and shortens an attempt where there is none', async () => {
    await using server = await startServer((_request, response, count) => {
      // The second is never answered: a machine that stalls could read a late answer in time.
      if (count === 1) setTimeout(() => response.writeHead(200, JSON_HEADERS).end('{}'), 150);
    });
    const instance = wrapAxios(
      quick(server.url, { attemptTimeoutMs: 50, retry: { maxRetries: 0 } }),
      library.create(),
    );
    await expect(instance.get(`${server.url}/x`, { timeout: 5_000 })).resolves.toMatchObject({
      status: 200,
    });
    await expect(instance.get(`${server.url}/x`)).rejects.toMatchObject({
      name: 'AttemptTimeoutError',
    });
  });

  it('rejects an aborted request as axios does', async () => {
    await using server = await startServer(() => undefined);
    const instance = wrapAxios(quick(server.url), library.create());
    const controller = new AbortController();
    const call = instance.get(`${server.url}/x`, { signal: controller.signal });
    await vi.waitFor(() => expect(server.requests.length).toBe(1));
    controller.abort();
    const error = await rejection(call);
    expect([library.isCancel(error), error.code]).toEqual([true, 'ERR_CANCELED']);
    expect(failureOf(error)?.source).toBe('cancelled');
    await vi.waitFor(() => expect(server.sockets.open).toBe(0));
  });

  it('ends a wait between attempts when its caller aborts, by signal or by cancel token', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(429, { 'retry-after': '30' }).end();
    });
    const instance = wrapAxios(createResilience(), library.create());
    const controller = new AbortController();
    const { token, cancel } = library.CancelToken.source();
    const calls = [
      instance.get(`${server.url}/a`, { signal: controller.signal }),
      instance.get(`${server.url}/b`, { cancelToken: token }),
    ];
    await vi.waitFor(() => expect(server.requests.length).toBe(2));
    controller.abort();
    cancel('enough');
    const [bySignal, byToken] = await Promise.all(calls.map(rejection));
    expect([library.isCancel(bySignal), library.isCancel(byToken)]).toEqual([true, true]);
    expect(byToken?.message).toBe('enough');
    expect([failureOf(bySignal)?.code, failureOf(byToken)?.code]).toEqual([
      'Cancelled',
      'Cancelled',
    ]);
  });

  it('lets go of the stream of an error when its caller aborts in the wait after it', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(429, { 'retry-after': '30', 'content-type': 'text/plain' });
      response.write(Buffer.alloc(200_000));
    });
    const instance = wrapAxios(createResilience(), library.create());
    const controller = new AbortController();
    const { signal } = controller;
    const call = instance.get(`${server.url}/x`, { responseType: 'stream', signal });
    await vi.waitFor(() => expect(server.requests.length).toBe(1));
    controller.abort();
    await rejection(call);
    await vi.waitFor(() => expect(server.sockets.open).toBe(0));
  });

  it('leaves no listener on a signal that many requests share', async () => {
    await using server = await startServer(statuses());
    const instance = wrapAxios(quick(server.url), library.create());
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    for (let count = 0; count < 20; count += 1) await instance.get(`${server.url}/x`, { signal });
    expect(added.mock.calls.length).toBeGreaterThan(0);
    expect(removed.mock.calls.length).toBeGreaterThanOrEqual(added.mock.calls.length);
  });
});

describe('axios 1, wrapped', () => {
  it('lets an abort reach a stream that is still being read', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(200).write('first');
    });
    const instance = wrapAxios(quick(server.url), axios.create());
    const controller = new AbortController();
    const { signal } = controller;
    const { data } = await instance.get<Readable>(`${server.url}/x`, {
      responseType: 'stream',
      signal,
    });
    data.resume();
    const failed = once(data, 'error');
    controller.abort();
    expect(axios.isCancel((await failed)[0])).toBe(true);
    await vi.waitFor(() => expect(server.sockets.open).toBe(0));
  });
});
