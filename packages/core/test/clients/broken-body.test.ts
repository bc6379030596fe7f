import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { AttemptContext, Failure, Resilience } from '@defender-resilience/core';
import { wrapAxios } from '@defender-resilience/core/axios';
import { kiotaMiddlewareChain } from '@defender-resilience/core/kiota';
import { undiciInterceptor } from '@defender-resilience/core/undici';
import { HttpClient, MiddlewareFactory } from '@microsoft/kiota-http-fetchlibrary';
import got from 'got';
import ky from 'ky';
import superagent from 'superagent';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { majors as axiosMajors } from '../support/axios.ts';
import { clientFor, majors as graphMajors } from '../support/graph.ts';
import { quick, startServer, type TestServer } from '../support/real.ts';
import { majors as undiciMajors } from '../support/undici.ts';

interface Request {
  readonly operation: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
}

/** Sends a request and reads its JSON. */
type Send = (request: Request, server: TestServer, resilience: Resilience) => Promise<unknown>;

const READ = { operation: 'incidents.list', method: 'GET', path: '/api/incidents' } as const;
const HUNT = {
  operation: 'hunting.run',
  method: 'POST',
  path: '/api/advancedhunting/run',
} as const;
const ACT = {
  operation: 'machines.isolate',
  method: 'POST',
  path: '/api/machines/1/isolate',
} as const;

// The same kinds of request, as Graph has them.
const GRAPH_PATHS: Readonly<Record<string, string>> = {
  [READ.path]: '/security/incidents',
  [HUNT.path]: '/security/runHuntingQuery',
  [ACT.path]: '/security/alerts_v2/1/comments',
};

const DOCUMENT = { value: Array.from({ length: 50 }, (_item, index) => `incident ${index ** 7}`) };
const TEXT = JSON.stringify(DOCUMENT);
const JSON_TYPE = { 'content-type': 'application/json' } as const;

type Break = (request: IncomingMessage, response: ServerResponse) => void;

const breaks: readonly (readonly [how: string, answer: Break])[] = [
  [
    'shorter than its length, by a reset',
    (request, response) => {
      response.writeHead(200, { ...JSON_TYPE, 'content-length': '100' }).write(TEXT.slice(0, 10));
      setImmediate(() => request.socket.resetAndDestroy());
    },
  ],
  [
    'shorter than its length, by an end of the connection',
    (request, response) => {
      response.writeHead(200, { ...JSON_TYPE, 'content-length': '100' }).write(TEXT.slice(0, 10));
      setImmediate(() => request.socket.end());
    },
  ],
  [
    'in chunks, without the last',
    (request, response) => {
      response.writeHead(200, JSON_TYPE).write(TEXT.slice(0, 10));
      setImmediate(() => request.socket.destroy());
    },
  ],
  [
    'compressed and cut in half',
    (_request, response) => {
      const zipped = gzipSync(TEXT);
      const half = zipped.subarray(0, zipped.byteLength / 2);
      response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }).end(half);
    },
  ],
];

const byExecute =
  <T>(
    call: (url: string, method: 'GET' | 'POST', signal: AbortSignal) => Promise<T>,
    read: (result: T) => unknown = (result) => result,
  ): Send =>
  async ({ operation, method, path }, server, resilience) => {
    const attempt = ({ signal }: AttemptContext): Promise<T> =>
      call(`${server.url}${path}`, method, signal);
    return read(await resilience.execute(operation, attempt));
  };

