import type { ServerResponse } from 'node:http';
import { classify, failureOf } from '@defender-resilience/core';
import {
  type GraphContext,
  graphMiddleware,
  graphMiddlewareChain,
} from '@defender-resilience/core/graph';
import * as v3 from '@microsoft/microsoft-graph-client';
import { Client } from 'graph-client-v2/lib/src/Client.js';
import { GraphError } from 'graph-client-v2/lib/src/GraphError.js';
import { MiddlewareFactory } from 'graph-client-v2/lib/src/middleware/MiddlewareFactory.js';
import { RetryHandler } from 'graph-client-v2/lib/src/middleware/RetryHandler.js';
import { ResponseType } from 'graph-client-v2/lib/src/ResponseType.js';
import { describe, expect, it, vi } from 'vitest';
import { afterReading, callWith, JSON_HEADERS, rejectionOf } from '../support/clients.ts';
import { quick, startServer, type TestServer } from '../support/real.ts';

const ID = '9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d';
const INCIDENTS = '/security/incidents';

function graphError(code: string): string {
  const innerError = { date: '2026-01-31T12:00:00', 'request-id': ID, 'client-request-id': 'c' };
  return JSON.stringify({ error: { code, message: 'said', innerError } });
}

type Answer = Parameters<typeof startServer>[0];

/** Answers with the statuses in turn, and with 200 after them. */
function statuses(...list: readonly number[]): Answer {
  return (request, response, count) => {
    const status = list[count - 1] ?? 200;
    request.resume().on('end', () => {
      const body = status < 400 ? '{"value":[]}' : graphError('generalException');
      response.writeHead(status, { ...JSON_HEADERS, 'request-id': ID }).end(body);
    });
  };
}

/** Sends what is meant for Graph to the test's server. */
class ToServer {
  readonly #server: TestServer;

  constructor(server: TestServer) {
    this.#server = server;
  }

