import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { classify, failureOf } from '@defender-resilience/core';
import { resilientInterceptor } from '@defender-resilience/core/undici';
import * as v8 from 'undici';
import * as v6 from 'undici-v6';
import * as v7 from 'undici-v7';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  callWith,
  FAILED,
  JSON_HEADERS,
  rejectionOf,
  resets,
  statuses,
} from '../support/clients.ts';
import { envelope, quick, startServer, type TestServer } from '../support/real.ts';

// The majors differ in their types, and are used alike.
const majors = [
  { name: 'undici 8', undici: v8 },
  { name: 'undici 7', undici: v7 as unknown as typeof v8 },
  { name: 'undici 6', undici: v6 as unknown as typeof v8 },
];

describe.each(majors)('$name with the resilient interceptor', ({ undici }) => {
  const agents: v8.Dispatcher[] = [];

  afterEach(async () => {
    await Promise.all(agents.splice(0).map((agent) => agent.destroy()));
  });

  type Interceptors = readonly v8.Dispatcher.DispatcherComposeInterceptor[];

  function bareAgent(): v8.Agent {
    const agent = new undici.Agent();
    agents.push(agent);
    return agent;
  }

  function agentFor(
    server: TestServer,
    { resilience = quick(server.url), below = [] as Interceptors, above = [] as Interceptors } = {},
  ): v8.Dispatcher {
    return bareAgent().compose(...below, resilientInterceptor(resilience), ...above);
  }

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
    if (undici === v8)
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

  it.each([
    ['a string', () => 'text'],
    ['a buffer', () => Buffer.from('text')],
    ['a view', () => new Uint8Array(Buffer.from('text'))],
  ])('sends %s again', async (_what, body) => {
    await using server = await startServer(statuses(500));
    const options = { method: 'PUT', body: body(), dispatcher: agentFor(server) } as const;
    const response = await undici.request(`${server.url}/x`, options);
    await expect(response.body.json()).resolves.toEqual({ sent: 'text' });
    expect(server.requests.length).toBe(2);
  });

  it.each([
    ['a stream', () => Readable.from(['te', 'xt'])],
    ['a generator', () => generate('te', 'xt')],
  ])('does not send %s again, and gives the first outcome', async (_what, body) => {
    await using server = await startServer(statuses(500));
    const options = {
      method: 'PUT',
      body: body() as Readable,
      dispatcher: agentFor(server),
    } as const;
    const response = await undici.request(`${server.url}/x`, options);
    expect([response.statusCode, server.requests.length]).toEqual([500, 1]);
    await expect(response.body.text()).resolves.toBe(FAILED);
  });

  it('sends a generator of known length again from its copy, though the first attempt broke off half-way', async () => {
    await using server = await startServer((request, response, count) => {
      if (count === 1) return request.once('data', () => request.socket.destroy());
      return void statuses()(request, response, count);
    });
    const big = Buffer.alloc(100_000, 'a');
    let ended = false;
    const body = generator(big, big, big, () => {
      ended = true;
    });
    const options = {
      method: 'PUT',
      headers: { 'content-length': '300000' },
      body,
      dispatcher: agentFor(server),
    } as const;
    const response = await undici.request(`${server.url}/x`, options);
    const { sent } = (await response.body.json()) as { sent: string };
    expect([sent.length, sent === 'a'.repeat(300_000), ended]).toEqual([300_000, true, true]);
  });

  it('does not keep a long body', async () => {
    await using server = await startServer(statuses(500));
    const chunk = Buffer.alloc(600_000);
    const headers = { 'content-length': '1200000' };
    const options = {
      method: 'PUT',
      headers,
      body: generator(chunk, chunk),
      dispatcher: agentFor(server),
    } as const;
    const response = await undici.request(`${server.url}/x`, options);
    await response.body.dump();
    expect([response.statusCode, server.requests.length]).toEqual([500, 1]);
  });

  it('ends a generator that nobody reads on', async () => {
    await using server = await startServer(resets(9));
    let ended = false;
    const body = generator('a', 'b', () => {
      ended = true;
    });
    const headers = { 'content-length': '2' };
    const options = { method: 'POST', headers, body, dispatcher: agentFor(server) } as const;
    await expect(undici.request(`${server.url}/x`, options)).rejects.toThrow();
    await vi.waitFor(() => expect(ended).toBe(true));
  });

  it('streams a success, with back-pressure', async () => {
    let written = 0;
    await using server = await startServer((_request, response) => {
      response.writeHead(200);
      const more = (): void => {
        while (written < 64_000_000) {
          written += 64_000;
          if (!response.write(Buffer.alloc(64_000))) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    const { body } = await undici.request(`${server.url}/x`, { dispatcher: agentFor(server) });
    let before = -1;
    while (written > before) {
      before = written;
      for (let count = 0; count < 50; count += 1) await turn();
    }
    expect(written).toBeLessThan(32_000_000);
    let read = 0;
    for await (const chunk of body) read += (chunk as Buffer).length;
    expect(read).toBe(written);
  });

  it('hands on an error body that is long, whole and with back-pressure', async () => {
    const body = Buffer.alloc(3_000_000, 'e');
    await using server = await startServer((_request, response) => {
      response.writeHead(400, { 'content-type': 'text/plain', 'request-id': 'r-1' }).end(body);
    });
    const response = await undici.request(`${server.url}/x`, { dispatcher: agentFor(server) });
    const chunks: Buffer[] = [];
    for await (const chunk of response.body) {
      chunks.push(chunk as Buffer);
      await turn();
    }
    expect(Buffer.concat(chunks).equals(body)).toBe(true);
  });

  it('hands on an error whose body breaks off', async () => {
    await using server = await startServer((request, response) => {
      response.writeHead(404, { 'content-length': '100' }).write('begun');
      setImmediate(() => request.socket.destroy());
    });
    const response = await undici.request(`${server.url}/x`, { dispatcher: agentFor(server) });
    expect(response.statusCode).toBe(404);
    await expect(response.body.text()).rejects.toThrow();
  });

  it('reads the code and the ID of a compressed error', async () => {
    await using server = await startServer((_request, response) => {
      response
        .writeHead(403, { ...JSON_HEADERS, 'content-encoding': 'gzip' })
        .end(gzipSync(envelope('Forbidden')));
    });
    const codes: unknown[] = [];
    const observer = {
      call: () => ({ end: ({ failure }: { failure?: object }) => codes.push(failure) }),
    };
    const resilience = quick(server.url, { observers: [observer] });
    const response = await undici.request(`${server.url}/api/incidents`, {
      dispatcher: agentFor(server, { resilience }),
    });
    await response.body.dump();
    expect(codes).toMatchObject([{ code: 'Forbidden', trackingId: 'tracking-1' }]);
  });

  it.each([
    ['in an attempt', () => undefined],
    [
      'in a wait',
      (response: ServerResponse) => response.writeHead(429, { 'retry-after': '30' }).end(),
    ],
    [
      'while an error body is looked at',
      (response: ServerResponse) => response.writeHead(500).write('begun'),
    ],
  ])('ends at once when its caller aborts %s', async (_when, answer) => {
    await using server = await startServer((_request, response) => void answer(response));
    const controller = new AbortController();
    const dispatcher = agentFor(server);
    const call = undici.request(`${server.url}/x`, { dispatcher, signal: controller.signal });
    await vi.waitFor(() => expect(server.requests.length).toBe(1));
    await turn();
    controller.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    expect(server.requests.length).toBe(1);
  });

  it('can be aborted while its quota is paused, before anything is sent', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(429, { 'retry-after': '30' }).end();
    });
    const dispatcher = agentFor(server, {
      resilience: quick(server.url, { retry: { maxRetries: 0 } }),
    });
    const first = await undici.request(`${server.url}/x`, { dispatcher });
    await first.body.dump();
    const controller = new AbortController();
    const call = undici.request(`${server.url}/x`, { dispatcher, signal: controller.signal });
    await turn();
    controller.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    expect(server.requests.length).toBe(1);
  });

  it('lets an abort reach a body that is still being read', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(200).write('begun');
    });
    const controller = new AbortController();
    const { body } = await undici.request(`${server.url}/x`, {
      dispatcher: agentFor(server),
      signal: controller.signal,
    });
    body.resume();
    const failed = once(body, 'error');
    controller.abort(new Error('enough'));
    expect((await failed)[0]).toMatchObject({ message: 'enough' });
    // undici 6 itself leaves the connection open.
    if (undici !== (v6 as object)) await vi.waitFor(() => expect(server.sockets.open).toBe(0));
  });

  it('follows redirects with undici’s interceptor, on either side', async () => {
    for (const side of ['above', 'below'] as const) {
      await using server = await startServer((request, response, count) => {
        if (request.url === '/a') return response.writeHead(302, { location: '/b' }).end();
        return response.writeHead(count === 2 ? 500 : 200, JSON_HEADERS).end('{}');
      });
      const redirect = undici.interceptors.redirect({ maxRedirections: 3 });
      const response = await undici.request(`${server.url}/a`, {
        dispatcher: agentFor(server, { [side]: [redirect] }),
      });
      await response.body.dump();
      const paths = server.requests.map(({ url }) => url);
      expect(response.statusCode, side).toBe(200);
      expect(paths).toEqual(side === 'above' ? ['/a', '/b', '/b'] : ['/a', '/b', '/a', '/b']);
      const { history } = response.context as { history: URL[] };
      expect(history.map(({ pathname }) => pathname)).toEqual(['/a', '/b']);
    }
  });

  it('works with undici’s dns interceptor, on either side', async () => {
    for (const side of ['above', 'below'] as const) {
      await using server = await startServer(statuses(500));
      const operations: string[] = [];
      const observer = {
        call: ({ request }: { request?: { host: string } }) =>
          void operations.push(request?.host ?? ''),
      };
      const lookup = (
        _origin: URL,
        _options: object,
        done: (error: null, records: object[]) => void,
      ): void => done(null, [{ address: '127.0.0.1', ttl: 10_000, family: 4 }]);
      const dns = undici.interceptors.dns({ lookup } as never);
      const resilience = quick(server.url, { observers: [observer] });
      const url = server.url.replace('127.0.0.1', 'api.example.test');
      const response = await undici.request(`${url}/x`, {
        dispatcher: agentFor(server, { resilience, [side]: [dns] }),
      });
      await response.body.dump();
      expect([response.statusCode, server.requests.length], side).toEqual([200, 2]);
      expect(operations).toEqual(['api.example.test']);
    }
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
    agents.push(client);
    const dispatcher = client.compose(resilientInterceptor(quick(server.url)));
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
        (undici === v8 ? handler : legacy) as v8.Dispatcher.DispatchHandler,
      );
    });
    expect(error).toMatchObject({ message: 'mine' });
  });
});

