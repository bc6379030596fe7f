import { classify, failureOf } from '@defender-resilience/core';
import { undiciInterceptor } from '@defender-resilience/core/undici';
import type * as v8 from 'undici';
import { describe, expect, it } from 'vitest';
import { callWith, FAILED, rejectionOf, resets, statuses } from '../../support/clients.ts';
import { quick, startServer } from '../../support/real.ts';
import { dispatchersOf, isMajor, majors } from '../../support/undici.ts';

describe.each(majors)('$name with the resilient interceptor', ({ undici }) => {
  const { agentFor, bareAgent, closeLater } = dispatchersOf(undici);

  it('gives a success as it is', async () => {
    await using server = await startServer(statuses());
    const bare = await undici.request(`${server.url}/x?a=b`, { dispatcher: bareAgent() });
    await bare.body.dump();
    const response = await undici.request(`${server.url}/x?a=b`, { dispatcher: agentFor(server) });
    expect([response.statusCode, Object.keys(response).sort()]).toEqual([
      200,
      Object.keys(bare).sort(),
    ]);
    expect(response.context).toEqual(bare.context);
    await expect(response.body.json()).resolves.toEqual({ sent: '' });
    expect(server.requests[1]?.rawHeaders).toEqual(server.requests[0]?.rawHeaders);
  });

  it('repeats what fails', async () => {
    await using server = await startServer(statuses(500, 502, 503));
    const response = await undici.request(`${server.url}/x`, { dispatcher: agentFor(server) });
    expect([response.statusCode, server.requests.length]).toEqual([200, 4]);
    await expect(response.body.json()).resolves.toEqual({ sent: '' });
  });

  it('repeats what broke off', async () => {
    await using server = await startServer(resets(2));
    const response = await undici.request(`${server.url}/x`, { dispatcher: agentFor(server) });
    expect([response.statusCode, server.requests.length]).toEqual([200, 3]);
    await response.body.dump();
  });

  it('gives an error that it gave up on as the answer that it is, and tells what it was', async () => {
    await using server = await startServer(statuses(500, 500, 500, 500));
    const { statusCode, headers, body } = await undici.request(`${server.url}/x`, {
      dispatcher: agentFor(server),
    });
    const said = await body.text();
    expect([statusCode, said, server.requests.length]).toEqual([500, FAILED, 4]);
    expect(classify({ status: statusCode, headers, body: said })).toMatchObject({
      trackingId: 'tracking-7',
    });
    if (isMajor(undici, 8))
      expect(failureOf({ headers })).toMatchObject({ status: 500, trackingId: 'tracking-7' });
  });

  it('rejects with undici’s own error, and tells what it was', async () => {
    await using server = await startServer(resets(9));
    const post = (dispatcher: v8.Dispatcher): Promise<Error> =>
      rejectionOf(undici.request(`${server.url}/x`, { method: 'POST', dispatcher }));
    const bare = await post(bareAgent());
    const error = await post(agentFor(server));
    expect(error.constructor).toBe(bare.constructor);
    expect(failureOf(error)).toMatchObject({
      code: 'UND_ERR_SOCKET',
      verdict: 'terminal',
      ambiguous: true,
    });
    expect(server.requests.length).toBe(2);
  });

  it('refuses at once while the circuit is open', async () => {
    await using server = await startServer(statuses());
    const resilience = quick(server.url, {
      circuit: { minimumAttempts: 1, openMs: 60_000 },
      retry: { maxRetries: 0 },
    });
    const dispatcher = agentFor(server, { resilience });
    const down = 'http://127.0.0.1:1/x';
    await expect(undici.request(down, { dispatcher })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    await expect(undici.request(down, { dispatcher })).rejects.toMatchObject({
      name: 'CircuitOpenError',
    });
  });

  it('sends the token of refreshToken after a 401', async () => {
    await using server = await startServer(statuses(401));
    const resilience = quick(server.url, { refreshToken: () => 'renewed' });
    const headers = { Authorization: 'Bearer old', 'x-own': ['a', 'b'] };
    const response = await undici.request(`${server.url}/x`, {
      headers,
      dispatcher: agentFor(server, { resilience }),
    });
    await response.body.dump();
    expect(server.requests.map((request) => request.headers.authorization)).toEqual([
      'Bearer old',
      'Bearer renewed',
    ]);
    expect(server.requests.map((request) => request.headers['x-own'])).toEqual(['a, b', 'a, b']);
  });

  it('adds the headers of observers to each attempt', async () => {
    await using server = await startServer(statuses(500));
    let attempt = 0;
    const observer = {
      call: () => ({
        attempt: () => ({
          headers: (headers: Headers) => headers.set('traceparent', `t-${++attempt}`),
        }),
      }),
    };
    const resilience = quick(server.url, { observers: [observer] });
    const response = await undici.request(`${server.url}/x`, {
      dispatcher: agentFor(server, { resilience }),
    });
    await response.body.dump();
    expect(server.requests.map(({ headers }) => headers['traceparent'])).toEqual(['t-1', 't-2']);
  });

  it('makes its own fetch resilient', async () => {
    await using server = await startServer(statuses(500));
    const options = { method: 'PUT', body: 'text', dispatcher: agentFor(server) };
    const response = await undici.fetch(`${server.url}/x`, options);
    await expect(response.json()).resolves.toEqual({ sent: 'text' });
    expect(server.requests.length).toBe(2);
  });

  it('gives undici’s own error for a request that cannot be sent, and does not repeat it', async () => {
    await using server = await startServer(statuses());
    const dispatcher = agentFor(server);
    const call = undici.request(`${server.url}/x`, { headers: { 'bad name': 'x' }, dispatcher });
    await expect(call).rejects.toMatchObject({ code: 'UND_ERR_INVALID_ARG' });
    expect(server.requests.length).toBe(0);
  });

  it('passes an upgrade untouched', async () => {
    await using server = await startServer((_request, response) => response.writeHead(503).end());
    const calls: string[] = [];
    const observers = [
      { call: ({ operation }: { operation: string }) => void calls.push(operation) },
    ];
    const dispatcher = agentFor(server, { resilience: quick(server.url, { observers }) });
    await expect(undici.upgrade(`${server.url}/x`, { dispatcher })).rejects.toThrow();
    expect([calls, server.requests.length]).toEqual([[], 1]);
  });

  it('composes on a client that knows its origin itself', async () => {
    await using server = await startServer(statuses(500));
    const client = new undici.Client(server.url);
    closeLater(client);
    const dispatcher = client.compose(undiciInterceptor(quick(server.url)));
    const response = await dispatcher.request({ path: '/x', method: 'GET' });
    await response.body.dump();
    expect([response.statusCode, server.requests.length]).toEqual([200, 2]);
  });

  it('tells a throwing handler of its own error', async () => {
    await using server = await startServer(statuses(403));
    const dispatcher = agentFor(server);
    const error = await new Promise((resolve) => {
      const thrown = (): never => {
        throw new Error('mine');
      };
      const handler = {
        onRequestStart: () => undefined,
        onResponseStart: thrown,
        onResponseError: (_controller: unknown, cause: unknown) => resolve(cause),
      };
      const legacy = {
        onConnect: () => undefined,
        onHeaders: thrown,
        onData: () => true,
        onComplete: () => undefined,
        onError: resolve,
      };
      const options = { origin: server.url, path: '/x', method: 'GET' } as const;
      dispatcher.dispatch(
        options,
        (isMajor(undici, 8) ? handler : legacy) as v8.Dispatcher.DispatchHandler,
      );
    });
    expect(error).toMatchObject({ message: 'mine' });
  });
});

it('refuses what is no wrapper', () => {
  expect(() => callWith(undiciInterceptor, {})).toThrow(
    'undiciInterceptor takes the result of createResilience',
  );
});
