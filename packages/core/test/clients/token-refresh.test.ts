/** What each client sends as a token after a 401, and where. */
import { createResilience, type ResilienceOptions } from '@defender-resilience/core';
import { wrapAxios } from '@defender-resilience/core/axios';
import { graphMiddlewareChain } from '@defender-resilience/core/graph';
import { kiotaMiddlewareChain } from '@defender-resilience/core/kiota';
import { undiciInterceptor } from '@defender-resilience/core/undici';
import { HttpClient, MiddlewareFactory } from '@microsoft/kiota-http-fetchlibrary';
import type { Middleware } from '@microsoft/microsoft-graph-client';
import * as undici from 'undici';
import { describe, expect, it, vi } from 'vitest';
import { majors as axiosMajors } from '../support/axios.ts';
import { majors as graphMajors, ToServer } from '../support/graph.ts';
import { quick, startServer, type TestServer } from '../support/real.ts';
import { authorizationOf, jwt, tokenServer } from '../support/tokens.ts';
import { dispatchersOf } from '../support/undici.ts';

type Resilience = ReturnType<typeof quick>;
type Headers = Record<string, string>;

interface Client {
  readonly name: string;
  /** Sends a GET, and gives the status of its answer. */
  readonly get: (resilience: Resilience, url: string, headers: Headers) => Promise<number>;
}

const { bareAgent } = dispatchersOf(undici);

const clients: readonly Client[] = [
  {
    name: 'fetch',
    get: async ({ fetch }, url, headers) => (await fetch(url, { headers })).status,
  },
  ...axiosMajors.map(({ name, library }) => ({
    name,
    get: async (resilience: Resilience, url: string, headers: Headers): Promise<number> => {
      const instance = wrapAxios(resilience, library.create({ validateStatus: () => true }));
      return (await instance.get(url, { headers })).status;
    },
  })),
  {
    name: 'axios, which rejects',
    get: async (resilience, url, headers) => {
      const instance = wrapAxios(resilience, axiosMajors[0]?.library.create() ?? never());
      return instance.get(url, { headers }).then(
        ({ status }) => status,
        (error: { response?: { status: number } }) => error.response?.status ?? 0,
      );
    },
  },
  {
    name: 'undici',
    get: async (resilience, url, headers) => {
      const dispatcher = bareAgent().compose(undiciInterceptor(resilience));
      const response = await undici.request(url, { headers, dispatcher });
      await response.body.dump();
      return response.statusCode;
    },
  },
  {
    name: 'Kiota',
    get: async (resilience, url, headers) => {
      const chain = kiotaMiddlewareChain(resilience, MiddlewareFactory.getDefaultMiddlewares());
      const client = new HttpClient(undefined, ...chain);
      return (await client.executeFetch(url, { method: 'GET', headers })).status;
    },
  },
];

function never(): never {
  throw new Error('no axios');
}

const sent = ({ requests }: TestServer): (string | undefined)[] => requests.map(authorizationOf);
const pathOf = (server: TestServer): string => `${server.url}/v1.0/security/incidents`;

describe.each(clients)('with $name, a new token', ({ get }) => {
  const setup = (
    server: TestServer,
    known: boolean,
  ): { resilience: Resilience; refreshToken: ReturnType<typeof vi.fn> } => {
    const refreshToken = vi.fn(() => 'new');
    const options: ResilienceOptions = { refreshToken };
    const resilience = known ? quick(server.url, options) : createResilience(options);
    return { resilience, refreshToken };
  };

  it('is sent in place of a refused one, and at once in later calls', async () => {
    await using server = await tokenServer((token) => token === 'new');
    const { resilience, refreshToken } = setup(server, true);
    const headers = { Authorization: 'Bearer old' };
    expect(await get(resilience, pathOf(server), headers)).toBe(200);
    expect(await get(resilience, pathOf(server), headers)).toBe(200);
    expect(sent(server)).toEqual(['Bearer old', 'Bearer new', 'Bearer new']);
    expect(refreshToken).toHaveBeenCalledTimes(1);
  });

  it('is never sent to an unknown host', async () => {
    await using server = await tokenServer((token) => token === 'new');
    const { resilience, refreshToken } = setup(server, false);
    expect(await get(resilience, pathOf(server), { Authorization: 'Bearer old' })).toBe(401);
    expect(sent(server)).toEqual(['Bearer old']);
    expect(refreshToken).not.toHaveBeenCalled();
  });

  it.each<[string, Headers]>([
    ['no token', {}],
    ['Basic credentials', { Authorization: 'Basic dXNlcjpwYXNz' }],
  ])('is not sent where the request had %s', async (_what, headers) => {
    await using server = await tokenServer((token) => token === 'new');
    const { resilience, refreshToken } = setup(server, true);
    expect(await get(resilience, pathOf(server), headers)).toBe(401);
    expect(sent(server)).toEqual([headers['Authorization']]);
    expect(refreshToken).not.toHaveBeenCalled();
  });

  it('is one for each identity', async () => {
    const old = ['anna', 'ben'].map((oid) => jwt({ tid: 't', oid }));
    const renewed = new Map(['anna', 'ben'].map((oid) => [oid, jwt({ tid: 't', oid, iat: 2 })]));
    const valid = new Set(renewed.values());
    await using server = await tokenServer((token = '') => valid.has(token));
    const resilience = quick(server.url, {
      refreshToken: ({ identity }) => renewed.get(identity?.objectId ?? ''),
    });
    const statuses = old.map((token) =>
      get(resilience, pathOf(server), { Authorization: `Bearer ${token}` }),
    );
    expect(await Promise.all(statuses)).toEqual([200, 200]);
    const accepted = sent(server).filter((header) => valid.has(header?.slice(7) ?? ''));
    expect(accepted.toSorted()).toEqual([...valid].map((token) => `Bearer ${token}`).toSorted());
  });
});

