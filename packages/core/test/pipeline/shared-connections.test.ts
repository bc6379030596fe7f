import { type ClientHttp2Session, connect, createServer, type Http2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { createResilience, failureOf, type Resilience } from '@defender-resilience/core';
import { H2CClient } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { axiosClient, type OpenClient, undiciClient } from '../support/every-client.ts';

/**
 * Refuses the first query, breaks the session off on which two requests wait then, and answers all others. A
 * call hears of the end of its second attempt a little later than another of the end of its first.
 */
async function startServer(): Promise<AsyncDisposable & { url: string }> {
  const server = createServer();
  const sessions = new Set<Http2Session>();
  let queries = 0;
  let waiting = 0;
  server.on('session', (session) => void sessions.add(session.on('error', () => undefined)));
  server.on('stream', (stream, { ':method': method }) => {
    const answer = (status: number): void => {
      stream.respond({ ':status': status });
      stream.end('answer');
    };
    stream.on('error', () => undefined).resume();
    if (method === 'GET') queries += 1;
    if (method === 'GET' && queries !== 2) {
      answer(queries === 1 ? 503 : 200);
      return;
    }
    waiting += 1;
    if (waiting === 2) stream.session?.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Node's own client, whose calls share a session: all of them fail with what ended it. */
function sessionClient(resilience: Resilience, url: string): OpenClient {
  let shared: ClientHttp2Session | undefined;
  const broken = new WeakMap<ClientHttp2Session, Promise<never>>();
  const session = (): ClientHttp2Session => {
    if (shared !== undefined && !shared.destroyed) return shared;
    const own = connect(url);
    shared = own;
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => undefined);
    broken.set(own, promise);
    const end = (): void => reject(Object.assign(new Error('gone'), { code: 'ECONNRESET' }));
    own.on('error', end).on('close', end);
    return own;
  };
  return {
    send: ({ method }) =>
      resilience.execute(
        `own.${method}`,
        async () => {
          const own = session();
          const stream = own.request({ ':method': method, ':path': '/' });
          stream.on('error', () => undefined).end();
          const answer = Promise.withResolvers<string>();
          stream.on('response', ({ ':status': status = 0 }) => {
            if (status < 400) void text(stream).then(answer.resolve, () => undefined);
            else answer.reject(Object.assign(new Error('refused'), { status }));
          });
          return Promise.race([answer.promise, broken.get(own) ?? answer.promise]);
        },
        { idempotent: method === 'GET' },
      ),
    [Symbol.asyncDispose]: () => Promise.resolve(shared?.destroy()),
  };
}

const warnings: Error[] = [];
const onWarning = (warning: Error): void => void warnings.push(warning);
beforeEach(() => void process.on('warning', onWarning));
afterEach(() => {
  process.off('warning', onWarning);
  warnings.length = 0;
});

const CLIENTS: readonly (readonly [string, (resilience: Resilience, url: string) => OpenClient])[] =
  [
    ['node:http2', sessionClient],
    ['axios', (resilience, url) => axiosClient(resilience, url, { httpVersion: 2 } as object)],
    // From here on, the asynchronous context is followed.
    ['undici', (resilience, url) => undiciClient(resilience, url, new H2CClient(url))],
    ['node:http2, where the context is followed', sessionClient],
  ];

describe.each(CLIENTS)('calls that share a connection of %s', (_name, clientOf) => {
  it.each([
    ['an action first', ['POST', 'GET']],
    ['a query first', ['GET', 'POST']],
  ] as const)('are not taken for nested when it breaks, %s', async (_order, methods) => {
    await using server = await startServer();
    const retry = { initialDelayMs: 1, maxDelayMs: 1 };
    const resilience = createResilience({
      hosts: { [new URL(server.url).host]: 'all' },
      circuit: false,
      // axios does not notice that its session has ended.
      attemptTimeoutMs: 1_000,
      retry,
    });
    await using client = clientOf(resilience, server.url);
    const path = (method: string): string => `/api/incidents${method === 'POST' ? '/7/x' : ''}`;
    const sent = methods.map((method) =>
      client.send({ method, path: path(method), headers: {}, body: 'x' }),
    );
    const ends = new Map(
      (await Promise.allSettled(sent)).map((end, index) => [methods[index], end] as const),
    );
    // The query is sent again; the action, which may have been carried out, is not.
    expect(ends.get('GET')).toEqual({ status: 'fulfilled', value: 'answer' });
    const action = ends.get('POST');
    expect(action?.status === 'rejected' && failureOf(action.reason)?.ambiguous).toBe(true);
    await turn();
    expect(warnings).toEqual([]);
  });
});

describe('calls that wait for one promise', () => {
  it('are not taken for nested when it rejects', async () => {
    const resilience = createResilience({ circuit: false, retry: { initialDelayMs: 1 } });
    const { promise, reject } = Promise.withResolvers<string>();
    let sent = 0;
    const shared = (): Promise<string> => {
      sent += 1;
      return sent <= 2 ? promise : Promise.resolve('token');
    };
    const slow = resilience.execute('own.slow', async () => {
      try {
        return await shared();
      } catch (error) {
        await turn();
        throw error;
      }
    });
    const quick = resilience.execute('own.quick', shared, { maxRetries: 0 });
    reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    await expect(quick).rejects.toThrow('reset');
    await expect(slow).resolves.toBe('token');
    await turn();
    expect(warnings).toEqual([]);
  });
});
