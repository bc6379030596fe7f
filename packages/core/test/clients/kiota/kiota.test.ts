import { classify, DefenderApiError, failureOf } from '@defender-resilience/core';
import {
  type KiotaMiddleware,
  kiotaMiddleware,
  kiotaMiddlewareChain,
} from '@defender-resilience/core/kiota';
import {
  AllowedHostsValidator,
  AnonymousAuthenticationProvider,
  BaseBearerTokenAuthenticationProvider,
  HttpMethod,
  RequestInformation,
} from '@microsoft/kiota-abstractions';
import {
  AuthorizationHandler,
  FetchRequestAdapter,
  HttpClient,
  type Middleware,
  MiddlewareFactory,
  RetryHandler,
} from '@microsoft/kiota-http-fetchlibrary';
import { describe, expect, it, vi } from 'vitest';
import { quick, startServer, type TestServer } from '../../support/real.ts';

const ID = '9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d';
const HEADERS = { 'content-type': 'application/json', 'request-id': ID };

function statuses(...list: readonly number[]): Parameters<typeof startServer>[0] {
  return (request, response, count) => {
    const status = list[count - 1] ?? 200;
    request
      .resume()
      .on('end', () =>
        response
          .writeHead(status, HEADERS)
          .end(status < 400 ? '{}' : '{"error":{"code":"x","message":"y"}}'),
      );
  };
}

function adapterOf(chain: readonly Middleware[]): FetchRequestAdapter {
  const client = new HttpClient(undefined, ...chain);
  return new FetchRequestAdapter(
    new AnonymousAuthenticationProvider(),
    undefined,
    undefined,
    client,
  );
}

function get(
  server: TestServer,
  path = '/v1.0/security/incidents',
  method = HttpMethod.GET,
): RequestInformation {
  const request = new RequestInformation(method);
  request.URL = `${server.url}${path}`;
  return request;
}

describe('Kiota with the resilient middleware', () => {
  it('repeats a 500, which Kiota’s own handler does not', async () => {
    await using server = await startServer(statuses(500, 502));
    const adapter = adapterOf(
      kiotaMiddlewareChain(quick(server.url), MiddlewareFactory.getDefaultMiddlewares()),
    );
    await adapter.sendNoResponseContent(get(server), undefined);
    expect(server.requests.length).toBe(3);
    expect(server.requests.map(({ headers }) => headers['user-agent'])).toEqual(
      Array.from({ length: 3 }, () => server.requests[0]?.headers['user-agent']),
    );
  });

  it('leaves an error to Kiota, with its status and ID', async () => {
    await using server = await startServer(statuses(403));
    const adapter = adapterOf(
      kiotaMiddlewareChain(quick(server.url), MiddlewareFactory.getDefaultMiddlewares()),
    );
    const error = await adapter
      .sendNoResponseContent(get(server), undefined)
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ responseStatusCode: 403 });
    expect(classify(error)).toMatchObject({ status: 403, trackingId: ID });
  });

  it('rejects with what HTML is, of which Kiota makes an error without status and ID', async () => {
    await using server = await startServer((_request, response) => {
      response
        .writeHead(503, { 'content-type': 'text/html', 'request-id': ID })
        .end('<html></html>');
    });
    const adapter = adapterOf(
      kiotaMiddlewareChain(quick(server.url), MiddlewareFactory.getDefaultMiddlewares()),
    );
    const error = await adapter
      .sendNoResponseContent(get(server), undefined)
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DefenderApiError);
    expect(error).toMatchObject({
      status: 503,
      trackingId: ID,
      responseStatusCode: 503,
      responseHeaders: { 'request-id': [ID] },
    });
    expect(failureOf(error)).toMatchObject({ status: 503, trackingId: ID });
    expect(server.requests.length).toBe(4);
  });

  it('rejects with the error of the network itself, and tells what it was', async () => {
    await using server = await startServer((request) => request.socket.destroy());
    const adapter = adapterOf(
      kiotaMiddlewareChain(quick(server.url), MiddlewareFactory.getDefaultMiddlewares()),
    );
    const request = get(server, '/v1.0/security/alerts_v2/1/comments', HttpMethod.POST);
    const error = await adapter
      .sendNoResponseContent(request, undefined)
      .catch((caught: unknown) => caught);
    expect(failureOf(error)).toMatchObject({
      source: 'network',
      verdict: 'terminal',
      ambiguous: true,
    });
    expect(server.requests.length).toBe(1);
  });

  it('asks an AuthorizationHandler for a token in each attempt', async () => {
    await using server = await startServer(statuses(503));
    let count = 0;
    const getAuthorizationToken = vi.fn(() => Promise.resolve(`token-${++count}`));
    const provider = new BaseBearerTokenAuthenticationProvider({
      getAuthorizationToken,
      getAllowedHostsValidator: () => new AllowedHostsValidator(),
    });
    const chain = [
      new AuthorizationHandler(provider),
      ...MiddlewareFactory.getDefaultMiddlewares(),
    ];
    await adapterOf(kiotaMiddlewareChain(quick(server.url), chain)).sendNoResponseContent(
      get(server),
      undefined,
    );
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ]);
  });

  it('sends the token of refreshToken after a 401', async () => {
    await using server = await startServer(statuses(401));
    const chain = kiotaMiddlewareChain(
      quick(server.url, { refreshToken: () => 'renewed' }),
      MiddlewareFactory.getDefaultMiddlewares(),
    );
    const request = get(server);
    request.headers.add('Authorization', 'Bearer old');
    await adapterOf(chain).sendNoResponseContent(request, undefined);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer old',
      'Bearer renewed',
    ]);
  });

  it.each([['an upload', '/v1.0/upload', 'application/octet-stream']])(
    'passes %s untouched',
    async (_what, path, type) => {
      await using server = await startServer(statuses(503));
      const chain = kiotaMiddlewareChain(
        quick(server.url),
        MiddlewareFactory.getDefaultMiddlewares(),
      );
      const client = new HttpClient(undefined, ...chain);
      const init = { method: 'POST', headers: { 'content-type': type }, body: 'x' };
      const response = await client.executeFetch(`${server.url}${path}`, init);
      expect([response.status, server.requests.length]).toEqual([503, 1]);
    },
  );

  it('ends a wait when its caller aborts', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(429, { ...HEADERS, 'retry-after': '30' }).end('{}');
    });
    const chain = kiotaMiddlewareChain(
      quick(server.url),
      MiddlewareFactory.getDefaultMiddlewares(),
    );
    const controller = new AbortController();
    const client = new HttpClient(undefined, ...chain);
    const call = client.executeFetch(`${server.url}/v1.0/me`, {
      method: 'GET',
      headers: {},
      signal: controller.signal,
    });
    await vi.waitFor(() => expect(server.requests.length).toBe(1));
    controller.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
  });

  it('refuses to work before Kiota’s RetryHandler, and to stand last', async () => {
    const handler = kiotaMiddleware(quick('http://127.0.0.1:1'));
    const init = { method: 'GET' };
    await expect(handler.execute('http://127.0.0.1:1', init)).rejects.toThrow(
      'cannot be the last one',
    );
    handler.next = new RetryHandler() as KiotaMiddleware;
    await expect(handler.execute('http://127.0.0.1:1', init)).rejects.toThrow('RetryHandler');
  });

  it('refuses an empty chain', () => {
    expect(() => kiotaMiddlewareChain(quick('http://127.0.0.1:1'), [])).toThrow(
      'takes a chain of handlers',
    );
  });
});
