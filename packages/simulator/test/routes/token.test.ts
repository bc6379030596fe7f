import { manualClock } from '@defender-resilience/core/testing';
import { type Simulator, startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';
import { A_TEXT, call, like, refusalIn, type Seen } from '../support.ts';

const XDR = 'https://api.security.microsoft.com';
const MDE = 'https://api.securitycenter.microsoft.com';
const GRAPH = 'https://graph.microsoft.com';

const FORM = {
  grant_type: 'client_credentials',
  client_id: 'app-1',
  client_secret: 'secret',
  scope: `${XDR}/.default`,
};

function ask(simulator: Simulator, form: Record<string, string | undefined>, tenant = 'contoso') {
  const given = Object.entries(form).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return call(
    simulator,
    `POST /${tenant}/oauth2/v2.0/token`,
    new URLSearchParams(given).toString(),
    {
      'content-type': 'application/x-www-form-urlencoded',
    },
  );
}

async function tokenFor(simulator: Simulator, resource: string): Promise<string> {
  const { json } = await ask(simulator, { ...FORM, scope: `${resource}/.default` });
  return String(json['access_token']);
}

function get(simulator: Simulator, path: string, token: string): Promise<Seen> {
  return call(simulator, `GET ${path}`, undefined, { authorization: `Bearer ${token}` });
}

describe('the token endpoint', () => {
  it('gives a token for the client credentials, good for an hour less a second', async () => {
    await using simulator = await startSimulator({ clock: manualClock() });
    const { status, json } = await ask(simulator, FORM);
    expect([status, json]).toEqual([
      200,
      {
        token_type: 'Bearer',
        expires_in: 3599,
        ext_expires_in: 3599,
        access_token: A_TEXT,
      },
    ]);
    const [, claims = ''] = String(json['access_token']).split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      aud: XDR,
      appid: 'app-1',
      tid: 'contoso',
      iat: Date.UTC(2026, 0, 1) / 1000,
      exp: Date.UTC(2026, 0, 1) / 1000 + 3599,
    });
    expect(simulator.count({ operation: 'token' })).toBe(1);
  });

  it.each([
    ['no grant', { grant_type: undefined }, 400, 'invalid_request', 900_144],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70_003],
    ['the resource of the old endpoint', { resource: XDR }, 400, 'invalid_request', 901_002],
    ['no application', { client_id: undefined }, 400, 'invalid_request', 900_144],
    ['an unknown application', { client_id: 'unknown' }, 400, 'unauthorized_client', 700_016],
    ['no scope', { scope: '' }, 400, 'invalid_request', 900_144],
    [
      'a scope of single permissions',
      { scope: `${XDR}/Incident.Read` },
      400,
      'invalid_scope',
      1_002_012,
    ],
    [
      'a scope of another API',
      { scope: 'https://x.example/.default' },
      400,
      'invalid_resource',
      500_011,
    ],
    ['no secret', { client_secret: undefined }, 401, 'invalid_client', 7_000_216],
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client', 7_000_215],
    ['an expired secret', { client_secret: 'expired' }, 401, 'invalid_client', 7_000_222],
  ])('refuses %s as Entra does', async (_what, change, status, error, number) => {
    await using simulator = await startSimulator();
    const seen = await ask(simulator, { ...FORM, ...change });
    const [trackingId] = simulator.trackingIds;
    expect([seen.status, seen.json]).toEqual([
      status,
      {
        error,
        error_description: like(
          new RegExp(`^AADSTS${number}: .* Trace ID: ${trackingId} Correlation ID: .* Timestamp: `),
        ),
        error_codes: [number],
        timestamp: like(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/),
        trace_id: trackingId,
        correlation_id: trackingId,
        error_uri: `https://login.microsoftonline.com/error?code=${number}`,
      },
    ]);
  });

  it('knows every tenant but the one called unknown', async () => {
    await using simulator = await startSimulator();
    expect((await ask(simulator, FORM, 'fabrikam')).status).toBe(200);
    expect((await ask(simulator, FORM, 'unknown')).json['error_codes']).toEqual([90_002]);
  });

  it('answers a scripted failure in Entra’s envelope', async () => {
    await using simulator = await startSimulator({ script: [{ status: 503, for: 'token' }] });
    const seen = await ask(simulator, FORM);
    expect([seen.status, seen.json['error'], seen.json['error_codes']]).toEqual([
      503,
      'temporarily_unavailable',
      [],
    ]);
    expect(seen.json).not.toHaveProperty('error_uri');
  });
});

