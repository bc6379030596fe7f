import {
  createResilience,
  failureOf,
  type RefreshContext,
  type ResilienceOptions,
} from '@defender-resilience/core';
import { describe, expect, it, vi } from 'vitest';
import { quick, startServer, type TestServer } from '../support/real.ts';
import { authorizationOf, jwt, tokenServer } from '../support/tokens.ts';
import { HttpError, virtual } from '../support/virtual.ts';

const bearer = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } });
const sent = ({ requests }: TestServer): (string | undefined)[] => requests.map(authorizationOf);
const UNAUTHORIZED = new HttpError(401, 'Unauthorized');

/** A wrapper that notes what is reported of `refreshToken`. */
function reporting(
  server: TestServer,
  options: ResilienceOptions,
): { resilience: ReturnType<typeof quick>; reports: string[] } {
  const reports: string[] = [];
  const onObserverError = (error: unknown, hook: string): void =>
    void reports.push(`${hook}: ${error instanceof Error ? error.message : String(error)}`);
  return { resilience: quick(server.url, { onObserverError, ...options }), reports };
}

describe('a new token is asked for', () => {
  it('only for a known host', async () => {
    await using server = await tokenServer((token) => token === 'new');
    const refreshToken = vi.fn(() => 'new');
    const { fetch } = createResilience({ refreshToken });
    const response = await fetch(`${server.url}/api/incidents`, bearer('old'));
    expect([response.status, sent(server)]).toEqual([401, ['Bearer old']]);
    expect(refreshToken).not.toHaveBeenCalled();
  });

  it.each<[string, RequestInit]>([
    ['no header', {}],
    ['another scheme', { headers: { authorization: 'Basic dXNlcjpwYXNz' } }],
  ])('not where the refused request had %s', async (_what, init) => {
    await using server = await tokenServer((token) => token === 'new');
    const refreshToken = vi.fn(() => 'new');
    const { fetch } = quick(server.url, { refreshToken });
    const response = await fetch(`${server.url}/api/incidents`, init);
    expect([response.status, server.requests.length]).toEqual([401, 1]);
    expect(refreshToken).not.toHaveBeenCalled();
  });

  it('not where a redirect led to another host, which got no token', async () => {
    await using other = await tokenServer(() => false);
    await using server = await redirectingTo(`${other.url}/x`);
    const refreshToken = vi.fn(() => 'new');
    const { fetch } = quick(server.url, { refreshToken });
    const response = await fetch(`${server.url}/api/incidents`, bearer('old'));
    expect([response.status, sent(other)]).toEqual([401, [undefined]]);
    expect(refreshToken).not.toHaveBeenCalled();
  });

  it('for a function without a host, and for one with a known host', async () => {
    const refreshToken = vi.fn(() => 'new');
    const { clock, resilience } = virtual({ refreshToken, hosts: { 'known.example': 'mde' } });
    const fn = ({ token }: { token?: string }): Promise<string> =>
      token === undefined ? Promise.reject(UNAUTHORIZED) : Promise.resolve(token);
    const run = (host?: string): Promise<unknown> =>
      clock.settle(
        resilience
          .execute('machines.list', fn, host === undefined ? {} : { host })
          .catch((error: unknown) => failureOf(error)?.status),
      );
    expect(await run()).toBe('new');
    expect(await run('known.example')).toBe('new');
    expect(await run('other.example')).toBe(401);
    expect(refreshToken).toHaveBeenCalledTimes(2);
  });
});

function redirectingTo(location: string): Promise<TestServer> {
  return startServer((_request, response) => response.writeHead(302, { location }).end());
}

