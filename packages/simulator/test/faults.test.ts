import { manualClock } from '@defender-resilience/core/testing';
import { type Simulator, startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';
import { call } from './support.ts';

async function statuses(simulator: Simulator, count: number, path = '/api/incidents/10200') {
  const seen: number[] = [];
  for (let index = 0; index < count; index += 1) {
    seen.push((await call(simulator, `GET ${path}`)).status);
  }
  return seen;
}

describe('faults by chance', () => {
  it('come at the configured rate, and the same for the same seed', async () => {
    const options = { quotas: 'off', faults: { probability: 0.3 } } as const;
    await using first = await startSimulator(options);
    await using second = await startSimulator(options);
    await using other = await startSimulator({ ...options, seed: 2 });
    const seen = await statuses(first, 200);
    // Exactly reproducible, so no tolerance is needed: 3 of 10, give or take what seed 1 gives.
    expect(seen.filter((status) => status === 500)).toHaveLength(61);
    expect(await statuses(second, 200)).toEqual(seen);
    expect(await statuses(other, 200)).not.toEqual(seen);
  });

  it('are of the kinds that are listed, and of all of them', async () => {
    await using simulator = await startSimulator({
      quotas: 'off',
      faults: { probability: 1, codes: [503, 'Forbidden', { code: 'Teapot', status: 418 }] },
    });
    expect(new Set(await statuses(simulator, 50))).toEqual(new Set([503, 403, 418]));
  });

  it('never come at 0, always at 1, and not after they are ended', async () => {
    await using simulator = await startSimulator({ faults: { probability: 0 } });
    expect(await statuses(simulator, 3)).toEqual([200, 200, 200]);
    simulator.faults({ probability: 1, seed: 9 });
    expect(await statuses(simulator, 3)).toEqual([500, 500, 500]);
    simulator.faults(undefined);
    expect(await statuses(simulator, 3)).toEqual([200, 200, 200]);
  });

  it('leave scripted answers and other operations alone', async () => {
    await using simulator = await startSimulator({
      script: [403],
      faults: { probability: 1, for: 'incidents.get' },
    });
    expect(await statuses(simulator, 2)).toEqual([403, 500]);
    expect(await statuses(simulator, 1, '/api/machines')).toEqual([200]);
    simulator.faults({ probability: 1 });
    const token = await fetch(simulator.tokenUrl, { method: 'POST' });
    expect(token.status).toBe(400);
  });

  it('of one call do not shift those of the next', async () => {
    const faults = { probability: 0.5, seed: 7 };
    await using plain = await startSimulator({ faults });
    await using scripted = await startSimulator({ faults, script: [404] });
    const [, ...rest] = await statuses(plain, 20);
    expect((await statuses(scripted, 20)).slice(1)).toEqual(rest);
  });

  it('come back with a reset when they were in the options, and go when they were not', async () => {
    await using simulator = await startSimulator({ faults: { probability: 1 } });
    simulator.faults(undefined);
    simulator.reset();
    expect(await statuses(simulator, 1)).toEqual([500]);
  });

  it('can make every answer take its time', async () => {
    const clock = manualClock();
    await using simulator = await startSimulator({
      clock,
      faults: { probability: 0, latencyMs: [100, 200] },
    });
    const pending = call(simulator, 'GET /api/incidents');
    await expect.poll(() => clock.pendingTimers).toBe(1);
    expect(clock.nextTimerMs).toBeGreaterThanOrEqual(100);
    expect(clock.nextTimerMs).toBeLessThanOrEqual(200);
    await clock.advance(200);
    await pending;
    simulator.faults({ probability: 0, latencyMs: 50 });
    const next = call(simulator, 'GET /api/incidents');
    await expect.poll(() => clock.nextTimerMs).toBe(50);
    await clock.advance(50);
    expect((await next).status).toBe(200);
  });
});

describe('an outage', () => {
  it('fails every call, scripted ones too, until it is ended', async () => {
    await using simulator = await startSimulator({ script: [403] });
    const outage = simulator.outage();
    expect(await statuses(simulator, 2)).toEqual([503, 503]);
    outage.end();
    expect(await statuses(simulator, 2)).toEqual([403, 200]);
  });

  it('ends by itself after its time', async () => {
    const clock = manualClock();
    await using simulator = await startSimulator({ clock });
    simulator.outage({ status: 500, durationMs: 1000 });
    await clock.advance(999);
    expect(await statuses(simulator, 1)).toEqual([500]);
    await clock.advance(1);
    expect(await statuses(simulator, 1)).toEqual([200]);
  });

  it('can reset every connection', async () => {
    await using simulator = await startSimulator();
    simulator.outage({ status: 'reset' });
    await expect(statuses(simulator, 1)).rejects.toThrow(TypeError);
    expect(simulator.count({ answered: 'reset' })).toBe(1);
  });

  it('gives way to a later one, which the end of the first leaves alone', async () => {
    await using simulator = await startSimulator();
    const first = simulator.outage({ status: 500 });
    simulator.outage({ status: 502 });
    first.end();
    expect(await statuses(simulator, 1)).toEqual([502]);
    simulator.reset();
    expect(await statuses(simulator, 1)).toEqual([200]);
  });
});
