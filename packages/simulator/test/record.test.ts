import { manualClock } from '@defender-resilience/core/testing';
import { redactAuthorization, startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';
import { Recorder } from '../src/record.ts';
import { bearer, call, like } from './support.ts';

function request(path: string) {
  return { method: 'GET', path, query: {}, headers: {}, body: '', operation: 'x', at: 0 };
}

describe('what was received', () => {
  it('is kept whole and in order', async () => {
    await using simulator = await startSimulator({ clock: manualClock() });
    await call(
      simulator,
      'PATCH /api/incidents/10200?a=b&c=d%20e',
      { comment: 'x' },
      { 'X-My': 'own' },
    );
    await call(simulator, 'GET /api/elsewhere');
    expect(simulator.requests).toMatchObject([
      {
        order: 1,
        method: 'PATCH',
        path: '/api/incidents/10200',
        query: { a: 'b', c: 'd e' },
        headers: { 'x-my': 'own', 'content-type': 'application/json' },
        body: '{"comment":"x"}',
        operation: 'incidents.update',
        at: Date.UTC(2026, 0, 1),
        answered: 200,
      },
      { order: 2, operation: 'other', body: '', answered: 404 },
    ]);
  });

  it('is counted by operation, method, path and ending, in any letter case', async () => {
    await using simulator = await startSimulator({ script: [500, 'reset'] });
    await call(simulator, 'GET /api/incidents/10200');
    await call(simulator, 'GET /api/incidents/10200').catch((error: unknown) => error);
    await call(simulator, 'GET /api/Incidents/10200');
    await call(simulator, 'POST /api/machines/x/isolate', {});
    expect(simulator.count()).toBe(4);
    expect(simulator.count({ operation: 'incidents.get' })).toBe(3);
    expect(simulator.count({ method: 'post' })).toBe(1);
    expect(simulator.count({ path: '/API/incidents/10200' })).toBe(3);
    expect(simulator.count({ answered: 500 })).toBe(1);
    expect(simulator.count({ answered: 'reset', operation: 'incidents.get' })).toBe(1);
    expect(simulator.count({ operation: 'incidents.get', method: 'POST' })).toBe(0);
  });

  it('does not hold the control endpoints', async () => {
    await using simulator = await startSimulator();
    await call(simulator, 'GET /_simulator/requests');
    await call(simulator, 'GET /_simulator/nothing');
    expect(simulator.count()).toBe(0);
  });

  it('starts again after a reset', async () => {
    await using simulator = await startSimulator();
    await call(simulator, 'GET /api/incidents/7');
    simulator.reset();
    expect([simulator.requests, simulator.trackingIds, simulator.count()]).toEqual([[], [], 0]);
    await call(simulator, 'GET /api/incidents');
    expect(simulator.requests[0]?.order).toBe(1);
  });

  it('can be counted only, for runs that would fill the memory', async () => {
    await using simulator = await startSimulator({ record: 'counts' });
    await call(simulator, 'GET /api/incidents');
    await call(simulator, 'GET /api/incidents/7');
    expect(simulator.requests).toEqual([]);
    expect(simulator.count()).toBe(2);
    expect(simulator.count({ operation: 'incidents.get', answered: 404 })).toBe(1);
  });

  it('is kept up to a bound, and counted beyond it', () => {
    const recorder = new Recorder('all', 2);
    for (const path of ['/a', '/b', '/c', '/d', '/c', '/a']) recorder.receive(request(path))(200);
    for (const id of ['1', '2', '3']) recorder.track(id);
    expect(recorder.requests.map(({ path }) => path)).toEqual(['/a', '/b']);
    expect(recorder.trackingIds).toEqual(['1', '2']);
    expect(recorder.count()).toBe(6);
    expect(recorder.count({ path: '/a', answered: 200 })).toBe(2);
    expect(recorder.count({ operation: 'x' })).toBe(6);
  });
});

describe('credentials', () => {
  const SECRETS = { token: 'eyJ0.secret-claims.secret-signature', cookie: 'session=secret-cookie' };
  const headers = { authorization: `Bearer ${SECRETS.token}`, cookie: SECRETS.cookie };

  it('are not shown, in process or over HTTP', async () => {
    await using simulator = await startSimulator();
    await call(simulator, 'GET /api/incidents', undefined, headers);
    await call(simulator, 'GET /api/incidents', undefined, {
      authorization: 'Basic c2VjcmV0OnNlY3JldA==',
      'proxy-authorization': 'secret-alone',
    });
    const shown = await call(simulator, 'GET /_simulator/requests');
    for (const text of [JSON.stringify(simulator.requests), shown.text]) {
      expect(text).not.toMatch(/secret|c2VjcmV0/);
    }
    expect(simulator.requests.map((received) => received.headers)).toMatchObject([
      { authorization: like(/^Bearer \[sha256:[\da-f]{8}\]$/), cookie: '[redacted]' },
      { authorization: 'Basic [redacted]', 'proxy-authorization': '[redacted]' },
    ]);
  });

  it('can be compared with those that a test knows', async () => {
    await using simulator = await startSimulator();
    for (const token of ['stale', 'fresh', 'stale']) {
      await call(simulator, 'GET /api/incidents', undefined, { authorization: `Bearer ${token}` });
    }
    const [stale, fresh] = ['Bearer stale', 'Bearer fresh'].map(redactAuthorization);
    expect(stale).not.toBe(fresh);
    expect(simulator.requests.map((received) => received.headers['authorization'])).toEqual([
      stale,
      fresh,
      stale,
    ]);
  });

  it('still decide who is calling', async () => {
    await using simulator = await startSimulator({ requireToken: true });
    const own = await bearer(simulator);
    expect((await call(simulator, 'GET /api/incidents', undefined, own)).status).toBe(200);
  });

  it('in a token request are not shown either', async () => {
    await using simulator = await startSimulator();
    const body = 'client_id=app&client_secret=secret&scope=x&client_assertion=se.cr.et';
    await call(simulator, 'POST /contoso/oauth2/v2.0/token', body);
    expect(simulator.requests[0]?.body).toBe(
      'client_id=app&client_secret=[redacted]&scope=x&client_assertion=[redacted]',
    );
  });

  it.each([
    [
      'grant_type=refresh_token&refresh_token=secret&code=secret',
      'grant_type=refresh_token&refresh_token=[redacted]&code=[redacted]',
    ],
    [
      '{"client_id":"app","client_secret" : "sec\\"ret"}',
      '{"client_id":"app","client_secret":"[redacted]"}',
    ],
  ])('of other grants, or in JSON, are not shown either: %s', async (body, shown) => {
    await using simulator = await startSimulator();
    await call(simulator, 'POST /contoso/oauth2/v2.0/token', body);
    expect(simulator.requests[0]?.body).toBe(shown);
  });

  it('of gateways, and in a query, are not shown either', async () => {
    await using simulator = await startSimulator();
    const keys = { 'x-api-key': 'secret', 'ocp-apim-subscription-key': 'secret' };
    const query = '$top=5&access_token=secret&sig=secret&$skiptoken=next';
    await call(simulator, `GET /api/incidents?${query}`, undefined, keys);
    expect(JSON.stringify(simulator.requests)).not.toContain('secret');
    expect(simulator.requests[0]?.query).toMatchObject({ $top: '5', $skiptoken: 'next' });
  });
});

describe('tracking IDs', () => {
  it('are unique, also after a reset, and the same at every start with the same seed', async () => {
    const ids = async (seed: number): Promise<readonly string[]> => {
      await using simulator = await startSimulator({ seed });
      const all: string[] = [];
      for (let round = 0; round < 3; round += 1) {
        await call(simulator, 'GET /api/incidents/7');
        all.push(...simulator.trackingIds);
        simulator.reset();
      }
      return all;
    };
    const first = await ids(1);
    expect(new Set(first).size).toBe(3);
    expect(await ids(1)).toEqual(first);
    expect(await ids(2)).not.toEqual(first);
  });
});
