import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fleet } from './fleet.ts';
import { failure429, MINUTE_MS } from './support.ts';

const LIMIT = 40;
const CONCURRENCY = 4;

function working(processes: number, seed = 1): Fleet {
  const fleet = new Fleet(processes, { perMinute: LIMIT }, {}, seed);
  for (let process = 0; process < processes; process += 1) fleet.work(process, CONCURRENCY);
  return fleet;
}

describe('processes that share a quota', () => {
  it('use all of it together, and never more', async () => {
    const fleet = working(5);
    await fleet.clock.advance(5 * MINUTE_MS);
    for (const minute of [0, 1, 2, 3, 4]) {
      expect(fleet.minute(minute)).toEqual({ through: LIMIT, refused: 0 });
    }
  });

  it('share it fairly enough that none starves', async () => {
    const fleet = working(5);
    await fleet.clock.advance(10 * MINUTE_MS);
    for (const sent of fleet.sent) expect(sent).toBeGreaterThan((10 * LIMIT) / 5 / 3);
  });

  it('let one that comes later have its part', async () => {
    const fleet = new Fleet(3, { perMinute: LIMIT });
    fleet.work(0, 4);
    fleet.work(1, 4);
    await fleet.clock.advance(3 * MINUTE_MS);
    fleet.work(2, 4);
    await fleet.clock.advance(5 * MINUTE_MS);
    expect(fleet.sent[2]).toBeGreaterThan((5 * LIMIT) / 3 / 3);
  });

  it('need few questions of the store for each call', async () => {
    const fleet = working(5);
    await fleet.clock.advance(10 * MINUTE_MS);
    const calls = fleet.service.calls.length;
    expect(fleet.store.questions / calls).toBeLessThan(6);
  });

  it('tell the whole use, and who counts', async () => {
    const fleet = working(2);
    await fleet.clock.advance(MINUTE_MS / 2);
    expect(fleet.gates[0]?.quotas()[0]).toMatchObject({
      windows: [{ per: 'minute', limit: LIMIT, used: LIMIT, remaining: 0 }],
      counting: 'shared',
      waiting: 4,
    });
  });

  it('all hold their calls when one is told to pause', async () => {
    const fleet = new Fleet(2, { perMinute: LIMIT });
    const [first] = fleet.gates;
    const operation = {
      name: 'incidents.list',
      quotaGroup: 'incidents',
      quota: { perMinute: LIMIT },
    };
    const call = { group: 'incidents', operation, name: 'incidents.list', priority: 0 };
    first?.throttled(
      call,
      7_500,
      { code: '429', message: '', verdict: 'retryable', source: 'api', values: { waitMs: 7_500 } },
      undefined,
    );
    await fleet.clock.advance(100);
    fleet.work(1, 1);
    await fleet.clock.advance(7_350);
    // The one that had to ask the store before it knew.
    expect(fleet.sent).toEqual([0, 0]);
    await fleet.clock.advance(200);
    expect(fleet.sent[1]).toBeGreaterThan(0);
  });

  it('all make way for another application', async () => {
    const fleet = working(4);
    fleet.service.foreign.push({ share: 0.5, from: 2 * MINUTE_MS, until: 8 * MINUTE_MS });
    await fleet.clock.advance(12 * MINUTE_MS);
    const { through, refused } = fleet.service.between(5 * MINUTE_MS, 8 * MINUTE_MS);
    expect(through).toBeGreaterThanOrEqual(0.9 * 3 * (LIMIT / 2));
    expect(refused).toBeLessThanOrEqual(0.25 * through);
    expect(fleet.minute(10).through).toBeGreaterThanOrEqual(0.95 * LIMIT);
  });
});

describe('a reserve', () => {
  it('is left free by all processes', async () => {
    const fleet = new Fleet(4, { perMinute: LIMIT }, { reserve: 0.1 });
    for (const process of fleet.gates.keys()) fleet.work(process, CONCURRENCY);
    await fleet.clock.advance(3 * MINUTE_MS);
    for (const minute of [0, 1, 2]) {
      expect(fleet.minute(minute)).toEqual({ through: 0.9 * LIMIT, refused: 0 });
    }
  });
});

describe('when a process is killed', () => {
  it('the others have its part after one window', async () => {
    const fleet = working(5);
    await fleet.clock.advance(2.5 * MINUTE_MS);
    fleet.kill(0);
    await fleet.clock.advance(4 * MINUTE_MS);
    for (const minute of [4, 5]) {
      expect(fleet.minute(minute)).toEqual({ through: LIMIT, refused: 0 });
    }
  });
});

describe.each(['fails', 'hangs'] as const)('when the store %s', (state) => {
  it('each goes on with its share, says so once, and returns by itself', async () => {
    const fleet = working(5);
    await fleet.clock.advance(2.3 * MINUTE_MS);
    fleet.store.state = state;
    await fleet.clock.advance(2 * MINUTE_MS);
    expect(fleet.gates.map((gate) => gate.quotas()[0]?.counting)).toEqual(
      fleet.gates.map(() => 'fallback'),
    );
    fleet.store.state = 'up';
    fleet.store.flush();
    await fleet.clock.advance(4 * MINUTE_MS);
    const { refused } = fleet.service.between(0, 10 * MINUTE_MS);
    expect(refused).toBeLessThanOrEqual(3);
    for (const minute of [2, 3, 4, 5]) {
      expect(fleet.minute(minute).through).toBeGreaterThanOrEqual(0.8 * LIMIT);
    }
    expect(fleet.minute(7).through).toBe(LIMIT);
    for (const process of fleet.gates.keys()) {
      const told = fleet.changes.filter(
        (each) => each.process === process && each.change.kind === 'store',
      );
      expect(told.map(({ change }) => change)).toEqual([
        {
          kind: 'store',
          state: 'lost',
          ...(state === 'fails' ? { error: new Error('the store is away') } : {}),
        },
        { kind: 'store', state: 'back' },
      ]);
    }
  });

  it('none sends more than its part of the processes that are expected', async () => {
    const fleet = new Fleet(1, { perMinute: LIMIT }, { expectedProcesses: 8 });
    fleet.store.state = state;
    fleet.work(0, 4);
    await fleet.clock.advance(3 * MINUTE_MS);
    expect(fleet.minute(0).through).toBe(LIMIT / 8);
    expect(fleet.minute(2).through).toBe(LIMIT / 8);
  });
});

