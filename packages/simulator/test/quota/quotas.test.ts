import { operations } from '@defender-resilience/core';
import { manualClock } from '@defender-resilience/core/testing';
import { type Simulator, startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';
import { PER_TENANT_GROUPS, Quotas } from '../../src/quota/quotas.ts';
import { bearer, call, errorIn, refusalIn, type Seen } from '../support.ts';

async function burst(
  simulator: Simulator,
  count: number,
  request: 'GET' | 'POST' = 'GET',
  path = '/api/incidents',
) {
  const seen: Seen[] = [];
  for (let index = 0; index < count; index += 1) {
    seen.push(await call(simulator, `${request} ${path}`));
  }
  return seen;
}

function refused(seen: readonly Seen[]): readonly Seen[] {
  return seen.filter(({ status }) => status === 429);
}

describe('documented quotas', () => {
  it('let fifty listings of incidents through in a minute, and refuse the next in the real words', async () => {
    const clock = manualClock();
    await using simulator = await startSimulator({ clock });
    const seen = await burst(simulator, 51);
    expect(refused(seen.slice(0, 50))).toEqual([]);
    const [last] = seen.slice(-1);
    expect(last && refusalIn(last)).toEqual([
      429,
      '429',
      'API calls quota exceeded! Maximum allowed 50 per 00:01:00 for the key Destination+TenantID+AppID. You can send requests again in 60 seconds.',
    ]);
    // The XDR pages promise no header: the wait is in the body.
    expect(last?.headers.get('retry-after')).toBeNull();
    expect(last?.headers.get('retry-after-ms')).toBeNull();
    await clock.advance(60_000);
    expect(refused(await burst(simulator, 1))).toEqual([]);
  });

  it('tell Defender for Endpoint’s callers the wait in a header as well', async () => {
    const clock = manualClock();
    await using simulator = await startSimulator({ clock });
    await burst(simulator, 2, 'GET', '/api/machineactions/x/getPackageUri');
    await clock.advance(52_500);
    const [third] = await burst(simulator, 1, 'GET', '/api/machineactions/x/getPackageUri');
    expect(third?.headers.get('retry-after')).toBe('8');
    expect(third && refusalIn(third)[2]).toContain('Maximum allowed 2 per 00:01:00');
  });

  it('hold by the hour too, and tell the longer wait of both', async () => {
    const clock = manualClock();
    await using simulator = await startSimulator({ clock });
    const path = '/api/machines/lab-901.contoso.com/startInvestigation';
    await burst(simulator, 50, 'POST', path);
    const [next] = await burst(simulator, 1, 'POST', path);
    expect(next && refusalIn(next)[2]).toContain('Maximum allowed 50 per 01:00:00');
    expect(next?.headers.get('retry-after')).toBe('3600');
  });

  it('do not touch groups of another operation', async () => {
    await using simulator = await startSimulator({ clock: manualClock() });
    await burst(simulator, 51);
    expect((await call(simulator, 'GET /api/incidents/10200')).status).toBe(200);
    expect((await call(simulator, 'GET /api/machines')).status).toBe(200);
  });

  it('are used up by calls that a script answers', async () => {
    await using simulator = await startSimulator({
      clock: manualClock(),
      script: [{ status: 500, times: 50 }],
    });
    await burst(simulator, 50);
    expect(refused(await burst(simulator, 1))).toHaveLength(1);
  });

  it('can be switched off, or set by group', async () => {
    const clock = manualClock();
    await using off = await startSimulator({ clock, quotas: 'off' });
    expect(refused(await burst(off, 60))).toEqual([]);
    expect(off.quotaUsage()).toEqual([]);
    await using own = await startSimulator({
      clock,
      quotas: { incidents: { perMinute: 2, perHour: 3 } },
    });
    expect(refused(await burst(own, 3))).toHaveLength(1);
    expect(refused(await burst(own, 120, 'GET', '/api/machines'))).toEqual([]);
    await clock.advance(60_000);
    const [next] = await burst(own, 1);
    expect(next && refusalIn(next)[2]).toContain('Maximum allowed 3 per 01:00:00');
  });

  it('are forgotten by a reset', async () => {
    await using simulator = await startSimulator({
      clock: manualClock(),
      quotas: { incidents: { perMinute: 1 } },
    });
    await burst(simulator, 2);
    simulator.reset();
    expect(refused(await burst(simulator, 1))).toEqual([]);
  });

  it('answer Graph’s callers in Graph’s words, and with a header', async () => {
    await using simulator = await startSimulator({
      clock: manualClock(),
      quotas: { 'graph.incidents': { perMinute: 1 } },
    });
    const [, second] = await burst(simulator, 2, 'GET', '/v1.0/security/incidents');
    expect(second && errorIn(second)).toMatchObject({
      code: 'TooManyRequests',
      message: 'Please retry again later.',
      innerError: { code: '429', status: '429', message: 'Please retry after' },
    });
    expect(second?.headers.get('retry-after')).toBe('60');
  });

  it('can be lived through in real time, with minutes made short', async () => {
    await using simulator = await startSimulator({
      minuteMs: 1000,
      quotas: { incidents: { perMinute: 1 } },
    });
    // Together, so that both fall into one minute even where the machine stalls between two calls.
    const seen = await Promise.all([burst(simulator, 1), burst(simulator, 1)]);
    const [second] = refused(seen.flat());
    const waitMs = Number(second?.headers.get('retry-after-ms'));
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(1000);
    await new Promise((resolve) => {
      // Timers may fire a fraction of a millisecond early.
      setTimeout(resolve, waitMs + 1);
    });
    expect(refused(await burst(simulator, 1))).toEqual([]);
  });
});

describe('who shares a quota', () => {
  it('is one application of one tenant, as the tokens say', async () => {
    await using simulator = await startSimulator({
      clock: manualClock(),
      quotas: { incidents: { perMinute: 1 } },
    });
    const callers = [
      await bearer(simulator, { tenant: 'contoso', app: 'a' }),
      await bearer(simulator, { tenant: 'contoso', app: 'b' }),
      await bearer(simulator, { tenant: 'fabrikam', app: 'a' }),
      { authorization: 'Bearer made-up' },
    ];
    for (const headers of callers) {
      expect((await call(simulator, 'GET /api/incidents', undefined, headers)).status).toBe(200);
    }
    // A new token of the same application has no new quota, and neither has a call without one.
    const again = await bearer(simulator, { tenant: 'contoso', app: 'a' });
    expect((await call(simulator, 'GET /api/incidents', undefined, again)).status).toBe(429);
    expect((await call(simulator, 'GET /api/incidents')).status).toBe(429);
    expect(
      simulator
        .quotaUsage()
        .map(({ tenant, app, allowed, refused: no }) => [tenant, app, allowed, no]),
    ).toEqual([
      ['contoso', 'a', 1, 1],
      ['contoso', 'b', 1, 0],
      ['fabrikam', 'a', 1, 0],
      ['contoso.onmicrosoft.com', 'anyone', 1, 1],
    ]);
  });

  it('is the whole tenant where it hunts', async () => {
    await using simulator = await startSimulator({
      clock: manualClock(),
      quotas: { hunting: { perMinute: 1 } },
    });
    const [a, b] = [
      await bearer(simulator, { tenant: 'contoso', app: 'a' }),
      await bearer(simulator, { tenant: 'contoso', app: 'b' }),
    ];
    const hunt = (headers: { authorization: string }): Promise<Seen> =>
      call(simulator, 'POST /api/advancedhunting/run', { Query: 'DeviceInfo | count' }, headers);
    expect((await hunt(a)).status).toBe(200);
    expect((await hunt(b)).status).toBe(429);
    expect(simulator.quotaUsage()).toMatchObject([
      { tenant: 'contoso', app: undefined, allowed: 1, refused: 1 },
    ]);
  });

  it('names only groups that the operations table has', () => {
    const groups = new Set(operations.map(({ quotaGroup }) => quotaGroup));
    expect([...PER_TENANT_GROUPS].filter((group) => !groups.has(group))).toEqual([]);
  });

  it('is forgotten beyond 10,000, so that memory stays bounded', () => {
    const quotas = new Quotas({ incidents: { perMinute: 1 } }, 60_000);
    const operation = { name: 'incidents.list', quotaGroup: 'incidents' };
    for (let app = 0; app <= 10_000; app += 1)
      quotas.take(operation, { tenant: 't', app: String(app) }, 0);
    const usage = quotas.usage(0);
    expect(usage).toHaveLength(10_000);
    expect(usage[0]?.app).toBe('1');
  });
});

describe('quotaUsage', () => {
  it('shows what was allowed and refused, and how full each window is', async () => {
    const clock = manualClock();
    await using simulator = await startSimulator({
      clock,
      quotas: { incidents: { perMinute: 2, perHour: 10 } },
    });
    await burst(simulator, 3);
    await clock.advance(10_000);
    expect(simulator.quotaUsage()).toEqual([
      {
        group: 'incidents',
        tenant: 'contoso.onmicrosoft.com',
        app: 'anyone',
        allowed: 2,
        refused: 1,
        windows: [
          { per: 'minute', limit: 2, used: 2, foreign: 0, waitMs: 50_000 },
          { per: 'hour', limit: 10, used: 3, foreign: 0, waitMs: 0 },
        ],
      },
    ]);
  });
});

describe('another application’s load', () => {
  it('takes its share of the window, and gives it back, within a window each', async () => {
    const clock = manualClock();
    await using simulator = await startSimulator({
      clock,
      quotas: { incidents: { perMinute: 10 } },
    });
    const load = simulator.foreignLoad('incidents', 0.5);
    await clock.advance(60_000);
    expect(refused(await burst(simulator, 6))).toHaveLength(1);
    expect(simulator.quotaUsage()[0]?.windows).toMatchObject([{ foreign: 5 }]);
    load.end();
    await clock.advance(60_000);
    expect(refused(await burst(simulator, 10))).toEqual([]);
  });

  it('is ended by a reset', async () => {
    const clock = manualClock();
    await using simulator = await startSimulator({
      clock,
      quotas: { incidents: { perMinute: 10 } },
    });
    simulator.foreignLoad('incidents', 1);
    await clock.advance(60_000);
    expect(refused(await burst(simulator, 1))).toHaveLength(1);
    simulator.reset();
    expect(refused(await burst(simulator, 10))).toEqual([]);
  });

  it('names a group and a share that there can be', async () => {
    await using simulator = await startSimulator();
    expect(() => simulator.foreignLoad('incidence', 2)).toThrow(
      'foreignLoad.group must be a quota group such as "incidents", got "incidence"\n- foreignLoad.share must be a number ≥ 0 and ≤ 1, got 2',
    );
  });
});
