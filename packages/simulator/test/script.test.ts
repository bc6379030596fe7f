import { catalogue } from '@defender-resilience/core';
import { manualClock } from '@defender-resilience/core/testing';
import { startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';
import { call, errorIn, refusalIn } from './support.ts';

describe('a script', () => {
  it('is answered in order, then calls are answered normally', async () => {
    await using simulator = await startSimulator({ script: [500, 'Forbidden', 200] });
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 4; attempt += 1) {
      statuses.push((await call(simulator, 'GET /api/incidents')).status);
    }
    expect(statuses).toEqual([500, 403, 200, 200]);
    expect(simulator.requests.map(({ answered }) => answered)).toEqual(statuses);
  });

  it.each(catalogue.map(({ code, status }) => [code, status] as const))(
    'answers %s with status %d',
    async (code, status) => {
      await using simulator = await startSimulator({ script: [code] });
      const seen = await call(simulator, 'GET /api/incidents');
      expect([seen.status, errorIn(seen)['code']]).toEqual([status, code]);
      expect(errorIn(seen)['target']).toBe(simulator.trackingIds[0]);
    },
  );

  it.each([
    [400, 'BadRequest'],
    [401, 'Unauthorized'],
    [403, 'Forbidden'],
    [404, 'NotFound'],
    [429, '429'],
    [500, 'InternalServerError'],
  ])('answers %d with the code that usually comes with it', async (status, code) => {
    await using simulator = await startSimulator({ script: [status] });
    expect(refusalIn(await call(simulator, 'GET /api/incidents')).slice(0, 2)).toEqual([
      status,
      code,
    ]);
  });

  it.each([
    [401, 'InvalidAuthenticationToken'],
    [429, 'TooManyRequests'],
    [502, 'UnknownError'],
    [503, 'serviceNotAvailable'],
  ])('answers %d in Graph with Graph’s code', async (status, code) => {
    await using simulator = await startSimulator({ script: [status] });
    const seen = await call(simulator, 'GET /v1.0/security/incidents');
    expect(refusalIn(seen).slice(0, 2)).toEqual([status, code]);
  });

  it('answers a status that no code comes with in the gateway’s shape', async () => {
    await using simulator = await startSimulator({
      script: [503, { status: 418, message: 'short and stout' }, 204],
    });
    expect((await call(simulator, 'GET /api/incidents')).json).toEqual({
      statusCode: 503,
      message: '',
    });
    expect((await call(simulator, 'GET /api/incidents')).json).toEqual({
      statusCode: 418,
      message: 'short and stout',
    });
    expect((await call(simulator, 'GET /api/incidents')).status).toBe(204);
  });

  it('says what is spelled out: code, status, message, values, headers, body', async () => {
    await using simulator = await startSimulator({
      script: [
        { code: 'Teapot', status: 418, message: 'no coffee', headers: { 'x-a': 'b' } },
        { code: 'InvalidHashValue', values: { hash: 'abc' } },
        { code: 'TooManyRequests', values: { limit: 7, windowMs: 60_000 } },
        { status: 202, body: { taken: true } },
        { body: 'plain', headers: { 'content-type': 'text/plain' } },
        {},
      ],
    });
    const first = await call(simulator, 'GET /api/incidents');
    expect(refusalIn(first)).toEqual([418, 'Teapot', 'no coffee']);
    expect(first.headers.get('x-a')).toBe('b');
    expect(refusalIn(await call(simulator, 'GET /api/incidents'))[2]).toBe(
      'Hash value abc is invalid.',
    );
    expect(refusalIn(await call(simulator, 'GET /api/incidents'))[0]).toBe(429);
    const fourth = await call(simulator, 'GET /api/incidents');
    expect([fourth.status, fourth.json]).toEqual([202, { taken: true }]);
    const fifth = await call(simulator, 'GET /api/incidents');
    expect([fifth.text, fifth.headers.get('content-type')]).toEqual(['plain', 'text/plain']);
    expect((await call(simulator, 'GET /api/incidents')).status).toBe(200);
  });

  it('keeps answers for the calls that they are for, by operation or path', async () => {
    await using simulator = await startSimulator({
      script: [
        { status: 500, for: 'machines.list' },
        { status: 403, for: '/api/Incidents/10200' },
        404,
      ],
    });
    expect((await call(simulator, 'GET /api/incidents')).status).toBe(404);
    expect((await call(simulator, 'GET /api/incidents')).status).toBe(200);
    expect((await call(simulator, 'GET /api/incidents/10200')).status).toBe(403);
    expect((await call(simulator, 'GET /api/machines')).status).toBe(500);
    simulator.assertScriptConsumed();
  });

  it('gives an answer as often as `times` says, or always', async () => {
    await using simulator = await startSimulator({
      script: [
        { status: 500, times: 2 },
        { status: 403, times: 'always', for: 'incidents.list' },
      ],
    });
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 5; attempt += 1) {
      statuses.push((await call(simulator, 'GET /api/incidents')).status);
    }
    expect(statuses).toEqual([500, 500, 403, 403, 403]);
    expect(simulator.pendingScript).toMatchObject([{ timesLeft: 'always' }]);
  });

  it('is not used up by a client’s fetching of tokens', async () => {
    await using simulator = await startSimulator({ script: [500] });
    await fetch(simulator.tokenUrl, { method: 'POST', body: 'grant_type=client_credentials' });
    expect((await call(simulator, 'GET /api/incidents')).status).toBe(500);
  });

  it('can be added to while the simulator runs', async () => {
    await using simulator = await startSimulator();
    simulator.script(500, { status: 403, times: 2 });
    expect(simulator.pendingScript).toEqual([
      { step: { status: 500 }, timesLeft: 1 },
      { step: { status: 403, times: 2 }, timesLeft: 2 },
    ]);
    expect((await call(simulator, 'GET /api/incidents')).status).toBe(500);
    simulator.reset();
    expect(simulator.pendingScript).toEqual([]);
  });

  it('lets latency pass before the answer', async () => {
    const clock = manualClock();
    await using simulator = await startSimulator({ clock, script: [{ latencyMs: 5000 }] });
    const pending = call(simulator, 'GET /api/incidents');
    await expect.poll(() => clock.nextTimerMs).toBe(5000);
    expect(simulator.requests[0]?.answered).toBeUndefined();
    await clock.advance(5000);
    expect((await pending).status).toBe(200);
    expect(clock.pendingTimers).toBe(0);
  });

  it('lets latency pass in real time too: other calls overtake', async () => {
    await using simulator = await startSimulator({
      script: [{ latencyMs: 300, for: '/api/incidents/10200' }],
    });
    const answered: string[] = [];
    const ask = async (id: string): Promise<void> => {
      await call(simulator, `GET /api/incidents/${id}`);
      answered.push(id);
    };
    await Promise.all([ask('10200'), ask('10201')]);
    expect(answered).toEqual(['10201', '10200']);
  });

  it('leaves no timer behind when it is closed during latency', async () => {
    const clock = manualClock();
    const simulator = await startSimulator({ clock, script: [{ latencyMs: 5000 }] });
    const pending = call(simulator, 'GET /api/incidents').catch((error: unknown) => error);
    await expect.poll(() => clock.pendingTimers).toBe(1);
    await simulator.close();
    expect(await pending).toBeInstanceOf(TypeError);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('a scripted 429', () => {
  it('says the real text, the operation’s own limit, and the wait in body and header', async () => {
    await using simulator = await startSimulator({ script: [{ status: 429, retryAfter: 8 }] });
    const seen = await call(simulator, 'GET /api/incidents');
    expect(refusalIn(seen)).toEqual([
      429,
      '429',
      'API calls quota exceeded! Maximum allowed 50 per 00:01:00 for the key Destination+TenantID+AppID. You can send requests again in 8 seconds.',
    ]);
    expect(seen.headers.get('retry-after')).toBe('8');
  });

  it('says one second and has no header where no wait is given', async () => {
    await using simulator = await startSimulator({ script: ['TooManyRequests'] });
    const seen = await call(simulator, 'GET /api/unheard-of');
    expect(refusalIn(seen)[2]).toMatch(
      /^API calls quota exceeded! Maximum allowed 45 .* 1 seconds\.$/,
    );
    expect(seen.headers.get('retry-after')).toBeNull();
  });

  it('of Graph has the wait in the header alone', async () => {
    await using simulator = await startSimulator({ script: [{ status: 429, retryAfter: 10 }] });
    const seen = await call(simulator, 'GET /v1.0/security/incidents');
    expect(errorIn(seen)).toMatchObject({
      code: 'TooManyRequests',
      message: 'Please retry again later.',
      innerError: { code: '429', status: '429' },
    });
    expect(seen.headers.get('retry-after')).toBe('10');
  });

  it.each(['Wed, 21 Oct 2026 07:28:00 GMT', 'soon', '-5', ''])(
    'sends Retry-After %j as it is',
    async (retryAfter) => {
      await using simulator = await startSimulator({ script: [{ status: 429, retryAfter }] });
      const seen = await call(simulator, 'GET /api/incidents');
      expect(seen.headers.get('retry-after')).toBe(retryAfter);
    },
  );

  it('sends Retry-After as a date after the answer, rounded up to a second', async () => {
    const clock = manualClock();
    await using simulator = await startSimulator({
      clock,
      script: [{ status: 503, retryAfter: { dateInMs: 2500 } }],
    });
    const seen = await call(simulator, 'GET /api/incidents');
    expect(seen.headers.get('retry-after')).toBe('Thu, 01 Jan 2026 00:00:03 GMT');
  });
});

describe('scripted answers that nobody asked for', () => {
  it('are reported as a table when the simulator closes', async () => {
    const simulator = await startSimulator({
      script: [500, { code: 'Forbidden', for: 'machines.list', times: 3 }, { action: 'hang' }, {}],
    });
    await call(simulator, 'GET /api/incidents');
    await expect(simulator.close()).rejects.toThrow(
      [
        '3 scripted answers were never used:',
        '  #  answer               for            times left',
        '  1  Forbidden            machines.list  3',
        '  2  hang                 any call       1',
        '  3  the ordinary answer  any call       1',
      ].join('\n'),
    );
  });

  it('are reported by await using, and the port is free all the same', async () => {
    let url = '';
    const test = async (): Promise<void> => {
      await using simulator = await startSimulator({ script: [500] });
      url = simulator.url;
    };
    await expect(test()).rejects.toThrow('1 scripted answer was never used');
    await expect(fetch(url)).rejects.toThrow(TypeError);
  });

  it('are no matter when they are to be ignored, or the second time', async () => {
    const simulator = await startSimulator({ script: [500] });
    await simulator.close({ ignoreUnconsumed: true });
    await simulator.close();
    expect(() => simulator.assertScriptConsumed()).toThrow('never used');
  });
});