const clients: readonly (readonly [name: string, send: Send])[] = [
  ...axiosMajors.flatMap(({ name, library }): [string, Send][] => [
    [
      name,
      async ({ method, path }, server, resilience) => {
        const client = wrapAxios(resilience, library.create({ baseURL: server.url }));
        return (await client.request({ method, url: path })).data as unknown;
      },
    ],
    [
      `execute around ${name}`,
      byExecute(
        (url, method, signal) => library.request<unknown>({ method, url, signal }),
        ({ data }) => data,
      ),
    ],
  ]),
  [
    'execute around fetch',
    byExecute(async (url, method, signal) => (await fetch(url, { method, signal })).json()),
  ],
  [
    'got',
    byExecute((url, method, signal) => got(url, { method, signal, retry: { limit: 0 } }).json()),
  ],
  [
    'superagent',
    byExecute(async (url, method) => {
      const request = method === 'GET' ? superagent.get(url) : superagent.post(url);
      return (await request).body;
    }),
  ],
  [
    'ky',
    ({ method, path }, server, resilience) => {
      const client = ky.create({
        prefix: server.url,
        fetch: resilience.wrapFetch(fetch, { bufferJson: true }),
        retry: 0,
        timeout: false,
      });
      return client(path.slice(1), { method }).json();
    },
  ],
  ...undiciMajors.map(({ name, undici }): [string, Send] => [
    name,
    async ({ method, path }, server, resilience) => {
      const agent = new undici.Agent();
      const { decompress } = undici.interceptors as Partial<typeof undici.interceptors>;
      const dispatcher = agent.compose(
        undiciInterceptor(resilience),
        ...(decompress ? [decompress()] : []),
      );
      try {
        const { body } = await undici.request(`${server.url}${path}`, { method, dispatcher });
        return await body.json();
      } finally {
        void agent.destroy();
      }
    },
  ]),
  ...graphMajors.map(({ name, sdk }): [string, Send] => [
    name,
    ({ method, path }, server, resilience) => {
      const request = clientFor(sdk, server, resilience).client.api(GRAPH_PATHS[path] ?? '');
      return method === 'GET' ? request.get() : request.post({});
    },
  ]),
  [
    'Kiota',
    async ({ method, path }, server, resilience) => {
      const chain = kiotaMiddlewareChain(resilience, MiddlewareFactory.getDefaultMiddlewares());
      const client = new HttpClient(undefined, ...chain);
      const response = await client.executeFetch(`${server.url}${path}`, { method }, {});
      return response?.json();
    },
  ],
];

// superagent warns of a bug of its own when a connection is reset.
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined));

interface Watched {
  readonly resilience: Resilience;
  readonly failures: (Failure | undefined)[];
}

/** A wrapper, and how its calls end. */
function watched(server: TestServer): Watched {
  const failures: (Failure | undefined)[] = [];
  const end = ({ failure }: { readonly failure?: Failure }): void => void failures.push(failure);
  return { resilience: quick(server.url, { observers: [{ call: () => ({ end }) }] }), failures };
}

describe.each(clients)('%s, when the body of a success breaks off', (_client, send) => {
  describe.each(breaks)('(%s)', (_how, breakOff) => {
    it.each([
      ['a read', READ],
      ['a hunting query', HUNT],
    ])('repeats %s', async (_what, request) => {
      await using server = await startServer((message, response, count) => {
        message.resume();
        if (count === 1) breakOff(message, response);
        else response.writeHead(200, JSON_TYPE).end(TEXT);
      });
      const { resilience, failures } = watched(server);
      await expect(send(request, server, resilience)).resolves.toEqual(DOCUMENT);
      expect([server.requests.length, failures]).toEqual([2, [undefined]]);
      expect(resilience.snapshot().circuits).toMatchObject([{ attempts: 2, failures: 1 }]);
    });

    it('does not repeat an action, and says that it may have been carried out', async () => {
      await using server = await startServer((message, response) => {
        message.resume();
        breakOff(message, response);
      });
      const { resilience, failures } = watched(server);
      await send(ACT, server, resilience).catch(() => undefined);
      expect(server.requests.length).toBe(1);
      expect(failures).toMatchObject([{ source: 'network', verdict: 'terminal', ambiguous: true }]);
    });
  });
});

describe.each(axiosMajors)('$name', ({ library }) => {
  it('does not repeat a body that is longer than maxContentLength', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(200, JSON_TYPE).end(TEXT);
    });
    const { resilience, failures } = watched(server);
    const client = wrapAxios(resilience, library.create({ maxContentLength: 100 }));
    await expect(client.get(`${server.url}${READ.path}`)).rejects.toThrow('maxContentLength');
    expect(server.requests.length).toBe(1);
    expect(failures).toMatchObject([{ verdict: 'terminal', source: 'unknown' }]);
  });
});