describe('when the store is restarted between two questions', () => {
  it.each([2.3, 3, 3.005])(
    'after %d minutes, it is noticed and no window is crossed',
    async (at) => {
      const fleet = new Fleet(8, { perMinute: 100 });
      for (const process of fleet.gates.keys()) fleet.work(process, CONCURRENCY);
      await fleet.clock.advance(at * MINUTE_MS);
      fleet.store.flush();
      await fleet.clock.advance(4 * MINUTE_MS);
      expect(fleet.service.between(0, 10 * MINUTE_MS).refused).toBeLessThanOrEqual(10);
      expect(fleet.minute(5).through).toBe(100);
    },
  );
});

describe('what one process does', () => {
  const operation = { name: 'own', quotaGroup: 'incidents', quota: { perMinute: 1 } };
  const call = { group: 'incidents', operation, name: 'own', priority: 0 };
  const request = {
    ...call,
    attempt: 1,
    limitMs: 1e9,
    signal: undefined,
    held: () => undefined,
  };

  it('gives a slot back at once when its call is not sent after all', async () => {
    const { clock, gates } = new Fleet(2, { perMinute: 1 });
    const first = await clock.settle(Promise.resolve(gates[0]?.acquire(request)));
    if (first && 'cancel' in first) first.cancel();
    await clock.advance(100);
    await clock.settle(Promise.resolve(gates[1]?.acquire(request)));
    expect(clock.now()).toBeLessThan(1_000);
  });

  it('lowers the limit of all when it is refused', async () => {
    const fleet = new Fleet(2, { perMinute: LIMIT });
    const quota = { perMinute: LIMIT };
    const shared = { ...call, operation: { ...operation, quota } };
    fleet.gates[0]?.throttled(shared, 100, failure429, undefined);
    await fleet.clock.advance(1_000);
    fleet.work(1, 1);
    await fleet.clock.advance(1_000);
    const [first, second] = fleet.gates.map((gate) => gate.quotas()[0]?.windows[0]?.limit);
    expect(first).toBeLessThan(LIMIT);
    expect(second).toBe(first);
  });
});

describe('when the store was never reached', () => {
  it.each(['fails', 'hangs'] as const)('(it %s) eight processes are assumed', async (state) => {
    const fleet = new Fleet(4, { perMinute: LIMIT });
    fleet.store.state = state;
    for (const process of fleet.gates.keys()) fleet.work(process, CONCURRENCY);
    await fleet.clock.advance(3 * MINUTE_MS);
    expect(fleet.minute(1)).toEqual({ through: (4 * LIMIT) / 8, refused: 0 });
  });

  it('a call waits no longer than the store may take to answer', async () => {
    const fleet = new Fleet(1, { perMinute: LIMIT });
    fleet.store.state = 'hangs';
    fleet.work(0, 1);
    await fleet.clock.advance(2_200);
    expect(fleet.service.calls.length).toBeGreaterThan(0);
  });
});

describe('when the store is slow', () => {
  it('nothing is lost up to the time that it may take', async () => {
    const fleet = new Fleet(2, { perMinute: LIMIT }, {}, 1, () => 1_900);
    for (const process of fleet.gates.keys()) fleet.work(process, CONCURRENCY);
    await fleet.clock.advance(3 * MINUTE_MS);
    expect(fleet.changes).toEqual([]);
    expect(fleet.service.between(0, 3 * MINUTE_MS).refused).toBe(0);
  });

  it('a single error is no outage', async () => {
    const fleet = working(2);
    await fleet.clock.advance(MINUTE_MS);
    fleet.store.state = 'fails';
    await fleet.clock.advance(1_500);
    fleet.store.state = 'up';
    await fleet.clock.advance(MINUTE_MS);
    expect(fleet.changes).toEqual([]);
  });
});

it('for any fleet and any times of trouble: few are refused, none is lost, and all recover', async () => {
  const trouble = fc.record({
    atMs: fc.integer({ min: 0, max: 3 * MINUTE_MS }),
    forMs: fc.integer({ min: 1, max: MINUTE_MS }),
    state: fc.constantFrom('fails' as const, 'hangs' as const, 'up' as const),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 1_000_000 }),
      trouble,
      async (processes, seed, { atMs, forMs, state }) => {
        const fleet = working(processes, seed);
        await fleet.clock.advance(atMs);
        fleet.store.state = state;
        fleet.store.flush();
        await fleet.clock.advance(forMs);
        fleet.store.state = 'up';
        await fleet.clock.advance(5 * MINUTE_MS);
        const from = fleet.clock.now();
        await fleet.clock.advance(2 * MINUTE_MS);
        const all = fleet.service.between(0, from);
        // Too many is at most what was under way between two looks at the store.
        expect(all.refused).toBeLessThanOrEqual(CONCURRENCY * processes);
        const after = fleet.service.between(from, fleet.clock.now());
        // Calls come in bursts, which the window that is looked at may cut.
        expect(after.through).toBeGreaterThanOrEqual(2 * 0.9 * LIMIT);
      },
    ),
    { numRuns: 30 },
  );
}, 60_000);