it('is not sent after axios has followed a redirect to another host', async () => {
  await using other = await tokenServer(() => false);
  await using server = await startServer((_request, response) =>
    response.writeHead(302, { location: `${other.url}/x` }).end(),
  );
  const refreshToken = vi.fn(() => 'new');
  const instance = wrapAxios(
    quick(server.url, { refreshToken }),
    axiosMajors[0]?.library.create({ validateStatus: () => true }) ?? never(),
  );
  const { status } = await instance.get(server.url, { headers: { Authorization: 'Bearer old' } });
  expect([status, sent(server), sent(other)]).toEqual([401, ['Bearer old'], [undefined]]);
  expect(refreshToken).not.toHaveBeenCalled();
});

it('does not replace the Basic credentials of axios', async () => {
  await using server = await tokenServer(() => false);
  const refreshToken = vi.fn(() => 'new');
  const instance = wrapAxios(
    quick(server.url, { refreshToken }),
    axiosMajors[0]?.library.create({ validateStatus: () => true }) ?? never(),
  );
  await instance.get(server.url, {
    auth: { username: 'user', password: 'pass' },
    headers: { Authorization: 'Bearer old' },
  });
  expect(sent(server)).toEqual(['Basic dXNlcjpwYXNz']);
  expect(refreshToken).not.toHaveBeenCalled();
});

describe('a global dispatcher with dns, the wrapper and redirects', () => {
  const compose = (agent: undici.Agent, resilience: Resilience): undici.Dispatcher =>
    agent.compose(
      undici.interceptors.dns(),
      undiciInterceptor(resilience),
      undici.interceptors.redirect({ maxRedirections: 3 }),
    );

  it('re-sends no third party’s request with the token', async () => {
    await using other = await tokenServer(() => false);
    const refreshToken = vi.fn(() => 'new');
    const dispatcher = compose(bareAgent(), createResilience({ refreshToken }));
    const headers = { authorization: 'Basic dXNlcjpwYXNz' };
    const init = { method: 'POST', headers, dispatcher, body: 'x' } as const;
    const response = await undici.request(other.url, init);
    await response.body.dump();
    expect(sent(other)).toEqual(['Basic dXNlcjpwYXNz']);
    expect(refreshToken).not.toHaveBeenCalled();
  });

  it('hands the token to no host that it is redirected to', async () => {
    await using other = await tokenServer(() => false);
    const otherUrl = other.url.replace('127.0.0.1', 'localhost');
    await using server = await startServer((_request, response) =>
      response.writeHead(302, { location: `${otherUrl}/x` }).end(),
    );
    const refreshToken = vi.fn(() => 'new');
    const dispatcher = compose(bareAgent(), quick(server.url, { refreshToken }));
    const headers = { authorization: 'Bearer old' };
    const response = await undici.request(server.url, { headers, dispatcher });
    await response.body.dump();
    expect([sent(server), sent(other)]).toEqual([['Bearer old'], [undefined]]);
    expect(refreshToken).not.toHaveBeenCalled();
  });
});

describe.each(graphMajors)('below the $name', ({ sdk }) => {
  it('a stale token of the SDK’s own provider is replaced at once in later calls', async () => {
    await using server = await tokenServer((token) => token === 'new');
    const refreshToken = vi.fn(() => 'new');
    const provider = { getAccessToken: () => Promise.resolve('stale') };
    const chain = sdk.MiddlewareFactory.getDefaultMiddlewareChain(provider);
    const middleware = graphMiddlewareChain(quick(server.url, { refreshToken }), [
      ...chain.slice(0, -1),
      new ToServer(server),
    ]) as Middleware[];
    const client = sdk.Client.initWithMiddleware({ middleware });
    for (let call = 0; call < 3; call += 1) await client.api('/security/incidents').get();
    expect(sent(server)).toEqual(['Bearer stale', 'Bearer new', 'Bearer new', 'Bearer new']);
    expect(refreshToken).toHaveBeenCalledTimes(1);
  });
});

// Version 2 sends its token to every host.
it('below the Graph SDK 3, no token is added where the SDK has sent none', async () => {
  await using server = await tokenServer((token) => token === 'new');
  const refreshToken = vi.fn(() => 'new');
  const { sdk } = graphMajors[0] ?? never();
  const provider = { getAccessToken: () => Promise.resolve('provided') };
  const chain = sdk.MiddlewareFactory.getDefaultMiddlewareChain(provider);
  const resilience = quick(server.url, { refreshToken });
  const middleware = graphMiddlewareChain(resilience, chain) as Middleware[];
  const client = sdk.Client.initWithMiddleware({ middleware, baseUrl: `${server.url}/` });
  await client
    .api('/security/incidents')
    .get()
    .catch(() => undefined);
  expect(sent(server)).toEqual([undefined]);
  expect(refreshToken).not.toHaveBeenCalled();
});