describe('concurrent 401s', () => {
  it('of several APIs of one host get a token each', async () => {
    const apiOf = (url = ''): string => (url.includes('machines') ? 'mde' : 'xdr');
    await using server = await tokenServer((token, { url }) => token === `new-${apiOf(url)}`);
    const refreshToken = vi.fn(({ family }: RefreshContext) => `new-${family}`);
    const { fetch } = quick(server.url, { refreshToken });
    const paths = ['/api/machines', '/api/incidents', '/api/machines', '/api/incidents'];
    const responses = await Promise.all(
      paths.map((path) => fetch(`${server.url}${path}`, bearer('old'))),
    );
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(refreshToken).toHaveBeenCalledTimes(2);
  });

  it('of several identities get a token each, and share it among their own', async () => {
    const users = ['anna', 'ben'].map((oid) => ({ tid: 'tenant', oid }));
    const [anna, ben] = users.map((claims) => jwt({ ...claims, iat: 1 }));
    const renewed = new Map(users.map(({ oid }) => [oid, jwt({ tid: 'tenant', oid, iat: 2 })]));
    const valid = new Set(renewed.values());
    await using server = await tokenServer((token = '') => valid.has(token));
    const refreshToken = vi.fn(async ({ identity }: RefreshContext) => {
      await Promise.resolve();
      return renewed.get(identity?.objectId ?? '');
    });
    const { fetch } = quick(server.url, { refreshToken });
    const get = async (token = ''): Promise<number> =>
      (await fetch(`${server.url}/api/incidents`, bearer(token))).status;
    expect(await Promise.all([get(anna), get(ben), get(anna), get(ben)])).toEqual([
      200, 200, 200, 200,
    ]);
    expect(refreshToken).toHaveBeenCalledTimes(2);
    expect(refreshToken.mock.calls.map(([{ identity }]) => identity)).toEqual([
      { tenantId: 'tenant', objectId: 'anna' },
      { tenantId: 'tenant', objectId: 'ben' },
    ]);
    const accepted = sent(server).filter((header) => valid.has(header?.slice(7) ?? ''));
    expect(accepted.toSorted()).toEqual(
      [...valid, ...valid].map((token) => `Bearer ${token}`).toSorted(),
    );
  });

  it('never get the token of another identity', async () => {
    const [old, foreign] = ['anna', 'ben'].map((oid) => jwt({ tid: 'tenant', oid }));
    await using server = await tokenServer((token) => token === foreign);
    const { resilience, reports } = reporting(server, { refreshToken: () => foreign });
    const response = await resilience.fetch(`${server.url}/api/incidents`, bearer(old ?? ''));
    expect([response.status, sent(server)]).toEqual([401, [`Bearer ${old}`]]);
    expect(reports).toEqual([expect.stringContaining('the token of another tenant, user or app')]);
    expect(reports[0]).not.toContain('anna');
  });

  it('with tokens that do not say whose they are are kept apart, and warned of', async () => {
    await using server = await tokenServer((token = '') => token.startsWith('new'));
    let count = 0;
    const { resilience, reports } = reporting(server, {
      refreshToken: async () => {
        count += 1;
        await new Promise((resolve) => setImmediate(resolve));
        return `new-${count}`;
      },
    });
    const get = (token: string): Promise<Response> =>
      resilience.fetch(`${server.url}/api/incidents`, bearer(token));
    const statuses = await Promise.all(
      ['one', 'two', 'one', 'two'].map(async (token) => (await get(token)).status),
    );
    expect([statuses, count]).toEqual([[200, 200, 200, 200], 2]);
    expect(reports).toEqual([expect.stringContaining('create one wrapper for each identity')]);
  });
});

