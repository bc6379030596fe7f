import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fleet } from './fleet.ts';
import { MINUTE_MS } from './support.ts';

const LIMIT = 100;
const MINUTES = 6;

/** A fleet whose store takes a while to answer, after some minutes at its limit. */
async function working(processes: number, roundTripMs: number): Promise<Fleet> {
  const fleet = new Fleet(processes, { perMinute: LIMIT }, {}, 1, () => roundTripMs);
  const concurrency = Math.ceil(40 / processes);
  for (const process of fleet.gates.keys()) fleet.work(process, concurrency);
  await fleet.clock.advance(MINUTES * MINUTE_MS);
  return fleet;
}

/** From a call to the one that takes its place no less than a minute passes: 1 is the most. */
function usedShare({ service }: Fleet): number {
  const { calls } = service;
  const rounds = calls.slice(LIMIT).map(({ at }, index) => at - (calls[index]?.at ?? 0));
  return (MINUTE_MS * rounds.length) / rounds.reduce((sum, ms) => sum + ms, 0);
}

describe('the share of a quota that is used', () => {
  it.each([
    [0, 0.97],
    [50, 0.97],
    [120, 0.97],
    [280, 0.97],
    [400, 0.95],
    [900, 0.92],
  ])('with a round trip of %d ms to the store', async (roundTripMs, least) => {
    for (const processes of [1, 4, 8]) {
      const fleet = await working(processes, roundTripMs);
      expect(usedShare(fleet), `${processes} processes`).toBeGreaterThan(least);
      expect(fleet.service.between(0, fleet.clock.now()).refused).toBe(0);
      expect(fleet.changes).toEqual([]);
    }
  });
});

describe('a store with a round trip of 120 ms', () => {
  it('lets 50 calls at once through within half a second', async () => {
    const fleet = new Fleet(1, { perMinute: LIMIT }, {}, 1, () => 120);
    fleet.work(0, 50);
    await fleet.clock.advance(500);
    expect(fleet.service.calls.length).toBeGreaterThanOrEqual(50);
  });

  it('costs a call that need not wait one round trip', async () => {
    const fleet = new Fleet(1, { perMinute: LIMIT }, {}, 1, () => 120);
    for (const minute of [1, 2, 3]) {
      const startedAt = fleet.clock.now();
      await fleet.clock.settle(fleet.ask(0));
      expect(fleet.clock.now() - startedAt).toBe(120);
      await fleet.clock.advance(minute * 10_000);
    }
  });

  it('is asked side by side, and no more often than there is room for', async () => {
    const fleet = new Fleet(1, { perMinute: 10 }, {}, 1, () => 120);
    fleet.work(0, 500);
    await fleet.clock.advance(10_000);
    expect(fleet.service.calls).toHaveLength(10);
    expect(fleet.store.questions).toBeLessThan(30);
  });
});

describe('a call that waits', () => {
  it('is refused at once when the other processes have used up the quota for too long', async () => {
    const fleet = new Fleet(2, { perMinute: LIMIT });
    fleet.work(0, LIMIT);
    await fleet.clock.advance(1_000);
    // The first call of this process learns it from the store.
    void fleet.ask(1);
    await fleet.clock.advance(100);
    const answer = await fleet.clock.settle(fleet.ask(1, { limitMs: 30_000 }));
    expect(answer).toMatchObject({ refused: 'wait-too-long', heldBy: 'quota' });
    expect(fleet.clock.now()).toBeLessThan(2_000);
  });

  it('that is urgent asks at once although others were refused', async () => {
    const fleet = new Fleet(2, { perMinute: LIMIT }, { reserve: 0.02 });
    for (const process of [0, 1]) fleet.work(process, LIMIT);
    await fleet.clock.advance(10_000);
    const startedAt = fleet.clock.now();
    await fleet.clock.settle(fleet.ask(1, { priority: 10 }));
    expect(fleet.clock.now() - startedAt).toBeLessThan(10);
  });

  it('gives its place back when it is aborted while the store is asked', async () => {
    const fleet = new Fleet(1, { perMinute: 1 }, {}, 1, () => 100);
    const controller = new AbortController();
    const aborted = fleet.ask(0, { signal: controller.signal }).catch((reason: unknown) => reason);
    await fleet.clock.advance(10);
    controller.abort('changed my mind');
    expect(await aborted).toBe('changed my mind');
    await fleet.clock.advance(1_000);
    const startedAt = fleet.clock.now();
    await fleet.clock.settle(fleet.ask(0));
    expect(fleet.clock.now() - startedAt).toBe(100);
  });
});

it('for any fleet, latency and limit: never more than a window allows, none starves, none is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 0, max: 1_000 }),
      fc.integer({ min: 1, max: 1_000_000 }),
      async (processes, limit, latencyMs, seed) => {
        let state = seed;
        const latency = (): number => {
          state = (state * 16_807) % 2_147_483_647;
          return (latencyMs * state) / 2_147_483_647;
        };
        const fleet = new Fleet(processes, { perMinute: limit }, {}, seed, latency);
        for (const process of fleet.gates.keys()) fleet.work(process, 3);
        await fleet.clock.advance(8 * MINUTE_MS);
        fleet.end();
        await fleet.clock.advance(2 * MINUTE_MS);
        expect(fleet.service.between(0, fleet.clock.now()).refused).toBe(0);
        const through = fleet.service.calls.length;
        // A whole round begins eight times at least, less the time of its questions.
        expect(through).toBeGreaterThanOrEqual(7 * limit);
        const fair = through / processes;
        if (fair >= 30) for (const sent of fleet.sent) expect(sent).toBeGreaterThan(fair / 4);
        for (const gate of fleet.gates) expect(gate.quotas()[0]?.waiting ?? 0).toBe(0);
        expect(fleet.clock.pendingTimers).toBe(0);
      },
    ),
    { numRuns: 40 },
  );
}, 60_000);
