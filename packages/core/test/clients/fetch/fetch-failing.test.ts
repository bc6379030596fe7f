/** When every attempt fails, the caller gets what the bare fetch would have given for the last one. */
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { failureOf } from '@defender-resilience/core';
import { describe, expect, it } from 'vitest';
import { callWith, type Fetch, type Scenario, see } from '../../support/differential.ts';
import { guardProcess } from '../../support/guard.ts';
import { envelope, quick, startServer } from '../../support/real.ts';

guardProcess();

const RETRIES = 3;

interface Failing {
  readonly name: string;
  readonly call?: NonNullable<Scenario['call']>;
  /** How the server answers the last attempt. */
  readonly last: NonNullable<Scenario['answer']> | ((socket: Socket) => void);
  readonly raw?: true;
}

/** The same end, and each attempt's request the same as the only one of the bare fetch. */
async function compare({ call, last, raw }: Failing): Promise<void> {
  const scenario = (attempts: number): Scenario => {
    let count = 0;
    const base = { name: '', ...(call === undefined ? {} : { call }) };
    if (raw) {
      const answer = last as (socket: Socket) => void;
      return { ...base, raw: answer };
    }
    const answer = last as NonNullable<Scenario['answer']>;
    return {
      ...base,
      answer: (request, response) => {
        count += 1;
        if (count === attempts) answer(request, response, count);
        else response.writeHead(503, { 'x-not': 'the last' }).end('not the last');
      },
    };
  };
  const bare = await see(scenario(1), () => globalThis.fetch);
  const wrapped = await see(scenario(RETRIES + 1), (url) => quick(url).fetch);
  expect(wrapped.end).toEqual(bare.end);
  expect(wrapped.requests).toEqual(Array.from({ length: RETRIES + 1 }, () => bare.requests[0]));
}

const JSON_HEADERS = { 'content-type': 'application/json' };

function answering(
  status: number,
  headers: object = {},
  body: string | Buffer = 'the last',
): Failing {
  return {
    name: `${status} ${JSON.stringify(headers)}`,
    last: (_request, response) => {
      response.writeHead(status, { 'x-last': 'yes', ...headers }).end(body);
    },
  };
}

describe('the last answer', () => {
  const statuses = [408, 425, 429, 500, 502, 503, 504, 506, 507, 508, 509, 510, 511, 520, 529, 599];
  it.each([
    ...statuses.map((status) => answering(status)),
    answering(500, JSON_HEADERS, envelope('InternalServerError')),
    answering(429, { ...JSON_HEADERS, 'retry-after': '0' }, envelope('TooManyRequests')),
    answering(503, { 'content-type': 'text/html' }, '<html><h1>Service unavailable</h1></html>'),
    answering(503, { 'content-encoding': 'gzip' }, gzipSync('compressed')),
    answering(503, { 'content-encoding': 'gzip' }, 'not compressed'),
    answering(503, { 'content-length': '0' }, ''),
    answering(503, {}, 'x'.repeat(500_000)),
    answering(503, { 'set-cookie': ['a=1', 'b=2'] }),
    answering(204, {}, ''),
    answering(304, { etag: '"1"' }, ''),
    answering(400, JSON_HEADERS, envelope('InvalidRequestBody')),
    answering(401, { 'www-authenticate': 'Bearer' }, ''),
    answering(404, JSON_HEADERS, envelope('NotFound')),
  ])('of $name is the caller’s', compare);

  const more: readonly Failing[] = [
    {
      name: 'HEAD',
      call: (fetch, { url }) => fetch(url, { method: 'HEAD' }),
      last: (_request, response) => response.writeHead(503, { 'content-length': '9' }).end(),
    },
    {
      name: 'PUT with a body',
      call: (fetch, { url }) => fetch(url, { method: 'PUT', body: 'text', headers: { own: '1' } }),
      last: (_request, response) => response.writeHead(500).end('the last'),
    },
    {
      name: 'a Request with a body',
      call: (fetch, { url }) => fetch(new Request(url, { method: 'PUT', body: 'text' })),
      last: (_request, response) => response.writeHead(500).end('the last'),
    },
    {
      name: 'a call with a signal',
      call: (fetch, { url }) => fetch(url, { signal: new AbortController().signal }),
      last: (_request, response) => response.writeHead(500).end('the last'),
    },
  ];
  it.each(more)('to $name is the caller’s', compare);
});

describe('the last error', () => {
  const raw = (name: string, last: (socket: Socket) => void): Failing => ({
    name,
    last,
    raw: true,
  });
  const bytes = (name: string, text: string): Failing => raw(name, (socket) => socket.end(text));
  it.each([
    raw('a connection that is closed', (socket) => socket.end()),
    raw('a connection that is reset', (socket) => socket.resetAndDestroy()),
    bytes('an answer that is none', 'SSH-2.0-OpenSSH_9.6\r\n\r\n'),
    bytes('half of the headers', 'HTTP/1.1 200 OK\r\ncontent-le'),
    bytes('bad headers', 'HTTP/1.1 200 OK\r\nbad header\r\n\r\n'),
    bytes('an answer in the middle of nothing', 'HTTP/1.1 100 Continue\r\n\r\n'),
  ])('of $name is the caller’s', compare);

  it('of a server that is not there is the caller’s', async () => {
    const server = await startServer(() => undefined);
    const { url } = server;
    await server[Symbol.asyncDispose]();
    const of = async (fetch: Fetch): Promise<unknown> => {
      const error: unknown = await fetch(url).catch((reason: unknown) => reason);
      if (!(error instanceof TypeError) || !(error.cause instanceof Error)) return error;
      return [error.name, error.message, error.cause.name, error.cause.message, { ...error.cause }];
    };
    expect(await of(quick(url).fetch)).toEqual(await of(globalThis.fetch));
  });

  it('of a body that breaks off is told when it is read', () =>
    compare({
      ...raw('', (socket) => {
        socket.end('HTTP/1.1 503 No\r\ncontent-length: 99\r\nconnection: close\r\n\r\nshort');
      }),
      call: async (fetch, { url }) => {
        const response = await fetch(url);
        return [response.status, await response.text().catch((error: unknown) => error)];
      },
    }));
});

describe('what was answered in between', () => {
  it('is not told, and holds no connection', async () => {
    await using server = await startServer((_request, response, count) => {
      response.writeHead(count < 4 ? 503 : 200).end(Buffer.alloc(100_000));
    });
    const response = await quick(server.url).fetch(server.url);
    expect([response.status, failureOf(response)]).toEqual([200, undefined]);
    await response.arrayBuffer();
    expect(server.sockets.opened).toBeLessThanOrEqual(4);
  });

  it('does not change what one and the same error object says', async () => {
    const own = Object.assign(new Error('mine'), { code: 'ECONNRESET' });
    const fetch = quick('http://127.0.0.1:1').wrapFetch(() => Promise.reject(own));
    const before = { ...own };
    await expect(fetch('http://127.0.0.1:1')).rejects.toBe(own);
    expect({ ...own }).toEqual(before);
    expect(failureOf(own)).toMatchObject({ code: 'ECONNRESET' });
  });

  it.each([400, 401, 403, 404, 405, 409, 413, 422, 501, 505])(
    'is the end at once where it will never work: %i',
    async (status) => {
      await using server = await startServer((_request, response) => {
        response.writeHead(status).end();
      });
      const response = await callWith(quick(server.url).fetch, server.url);
      expect([response.status, server.requests.length]).toEqual([status, 1]);
    },
  );
});