describe('a refreshToken that never settles', () => {
  it('is forgotten when nobody waits for it any more, and hears so', async () => {
    const signals: AbortSignal[] = [];
    const refreshToken = ({ signal }: RefreshContext): Promise<string> => {
      signals.push(signal);
      return signals.length === 1 ? new Promise(() => undefined) : Promise.resolve('new');
    };
    const { clock, resilience } = virtual({ refreshToken, onObserverError: () => undefined });
    const fn = ({ token }: { token?: string }): Promise<string> =>
      token === undefined ? Promise.reject(UNAUTHORIZED) : Promise.resolve(token);
    const run = (): Promise<string> =>
      resilience.execute('incidents.list', fn, { deadlineMs: 1_000 });
    await expect(clock.settle(run())).rejects.toBe(UNAUTHORIZED);
    expect(clock.now()).toBe(1_000);
    expect(signals[0]?.aborted).toBe(true);
    await expect(clock.settle(run())).resolves.toBe('new');
    expect(signals[1]?.aborted).toBe(false);
    await clock.advance(400_000);
    expect(clock.pendingTimers).toBe(0);
  });

  it('is given up after the time of an attempt, however many calls join', async () => {
    const refreshToken = vi.fn((): Promise<string> => new Promise(() => undefined));
    const reports: unknown[] = [];
    const { clock, resilience } = virtual({
      refreshToken,
      attemptTimeoutMs: 2_000,
      onObserverError: (error) => reports.push(error),
    });
    const calls: Promise<unknown>[] = [];
    for (let second = 0; second < 5; second += 1) {
      const call = resilience.execute('incidents.list', () => Promise.reject(UNAUTHORIZED));
      calls.push(call.catch(() => clock.now()));
      await clock.advance(1_000);
    }
    expect(await clock.settle(Promise.all(calls))).toEqual([2_000, 2_000, 4_000, 4_000, 6_000]);
    expect(refreshToken).toHaveBeenCalledTimes(3);
    expect(String(reports[0])).toContain('did not settle within 2000 ms');
  });

  it('is left at once by a caller that aborts, while others go on waiting', async () => {
    let resolve = (_token: string): void => undefined;
    const refreshToken = vi.fn(
      () =>
        new Promise<string>((done) => {
          resolve = done;
        }),
    );
    const { clock, resilience } = virtual({ refreshToken });
    const controller = new AbortController();
    const fn = ({ token }: { token?: string }): Promise<string> =>
      token === undefined ? Promise.reject(UNAUTHORIZED) : Promise.resolve(token);
    const { signal } = controller;
    const first = resilience.execute('incidents.list', fn, { signal });
    const second = resilience.execute('incidents.list', fn);
    await clock.advance(10);
    controller.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    resolve('new');
    await expect(clock.settle(second)).resolves.toBe('new');
    expect(refreshToken).toHaveBeenCalledTimes(1);
  });
});

describe('what refreshToken returns', () => {
  it.each<[string, unknown]>([
    ['an access token of @azure/identity', { token: 'new', expiresOnTimestamp: 1 }],
    ['the value of a header', 'Bearer new'],
  ])('is understood as %s', async (_what, returned) => {
    await using server = await tokenServer((token) => token === 'new');
    const { fetch } = quick(server.url, { refreshToken: () => returned as string });
    const response = await fetch(`${server.url}/api/incidents`, bearer('old'));
    expect([response.status, sent(server)]).toEqual([200, ['Bearer old', 'Bearer new']]);
  });

  it.each<[unknown, string]>([
    [undefined, 'got undefined'],
    [null, 'got null'],
    ['', 'got an empty string'],
    [{}, 'got an object without a token'],
    ['new\r\nx-injected: 1', 'got a string with characters that no token contains'],
    ['old', 'returned the token that was refused'],
  ])('is refused where it is %o, and nothing is sent again', async (returned, message) => {
    await using server = await tokenServer((token) => token === 'new');
    const { resilience, reports } = reporting(server, {
      refreshToken: () => returned as string,
    });
    const response = await resilience.fetch(`${server.url}/api/incidents`, bearer('old'));
    expect([response.status, sent(server)]).toEqual([401, ['Bearer old']]);
    expect(reports).toEqual([expect.stringContaining(message)]);
  });

  it('may be an object that cannot be read', async () => {
    await using server = await tokenServer(() => false);
    const reports: string[] = [];
    const { fetch } = quick(server.url, {
      refreshToken: () => ({
        get token(): string {
          throw new Error('unreadable');
        },
      }),
      onObserverError: (error) => void reports.push(String(error)),
    });
    const response = await fetch(`${server.url}/api/incidents`, bearer('old'));
    expect([response.status, reports]).toEqual([401, ['Error: unreadable']]);
  });

  it('is refused with a warning where nobody listens, once', async () => {
    await using server = await tokenServer(() => false);
    const warnings = vi.spyOn(process, 'emitWarning').mockReturnValue();
    try {
      const { fetch } = quick(server.url, { refreshToken: () => undefined });
      for (let call = 0; call < 3; call += 1) {
        await fetch(`${server.url}/api/incidents`, bearer('old'));
      }
      expect(warnings.mock.calls.map(([warning]) => warning)).toEqual([
        expect.stringContaining('refreshToken must return an access token'),
      ]);
    } finally {
      warnings.mockRestore();
    }
  });
});