describe('requireToken', () => {
  it('takes a token of each family at its own endpoints', async () => {
    await using simulator = await startSimulator({ requireToken: true });
    const calls = [
      [XDR, '/api/incidents'],
      [MDE, '/api/machines'],
      [GRAPH, '/v1.0/security/incidents'],
      [`${GRAPH}/`, '/v1.0/security/alerts_v2'],
    ] as const;
    for (const [resource, path] of calls) {
      const token = await tokenFor(simulator, resource);
      expect((await get(simulator, path, token)).status).toBe(200);
    }
  });

  it.each([
    ['/api/incidents', 'Unauthorized', 'Unauthorized'],
    ['/v1.0/security/incidents', 'InvalidAuthenticationToken', 'Access token is empty.'],
  ])('refuses %s without a token', async (path, code, message) => {
    await using simulator = await startSimulator({ requireToken: true });
    expect(refusalIn(await call(simulator, `GET ${path}`))).toEqual([401, code, message]);
  });

  it.each([
    ['/api/incidents', 'Unauthorized', 'Unauthorized'],
    [
      '/v1.0/security/incidents',
      'InvalidAuthenticationToken',
      'CompactToken validation failed with reason code: 80049228.',
    ],
  ])('refuses %s with a token that it did not issue', async (path, code, message) => {
    await using simulator = await startSimulator({ requireToken: true });
    expect(refusalIn(await get(simulator, path, 'made-up'))).toEqual([401, code, message]);
    const basic = await call(simulator, `GET ${path}`, undefined, { authorization: 'Basic x' });
    expect(basic.status).toBe(401);
  });

  it('refuses a token of another API, and says whose it is', async () => {
    await using simulator = await startSimulator({ requireToken: true, clock: manualClock() });
    const token = await tokenFor(simulator, MDE);
    expect(refusalIn(await get(simulator, '/api/incidents', token))).toEqual([
      401,
      'Unauthorized',
      `Invalid Authorization payload. AppId: app-1, Audience: ${MDE}, Issuer: https://sts.windows.net/contoso/, Validity: 2026-01-01T00:59:59.000Z`,
    ]);
    expect(refusalIn(await get(simulator, '/v1.0/security/incidents', token))).toEqual([
      401,
      'InvalidAuthenticationToken',
      'Access token validation failure. Invalid audience.',
    ]);
  });

  it('refuses a token whose time is over', async () => {
    const clock = manualClock();
    await using simulator = await startSimulator({
      requireToken: true,
      tokenLifetimeMs: 5000,
      clock,
    });
    const [defender, graph] = [await tokenFor(simulator, XDR), await tokenFor(simulator, GRAPH)];
    await clock.advance(4999);
    expect((await get(simulator, '/api/incidents', defender)).status).toBe(200);
    await clock.advance(1);
    expect(refusalIn(await get(simulator, '/api/incidents', defender))[1]).toBe('Unauthorized');
    expect(refusalIn(await get(simulator, '/v1.0/security/incidents', graph))[2]).toBe(
      'Lifetime validation failed, the token is expired.',
    );
  });

  it('refuses what was issued before expireTokens, and takes what is issued after', async () => {
    await using simulator = await startSimulator({ requireToken: true });
    const old = await tokenFor(simulator, XDR);
    simulator.expireTokens();
    expect((await get(simulator, '/api/incidents', old)).status).toBe(401);
    const fresh = await tokenFor(simulator, XDR);
    expect((await get(simulator, '/api/incidents', fresh)).status).toBe(200);
  });

  it('does not count refused callers against anyone’s quota', async () => {
    await using simulator = await startSimulator({ requireToken: true });
    await call(simulator, 'GET /api/incidents');
    expect(simulator.quotaUsage()).toEqual([]);
  });

  it('is off by default: any token or none will do', async () => {
    await using simulator = await startSimulator();
    expect((await get(simulator, '/api/incidents', 'made-up')).status).toBe(200);
    expect((await call(simulator, 'GET /api/incidents')).status).toBe(200);
  });
});
