import { ClosedError, classify, failureOf, type Resilience } from '@defender-resilience/core';
import { wrapAxios } from '@defender-resilience/core/axios';
import { kiotaMiddlewareChain } from '@defender-resilience/core/kiota';
import { undiciInterceptor } from '@defender-resilience/core/undici';
import {
  AnonymousAuthenticationProvider,
  HttpMethod,
  RequestInformation,
} from '@microsoft/kiota-abstractions';
import {
  FetchRequestAdapter,
  HttpClient,
  MiddlewareFactory,
} from '@microsoft/kiota-http-fetchlibrary';
import * as graphSdk from '@microsoft/microsoft-graph-client';
import axios from 'axios';
import { Agent, request } from 'undici';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FAILED, JSON_HEADERS, rejectionOf } from '../support/clients.ts';
import { clientFor } from '../support/graph.ts';
import { quick, startServer, type TestServer } from '../support/real.ts';

const PATH = '/v1.0/security/incidents';

type Call = () => Promise<unknown>;
type Client = (resilience: Resilience, server: TestServer) => Call;

const agents: Agent[] = [];
afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.destroy()));
});

const CLIENTS: readonly [name: string, client: Client][] = [
  [
    'fetch',
    (resilience, { url }) =>
      () =>
        resilience.fetch(`${url}${PATH}`),
  ],
  [
    'execute',
    (resilience, { url }) =>
      () =>
        resilience.execute('own', ({ signal }) => fetch(`${url}${PATH}`, { signal })),
  ],
  [
    'axios',
    (resilience, { url }) => {
      const client = wrapAxios(resilience, axios.create({ baseURL: url }));
      return () => client.get(PATH, { validateStatus: () => true });
    },
  ],
  [
    'undici',
    (resilience, { url }) => {
      const agent = new Agent();
      agents.push(agent);
      const dispatcher = agent.compose(undiciInterceptor(resilience));
      return () => request(`${url}${PATH}`, { dispatcher });
    },
  ],
  [
    'Graph',
    (resilience, server) => {
      const { client } = clientFor(graphSdk, server, resilience);
      return () => client.api('/security/incidents').get() as Promise<unknown>;
    },
  ],
  [
    'Kiota',
    (resilience, { url }) => {
      const chain = kiotaMiddlewareChain(resilience, MiddlewareFactory.getDefaultMiddlewares());
      const http = new HttpClient(undefined, ...chain);
      const anonymous = new AnonymousAuthenticationProvider();
      const adapter = new FetchRequestAdapter(anonymous, undefined, undefined, http);
      const get = new RequestInformation(HttpMethod.GET);
      get.URL = `${url}${PATH}`;
      return () => adapter.sendPrimitive(get, 'ArrayBuffer', undefined);
    },
  ],
];

/** A server that answers only when it is told to. */
async function slowServer(
  status = 200,
): Promise<TestServer & { readonly answer: () => void; readonly arrived: Promise<void> }> {
  const arrived = Promise.withResolvers<void>();
  const answers: (() => void)[] = [];
  const server = await startServer((received, response) => {
    received.resume();
    const body = status < 400 ? '{"value":[]}' : FAILED;
    answers.push(() => response.writeHead(status, JSON_HEADERS).end(body));
    arrived.resolve();
  });
  return Object.defineProperties(server, {
    answer: { value: () => void answers.map((answer) => answer()) },
    arrived: { value: arrived.promise },
  }) as TestServer & { answer: () => void; arrived: Promise<void> };
}

/** Graph's SDK keeps no more of an error than its name and message; Kiota makes an error that `classify` reads. */
function reasonOf(end: unknown): string | undefined {
  const code: unknown = Reflect.get(Object(end), 'code');
  return code === 'ClosedError' ? 'Closed' : (classify(end) ?? failureOf(end))?.code;
}

const settled = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error);

describe.each(CLIENTS)('with %s, a wrapper that closes', (_name, client) => {
  it('lets a call under way end', async () => {
    await using server = await slowServer();
    const resilience = quick(server.url);
    const call = client(resilience, server)();
    await server.arrived;
    const closing = resilience.close();
    server.answer();
    await expect(call).resolves.toBeDefined();
    await closing;
    expect(server.requests).toHaveLength(1);
  });

  it('aborts a call that takes too long, and its connection', async () => {
    await using server = await slowServer();
    const resilience = quick(server.url);
    const call = settled(client(resilience, server)());
    await server.arrived;
    await resilience.close({ timeoutMs: 20 });
    expect(reasonOf(await call)).toBe('Closed');
    await vi.waitFor(() => expect(server.sockets.open).toBe(0));
    expect(server.requests).toHaveLength(1);
  });

  it('does not repeat a call that fails meanwhile', async () => {
    await using server = await slowServer(503);
    const resilience = quick(server.url);
    const call = settled(client(resilience, server)());
    await server.arrived;
    const closing = resilience.close();
    server.answer();
    await closing;
    expect(reasonOf(await call)).toMatch(/InternalServerError|Http503/);
    expect(server.requests).toHaveLength(1);
  });

  it('sends no call after it', async () => {
    await using server = await slowServer();
    const resilience = quick(server.url);
    const call = client(resilience, server);
    await resilience.close();
    expect(reasonOf(await rejectionOf(call()))).toBe('Closed');
    expect(server.requests).toHaveLength(0);
    expect(server.sockets.opened).toBe(0);
  });
});

it('leaves a body alone that its caller reads already', async () => {
  let end = (): void => undefined;
  await using server = await startServer((_request, response) => {
    response.writeHead(200, JSON_HEADERS).write('{"a":');
    end = () => response.end('1}');
  });
  const resilience = quick(server.url);
  const response = await resilience.fetch(`${server.url}${PATH}`);
  await resilience.close({ timeoutMs: 0 });
  end();
  expect(await response.json()).toEqual({ a: 1 });
});

it('does not wait for the end of an error body beyond the limit', async () => {
  await using server = await startServer((_request, response) => {
    response.writeHead(503, JSON_HEADERS).write('{"error":');
  });
  const resilience = quick(server.url);
  const call = resilience.fetch(`${server.url}${PATH}`);
  await vi.waitFor(() => expect(server.requests).toHaveLength(1));
  await resilience.close({ timeoutMs: 50 });
  const response = await settled(call);
  const failure = failureOf(response);
  expect([failure?.status ?? failure?.code]).toEqual([
    response instanceof ClosedError ? 'Closed' : 503,
  ]);
});