describe('a caller whose header stays the same', () => {
  it.each<[string, string, string[]]>([
    ['an opaque token', 'old', ['new-1', 'new-2']],
    ['a JWT', jwt({ oid: 'a' }), [jwt({ oid: 'a', iat: 1 }), jwt({ oid: 'a', iat: 2 })]],
  ])('gets the new token at once, with %s', async (_what, old, tokens) => {
    const valid = new Set([tokens[0]]);
    await using server = await tokenServer((token) => valid.has(token ?? ''));
    const refreshToken = vi.fn(() => tokens[refreshToken.mock.calls.length - 1]);
    const { fetch } = quick(server.url, { refreshToken });
    const get = async (): Promise<number> =>
      (await fetch(`${server.url}/api/incidents`, bearer(old))).status;
    for (let call = 0; call < 6; call += 1) expect(await get()).toBe(200);
    expect(server.requests).toHaveLength(7);
    expect(refreshToken).toHaveBeenCalledTimes(1);
    // The new token is refused in turn.
    valid.clear();
    valid.add(tokens[1]);
    for (let call = 0; call < 3; call += 1) expect(await get()).toBe(200);
    expect(sent(server).slice(7)).toEqual(
      [tokens[0], tokens[1], tokens[1], tokens[1]].map((token) => `Bearer ${token}`),
    );
    expect(refreshToken).toHaveBeenCalledTimes(2);
  });

  it('does not get it for another API or host', async () => {
    await using server = await tokenServer((token = '') => token.startsWith('new'));
    await using second = await tokenServer((token = '') => token.startsWith('new'));
    const hosts = {
      [new URL(second.url).host]: 'all' as const,
      [new URL(server.url).host]: 'all' as const,
    };
    const refreshToken = vi.fn(
      ({ family, host }: RefreshContext) => `new-${family}-${host?.length}`,
    );
    const { fetch } = quick(server.url, { refreshToken, hosts });
    await fetch(`${server.url}/api/incidents`, bearer('old'));
    await fetch(`${server.url}/api/machines`, bearer('old'));
    await fetch(`${second.url}/api/incidents`, bearer('old'));
    expect(refreshToken).toHaveBeenCalledTimes(3);
    expect(
      [...sent(server), ...sent(second)].filter((header) => header === 'Bearer old'),
    ).toHaveLength(3);
  });
});

describe('a refreshToken that uses the wrapped fetch', () => {
  it('and meets a 401 does not wait for itself, and it is said', async () => {
    await using server = await tokenServer((token) => token === 'new');
    const url = `${server.url}/api/incidents`;
    const { resilience, reports } = reporting(server, {
      refreshToken: async () => {
        const response = await resilience.fetch(url, bearer('old'));
        return response.ok ? 'new' : undefined;
      },
    });
    const response = await resilience.fetch(url, bearer('old'));
    expect([response.status, sent(server)]).toEqual([401, ['Bearer old', 'Bearer old']]);
    expect(reports[0]).toMatch(/refreshToken called incidents\.list through the wrapper .* 401/);
  });

  it('and gets its token so goes on', async () => {
    await using server = await tokenServer((token) => token !== 'old');
    const { resilience, reports } = reporting(server, {
      refreshToken: async () => {
        const response = await resilience.fetch(`${server.url}/token`);
        return response.ok ? 'new' : undefined;
      },
    });
    const response = await resilience.fetch(`${server.url}/api/incidents`, bearer('old'));
    expect([response.status, reports]).toEqual([200, []]);
  });
});

it('tells refreshToken of the claims that the service asks for', async () => {
  const claims = '{"access_token":{"nbf":{"essential":true,"value":"1"}}}';
  const challenge = `Bearer error="insufficient_claims", claims="${btoa(claims)}"`;
  await using server = await tokenServer((token) => token === 'new', {
    'www-authenticate': challenge,
  });
  const contexts: RefreshContext[] = [];
  const { fetch } = quick(server.url, {
    refreshToken: (context) => {
      contexts.push(context);
      return context.claims === undefined ? 'cached' : 'new';
    },
  });
  const response = await fetch(`${server.url}/api/incidents`, bearer('old'));
  expect(response.status).toBe(200);
  expect(contexts).toMatchObject([{ claims, failure: { values: { claims } } }]);
});
