import { getEventListeners, setMaxListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { classify } from '@defender-resilience/core';
import { graphMiddleware } from '@defender-resilience/core/graph';
import type * as v3 from '@microsoft/microsoft-graph-client';
import { describe, expect, it, vi } from 'vitest';
import { afterReading, JSON_HEADERS } from '../../support/clients.ts';
import {
  clientFor,
  INCIDENTS,
  majors,
  rejection,
  graphStatuses as statuses,
  ToServer,
} from '../../support/graph.ts';
import { quick, startServer } from '../../support/real.ts';

const gc = globalThis.gc ?? ((): void => undefined);

describe.each(majors)('$name with the resilient middleware', ({ sdk }) => {
  it.each([
    ['successes', 200, { 'content-type': 'application/json' }],
    ['refusals', 403, { 'content-type': 'application/json' }],
    ['other successes', 200, { 'content-type': 'application/octet-stream' }],
  ])('leaves no listener on a signal that outlives %s', async (_what, status, headers) => {
    await using server = await startServer((_request, response) => {
      response.writeHead(status, headers).end('{"value":[]}');
    });
    const { client } = clientFor(sdk, server);
    const { signal } = new AbortController();
    setMaxListeners(1_000, signal);
    for (let count = 0; count < 100; count += 1) {
      const call = client.api(INCIDENTS).options({ signal } as v3.FetchOptions);
      await call.get().catch(() => undefined);
    }
    await vi.waitFor(() => {
      gc();
      expect(getEventListeners(signal, 'abort').length).toBeLessThan(3);
    });
  });

  it('gives a success as it is', async () => {
    await using server = await startServer(statuses());
    const { client } = clientFor(sdk, server);
    await expect(client.api(INCIDENTS).get()).resolves.toEqual({ value: [] });
  });

  it('repeats a 500, which the SDK’s own handler does not, with a fresh token each time', async () => {
    await using server = await startServer(statuses(500, 502));
    const { client, getAccessToken } = clientFor(sdk, server);
    await client.api(INCIDENTS).get();
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-2',
      'Bearer token-3',
    ]);
    expect(getAccessToken).toHaveBeenCalledTimes(3);
    expect(server.requests.map(({ headers }) => headers['sdkversion'])).toEqual(
      Array.from({ length: 3 }, () => server.requests[0]?.headers['sdkversion']),
    );
  });

  it('streams', async () => {
    await using server = await startServer((_request, response, count) => {
      if (count === 1) return response.writeHead(500).end();
      response.writeHead(200, JSON_HEADERS).write('first ');
      return setImmediate(() => response.end('second'));
    });
    const stream = (await clientFor(sdk, server)
      .client.api(INCIDENTS)
      .getStream()) as ReadableStream;
    await expect(new Response(stream).text()).resolves.toBe('first second');
  });

  it('does not repeat what may have acted', async () => {
    await using server = await startServer((request) => request.socket.destroy());
    await rejection(
      clientFor(sdk, server).client.api('/security/alerts_v2/1/comments').post({ comment: 'c' }),
    );
    expect(server.requests.length).toBe(1);
  });

  it('sends a hunting query, which only reads, again with its body', async () => {
    const bodies: string[] = [];
    await using server = await startServer(
      afterReading((response, sent, count) => {
        bodies.push(sent);
        response.writeHead(count === 1 ? 504 : 200, JSON_HEADERS).end('{"results":[]}');
      }),
    );
    await clientFor(sdk, server)
      .client.api('/security/runHuntingQuery')
      .post({ Query: 'DeviceInfo' });
    expect(bodies).toEqual(['{"Query":"DeviceInfo"}', '{"Query":"DeviceInfo"}']);
  });

  it.each([
    [
      'an upload',
      (client: v3.Client) =>
        client.api('/upload').headers({ 'Content-Type': 'application/octet-stream' }).put('slice'),
    ],
    [
      'a slice of an upload',
      (client: v3.Client) =>
        client.api('/upload').headers({ 'Content-Range': 'bytes 0-1/2' }).put('xx'),
    ],
  ])('passes %s untouched', async (_what, call) => {
    await using server = await startServer(statuses(503));
    const calls: string[] = [];
    const observers = [
      { call: ({ operation }: { operation: string }) => void calls.push(operation) },
    ];
    await rejection(call(clientFor(sdk, server, quick(server.url, { observers })).client));
    expect([server.requests.length, calls]).toEqual([1, []]);
  });

  it('sends the token of refreshToken after a 401, and it alone', async () => {
    await using server = await startServer(statuses(401));
    const { client } = clientFor(sdk, server, quick(server.url, { refreshToken: () => 'renewed' }));
    await client.api(INCIDENTS).get();
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token-1',
      'Bearer renewed',
    ]);
  });

  it('replaces the token of a handler that stands outside', async () => {
    await using server = await startServer(statuses(401));
    const resilience = quick(server.url, { refreshToken: () => 'renewed' });
    const [authentication] = sdk.MiddlewareFactory.getDefaultMiddlewareChain({
      getAccessToken: () => Promise.resolve('old'),
    });
    const middleware = [
      authentication,
      graphMiddleware(resilience),
      new ToServer(server),
    ] as v3.Middleware[];
    await sdk.Client.initWithMiddleware({ middleware }).api(INCIDENTS).get();
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer old',
      'Bearer renewed',
    ]);
  });

  it('adds the headers of observers to each attempt, beside the caller’s own', async () => {
    await using server = await startServer(statuses(500));
    let attempt = 0;
    const observer = {
      call: () => ({
        attempt: () => ({
          headers: (headers: Headers) => headers.set('traceparent', `t-${++attempt}`),
        }),
      }),
    };
    const { client } = clientFor(sdk, server, quick(server.url, { observers: [observer] }));
    await client.api(INCIDENTS).header('Prefer', 'include-unknown-enum-members').get();
    const sent = server.requests.map(({ headers }) => [
      headers['traceparent'],
      headers['prefer'],
      headers.authorization,
    ]);
    expect(sent).toEqual([
      ['t-1', 'include-unknown-enum-members', 'Bearer token-1'],
      ['t-2', 'include-unknown-enum-members', 'Bearer token-2'],
    ]);
  });

  it.each([
    ['in an attempt', () => undefined],
    [
      'in a wait',
      (response: ServerResponse) => response.writeHead(429, { 'retry-after': '30' }).end(),
    ],
  ])('ends at once when its caller aborts %s', async (_when, answer) => {
    await using server = await startServer((_request, response) => void answer(response));
    const controller = new AbortController();
    const { client } = clientFor(sdk, server);
    const call = client
      .api(INCIDENTS)
      .options({ signal: controller.signal } as v3.FetchOptions)
      .get();
    await vi.waitFor(() => expect(server.requests.length).toBe(1));
    controller.abort();
    const error = await rejection(call);
    expect(error.code).toBe('AbortError');
    expect(classify(error)?.source).toBe('cancelled');
    expect(server.requests.length).toBe(1);
  });
});