describe.each(majors.slice(0, 2))('the decompress interceptor of $name', ({ undici }) => {
  it.each(['above', 'below'])('works %s the resilient one', async (side) => {
    await using server = await startServer((_request, response, count) => {
      response.writeHead(count === 1 ? 500 : 403, { ...JSON_HEADERS, 'content-encoding': 'gzip' });
      response.end(gzipSync(FAILED));
    });
    const warnings = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const agent = new undici.Agent();
    const both = [
      resilientInterceptor(quick(server.url)),
      undici.interceptors.decompress({ skipErrorResponses: false }),
    ];
    const dispatcher = agent.compose(...(side === 'above' ? both : both.reverse()));
    const { statusCode, body } = await undici.request(`${server.url}/x`, { dispatcher });
    expect([statusCode, server.requests.length]).toEqual([403, 2]);
    await expect(body.text()).resolves.toBe(FAILED);
    warnings.mockRestore();
    await agent.destroy();
  });
});

describe.each(majors)('setGlobalDispatcher of $name', ({ undici }) => {
  const slots = [1, 2].map((version) => Symbol.for(`undici.globalDispatcher.${version}`));
  let before: unknown[] = [];

  beforeEach(() => {
    before = slots.map((slot): unknown => Reflect.get(globalThis, slot));
  });

  afterEach(() => {
    for (const [index, slot] of slots.entries()) Reflect.set(globalThis, slot, before[index]);
  });

  async function install(server: TestServer): Promise<AsyncDisposable> {
    await fetch('data:,').then((response) => response.text());
    const agent = new undici.Agent();
    undici.setGlobalDispatcher(agent.compose(resilientInterceptor(quick(server.url))));
    return { [Symbol.asyncDispose]: () => agent.destroy() };
  }

  it('makes the fetch that is built into Node resilient, bodies included', async () => {
    await using server = await startServer(statuses(500, 200, 503));
    await using _agent = await install(server);
    const got = await fetch(`${server.url}/x`);
    await expect(got.json()).resolves.toEqual({ sent: '' });
    const put = await fetch(`${server.url}/x`, { method: 'PUT', body: JSON.stringify({ a: 1 }) });
    await expect(put.json()).resolves.toEqual({ sent: '{"a":1}' });
    expect(server.requests.length).toBe(4);
  });

  it('leaves an error answer to be read, and rejects as fetch does', async () => {
    await using server = await startServer((request: IncomingMessage, response, count) => {
      if (request.url === '/reset') request.socket.destroy();
      else void statuses(403)(request, response, count);
    });
    await using _agent = await install(server);
    const refused = await fetch(`${server.url}/api/incidents`);
    await expect(refused.text()).resolves.toBe(FAILED);
    expect([refused.status, refused.url]).toEqual([403, `${server.url}/api/incidents`]);
    const error: unknown = await fetch(`${server.url}/reset`, { method: 'POST' }).catch(
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(TypeError);
    expect(failureOf(error)).toMatchObject({ source: 'network', ambiguous: true });
  });

  it('follows redirects, streams uploads and hears an abort as fetch does', async () => {
    await using server = await startServer((request, response, count) => {
      if (request.url === '/a') response.writeHead(307, { location: '/b' }).end();
      else if (request.url === '/hang') response.writeHead(200).write('begun');
      else void statuses()(request, response, count);
    });
    await using _agent = await install(server);
    const followed = await fetch(`${server.url}/a`, { method: 'POST', body: 'text' });
    expect([followed.redirected, await followed.json()]).toEqual([true, { sent: 'text' }]);
    const body = ReadableStream.from(['te', 'xt'].map((part) => Buffer.from(part)));
    const streamed = await fetch(`${server.url}/x`, {
      method: 'POST',
      body,
      duplex: 'half',
    } as RequestInit);
    await expect(streamed.json()).resolves.toEqual({ sent: 'text' });
    const controller = new AbortController();
    const hanging = await fetch(`${server.url}/hang`, { signal: controller.signal });
    const read = hanging.text();
    controller.abort(new Error('enough'));
    await expect(read).rejects.toThrow('enough');
  });
});

type Part = string | Uint8Array | (() => void);

async function* generate(...parts: readonly Part[]): AsyncGenerator<Uint8Array> {
  await turn();
  try {
    for (const part of parts) if (typeof part !== 'function') yield Buffer.from(part);
  } finally {
    for (const part of parts) if (typeof part === 'function') part();
  }
}

/** undici takes any asynchronous iterable, though its types do not say so. */
function generator(...parts: readonly Part[]): Readable {
  return generate(...parts) as unknown as Readable;
}

it('refuses what is no wrapper', () => {
  expect(() => callWith(resilientInterceptor, {})).toThrow(
    'resilientInterceptor takes what createResilience gives',
  );
});