  async execute(context: GraphContext): Promise<void> {
    const url = String(context.request).replace('https://graph.microsoft.com', this.#server.url);
    context.response = await fetch(url, context.options);
  }
}

const rejection = rejectionOf<v3.GraphError>;

// Piece by piece: its index wants a browser's library.
const v2 = { Client, GraphError, MiddlewareFactory, ResponseType, RetryHandler };

// The majors differ in their types, and are used alike.
const majors = [
  { name: 'Graph SDK 3', sdk: v3 },
  { name: 'Graph SDK 2', sdk: v2 as unknown as typeof v3 },
];

describe.each(majors)('$name with the resilient middleware', ({ name, sdk }) => {
  interface Setup {
    readonly client: v3.Client;
    readonly getAccessToken: ReturnType<typeof vi.fn>;
  }

  function setUp(server: TestServer, resilience = quick(server.url)): Setup {
    let count = 0;
    const getAccessToken = vi.fn(() => Promise.resolve(`token-${++count}`));
    const chain = sdk.MiddlewareFactory.getDefaultMiddlewareChain({ getAccessToken });
    const middleware = graphMiddlewareChain(resilience, [
      ...chain.slice(0, -1),
      new ToServer(server),
    ]);
    return {
      client: sdk.Client.initWithMiddleware({ middleware: middleware as v3.Middleware[] }),
      getAccessToken,
    };
  }

  it('gives a success as it is', async () => {
    await using server = await startServer(statuses());
    const { client } = setUp(server);
    await expect(client.api(INCIDENTS).get()).resolves.toEqual({ value: [] });
  });

  it('repeats a 500, which the SDK’s own handler does not, with a fresh token each time', async () => {
    await using server = await startServer(statuses(500, 502));
    const { client, getAccessToken } = setUp(server);
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

  it('keeps what an error of Graph’s tells', async () => {
    await using server = await startServer(statuses(403));
    const error = await rejection(setUp(server).client.api(INCIDENTS).get());
    expect(error).toBeInstanceOf(sdk.GraphError);
    expect([error.statusCode, error.code, error.requestId]).toEqual([403, 'generalException', ID]);
    expect(classify(error)).toMatchObject({
      status: 403,
      code: 'generalException',
      trackingId: ID,
    });
    if (sdk === v3) expect(failureOf(error)).toMatchObject({ status: 403, trackingId: ID });
  });

  it('finds status and tracking ID where a gateway answers with HTML', async () => {
    await using server = await startServer((_request, response) => {
      response
        .writeHead(503, { 'content-type': 'text/html', 'request-id': ID })
        .end('<html>down</html>');
    });
    const error = await rejection(setUp(server).client.api(INCIDENTS).get());
    expect([error.statusCode, error.code, error.requestId]).toEqual([503, 'Http503', ID]);
    const found = name.endsWith('3') ? failureOf(error) : classify(error);
    expect(found).toMatchObject({ code: 'Http503', status: 503, trackingId: ID });
    expect(server.requests.length).toBe(4);
  });

  it('names a failure whose JSON is none of Graph’s', async () => {
    await using server = await startServer((_request, response) => {
      response
        .writeHead(404, { ...JSON_HEADERS, 'request-id': ID })
        .end('{"statusCode":404,"message":"Resource not found"}');
    });
    const error = await rejection(setUp(server).client.api(INCIDENTS).get());
    expect([error.statusCode, error.code, error.requestId]).toEqual([404, 'Http404', ID]);
  });

  it('leaves the raw response to who asks for it', async () => {
    await using server = await startServer((_request, response) => {
      response
        .writeHead(400, { 'content-type': 'text/html', 'request-id': ID })
        .end('<html>bad</html>');
    });
    const { client } = setUp(server);
    const raw = client.api(INCIDENTS).responseType(sdk.ResponseType.RAW);
    const response = (await raw.get()) as Response;
    expect([response.status, response.bodyUsed]).toEqual([400, false]);
    expect(failureOf(response)?.trackingId).toBe(ID);
    await expect(response.text()).resolves.toBe('<html>bad</html>');
  });

  it('streams', async () => {
    await using server = await startServer((_request, response, count) => {
      if (count === 1) return response.writeHead(500).end();
      response.writeHead(200, JSON_HEADERS).write('first ');
      return setImmediate(() => response.end('second'));
    });
    const stream = (await setUp(server).client.api(INCIDENTS).getStream()) as ReadableStream;
    await expect(new Response(stream).text()).resolves.toBe('first second');
  });

  it('does not repeat what may have acted', async () => {
    await using server = await startServer((request) => request.socket.destroy());
    await rejection(
      setUp(server).client.api('/security/alerts_v2/1/comments').post({ comment: 'c' }),
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
    await setUp(server).client.api('/security/runHuntingQuery').post({ Query: 'DeviceInfo' });
    expect(bodies).toEqual(['{"Query":"DeviceInfo"}', '{"Query":"DeviceInfo"}']);
  });

  it.each([
    ['a batch', (client: v3.Client) => client.api('/$batch').post({ requests: [] })],
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
    await rejection(call(setUp(server, quick(server.url, { observers })).client));
    expect([server.requests.length, calls]).toEqual([1, []]);
  });

  it('sends the token of refreshToken after a 401, and it alone', async () => {
    await using server = await startServer(statuses(401));
    const { client } = setUp(server, quick(server.url, { refreshToken: () => 'renewed' }));
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
    const { client } = setUp(server, quick(server.url, { observers: [observer] }));
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
    const { client } = setUp(server);
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

  it('refuses to work before the SDK’s RetryHandler', async () => {
    await using server = await startServer(statuses());
    const middleware = [
      graphMiddleware(quick(server.url)),
      new sdk.RetryHandler(),
      new ToServer(server),
    ];
    const client = sdk.Client.initWithMiddleware({ middleware: middleware as v3.Middleware[] });
    const error = await rejection(client.api(INCIDENTS).get());
    expect(error.message).toContain('RetryHandler');
    expect(server.requests.length).toBe(0);
  });

  it('does not repeat what a RetryHandler before it sends again', async () => {
    await using server = await startServer((_request, response) => {
      response
        .writeHead(503, { ...JSON_HEADERS, 'retry-after': '0' })
        .end(graphError('serviceNotAvailable'));
    });
    const warnings = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const middleware = [
      new sdk.RetryHandler(),
      graphMiddleware(quick(server.url)),
      new ToServer(server),
    ];
    const client = sdk.Client.initWithMiddleware({ middleware: middleware as v3.Middleware[] });
    await rejection(client.api(INCIDENTS).get());
    // Four of ours, and the handler's three, each of them sent once.
    expect(server.requests.length).toBe(7);
    warnings.mockRestore();
  });
});

describe('graphMiddleware', () => {
  it('follows a request that is a Request, and clones it for each attempt', async () => {
    await using server = await startServer(statuses(500));
    const seen: Request[] = [];
    const next = {
      async execute(context: GraphContext) {
        if (context.request instanceof Request) {
          seen.push(context.request);
          context.request.headers.append('authorization', 'Bearer one');
        }
        context.response = await fetch(context.request, context.options);
      },
    };
    const handler = graphMiddleware(quick(server.url));
    handler.setNext?.(next);
    const context: GraphContext = {
      request: new Request(`${server.url}/v1.0${INCIDENTS}`),
      options: {},
    };
    await handler.execute(context);
    expect([context.response?.status, seen.length, seen[0] === seen[1]]).toEqual([200, 2, false]);
    expect(new Set(seen.map((request) => request.headers.get('authorization')))).toEqual(
      new Set(['Bearer one']),
    );
  });

  it('says that it cannot stand last', async () => {
    const context = { request: 'http://127.0.0.1:1', options: {} };
    await expect(graphMiddleware(quick('http://127.0.0.1:1')).execute(context)).rejects.toThrow(
      'cannot stand last',
    );
  });

  it('refuses an empty chain, and what is no wrapper', () => {
    expect(() => graphMiddlewareChain(quick('http://127.0.0.1:1'), [])).toThrow(
      'takes a chain of handlers',
    );
    expect(() => callWith(graphMiddleware, {})).toThrow('takes what createResilience gives');
  });
});
