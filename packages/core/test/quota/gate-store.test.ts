import type { Operation, QuotaNews, QuotaStore, TakeRequest } from '@defender-resilience/core';
import { memoryQuotaStore } from '@defender-resilience/core/memory';
import { describe, expect, it } from 'vitest';
import { type ManualClock, manualClock } from '../../src/testing/index.ts';
import { MINUTE_MS, type World, world } from './support.ts';

/** A store that says what it was asked, and answers after 20 ms. */
class WatchedStore implements QuotaStore {
  readonly #clock: ManualClock;
  readonly #store: QuotaStore;
  readonly taken: TakeRequest[] = [];
  readonly settled: unknown[] = [];
  readonly reported: QuotaNews[] = [];
  hangs = false;
  /** Changes when it has lost what it held. */
  epoch = 'first';

  constructor(clock: ManualClock) {
    this.#clock = clock;
    this.#store = memoryQuotaStore(clock);
  }

  take: QuotaStore['take'] = (request) => {
    this.taken.push(request);
    const { epoch } = this;
    return this.#later(async () => ({ ...(await this.#store.take(request)), epoch }));
  };

  settle: QuotaStore['settle'] = (group, permit, arrivedAt) => {
    this.settled.push(arrivedAt);
    return this.#later(() => this.#store.settle(group, permit, arrivedAt));
  };

  report: QuotaStore['report'] = (group, news) => {
    this.reported.push(news);
    return this.#later(() => this.#store.report(group, news));
  };

  async #later<T>(act: () => Promise<T>): Promise<T> {
    if (this.hangs) return new Promise<T>(() => undefined);
    const answer = await act();
    return new Promise((resolve) => {
      this.#clock.timer(() => resolve(answer), 20);
    });
  }
}

function setup(settings: Parameters<typeof world>[0] = {}): World & { store: WatchedStore } {
  const clock = manualClock();
  const store = new WatchedStore(clock);
  return { ...world({ store, ...settings }, clock), store };
}

const quota: Operation['quota'] = { perMinute: 1 };

describe('a group that is counted in a store', () => {
  it('asks it for each call, and says when that had arrived', async () => {
    const { clock, store, log, ask, gate, held } = setup();
    const ticket = clock.settle(ask('a', { keep: true }));
    const permit = await ticket;
    expect(log).toEqual(['20 a']);
    expect(gate.quotas()[0]).toMatchObject({
      counting: 'shared',
      waiting: 0,
      windows: [{ used: 1, remaining: 2 }],
    });
    await clock.advance(100);
    if (permit && 'completed' in permit) permit.completed();
    expect(store.settled).toEqual([120]);
    expect(store.taken).toMatchObject([
      { group: 'incidents', windows: [{ windowMs: MINUTE_MS, limit: 3 }], transitMs: 1_000 },
    ]);
    // Asking is no wait of which anybody hears.
    expect(held).toEqual([]);
  });

  it('gives the place back of a call that is not sent, or that nobody waits for any more', async () => {
    const { clock, store, ask } = setup();
    const permit = await clock.settle(ask('a', { keep: true }));
    if (permit && 'cancel' in permit) permit.cancel();
    expect(store.settled).toEqual([undefined]);
    const caller = new AbortController();
    const left = ask('b', { signal: caller.signal }).catch(() => 'left');
    await clock.advance(10);
    caller.abort();
    expect(await left).toBe('left');
    await clock.advance(10);
    expect(store.settled).toEqual([undefined, undefined]);
    await clock.advance(20);
    expect(clock.pendingTimers).toBe(0);
  });

  it('is asked for no more calls at once than the limit allows', async () => {
    const { clock, store, log, ask } = setup();
    for (const name of ['a', 'b', 'c']) void ask(name, { quota });
    await clock.advance(19);
    expect(store.taken).toHaveLength(1);
    await clock.advance(1);
    expect(log).toEqual(['20 a']);
  });

  it('is told which calls it has lost, by the names that it gave them places for', async () => {
    const { clock, store, gate, ask } = setup({ expectedProcesses: 4 });
    const many = { quota: { perMinute: 40 } };
    await clock.settle(ask('a', many));
    store.epoch = 'second';
    await clock.settle(ask('b', many));
    const permits = store.reported.flatMap(({ calls = [] }) => calls.map(({ permit }) => permit));
    expect(permits).toEqual([store.taken[0]?.permit]);
    // Until all have told theirs, each keeps to its part: here for 3 + 1 + 2 seconds.
    const used = (): number | undefined => gate.quotas()[0]?.windows[0]?.used;
    await clock.advance(5_999);
    expect(used()).toBe(8);
    await clock.advance(1);
    expect(used()).toBe(2);
  });

  it('sends the most urgent call at the place that was given', async () => {
    const { clock, log, ask } = setup();
    void ask('ordinary', { quota });
    await clock.advance(10);
    void ask('urgent', { quota, priority: 1 });
    await clock.advance(15);
    expect(log).toEqual(['20 urgent']);
  });

  it('gives no ordinary call a place that was taken for an urgent one', async () => {
    const { clock, log, store, ask } = setup({ reserve: 0.5 });
    const limit = { perMinute: 4 };
    const windows = [{ windowMs: MINUTE_MS, limit: 4 }];
    const other = { group: 'incidents', windows, process: 'other', transitMs: 0 };
    // All that is not reserved.
    for (const permit of ['1', '2']) await clock.settle(store.take({ ...other, permit }));
    const caller = new AbortController();
    const left = ask('urgent', { quota: limit, priority: 1, signal: caller.signal }).catch(() => 0);
    void ask('ordinary', { quota: limit });
    await clock.advance(10);
    caller.abort();
    await left;
    await clock.advance(1_000);
    expect(log).toEqual([]);
    expect(new Set(store.settled)).toEqual(new Set([undefined]));
    void ask('as urgent', { quota: limit, priority: 1 });
    await clock.advance(4_000);
    expect(log).toHaveLength(1);
    expect(log[0]).toContain('as urgent');
    await clock.advance(2 * MINUTE_MS);
    expect(log).toHaveLength(2);
  });

  it('says when the next place may be free, by what the store said', async () => {
    const { clock, gate, store, ask, held } = setup();
    const windows = [{ windowMs: MINUTE_MS, limit: 1 }];
    const other = { permit: 'of another process', process: 'other', transitMs: 0 };
    await clock.settle(store.take({ group: 'incidents', windows, ...other }));
    void ask('a', { quota });
    await clock.advance(20);
    expect(gate.quotas()[0]).toMatchObject({ waiting: 1, nextFreeMs: MINUTE_MS - 20 });
    void ask('b', { quota, limitMs: MINUTE_MS - 21 });
    await clock.advance(0);
    expect(held).toEqual([]);
    expect(gate.quotas()[0]?.waiting).toBe(1);
    void ask('c', { quota });
    expect(held).toEqual([`c quota ${MINUTE_MS}`]);
  });

  it('pauses for what another process was told, unless pauses are off', async () => {
    for (const pause of [true, false]) {
      const { clock, store, gate, ask } = setup({ pause });
      await clock.settle(store.report('incidents', { pauseMs: 5_000, keepMs: MINUTE_MS }));
      void ask('a');
      await clock.advance(50);
      expect(gate.quotas()[0]?.pausedForMs).toBe(pause ? 4_950 : 0);
    }
  });

  it('tells the others of a pause and of a limit', async () => {
    const { clock, store, ask, refuse } = setup();
    await clock.settle(ask('a'));
    refuse({ values: { waitMs: 7_000 } }, 7_000.5);
    refuse({}, 1_000);
    expect(store.reported).toEqual([
      { limits: [], pauseMs: 7_001, keepMs: MINUTE_MS },
      { limits: [{ windowMs: MINUTE_MS, limit: 1 }], pauseMs: 1_000, keepMs: MINUTE_MS },
    ]);
  });

  it('tells them of a limit alone where pauses are off', async () => {
    const { clock, gate, store, ask, refuse } = setup({ pause: false });
    await clock.settle(ask('a'));
    refuse({ values: { waitMs: 7_000 } }, 7_000);
    expect(store.reported).toEqual([]);
    refuse({}, 1_000);
    expect(store.reported).toEqual([
      { limits: [{ windowMs: MINUTE_MS, limit: 1 }], keepMs: MINUTE_MS },
    ]);
    expect(gate.snapshot()).toEqual([]);
  });

  it('is known in the store by another name in each gate', async () => {
    const clock = manualClock();
    const store = new WatchedStore(clock);
    for (const gate of [world({ store }, clock), world({ store }, clock)]) {
      await clock.settle(gate.ask('a'));
    }
    const [first, second] = store.taken;
    expect(first?.process).toMatch(/^[\da-f-]{36}$/);
    expect(second?.process).not.toBe(first?.process);
    expect(first?.permit).toBe(`${first?.process}:1`);
  });

  it('is not counted there for the time that queries run', async () => {
    const { gate, store, log, ask } = setup();
    await ask('a', { quota: { runningMsPerHour: 600_000 } });
    expect(log).toEqual(['0 a']);
    expect(gate.quotas()[0]).toMatchObject({ counting: 'local', windows: [] });
    expect(store.taken).toEqual([]);
  });
});

describe('a gate whose store hangs', () => {
  it.each([
    [MINUTE_MS, 1_000],
    [5_000, 500],
  ])('looks for it by its minute of %i ms every %i ms', async (minuteMs, probeMs) => {
    const { clock, store, changes, ask } = setup({ minuteMs, storeTimeoutMs: 200 });
    store.hangs = true;
    void ask('a');
    await clock.advance(200);
    expect(changes).toEqual([{ kind: 'store', state: 'lost' }]);
    store.hangs = false;
    await clock.advance(probeMs + 19);
    expect(changes).toHaveLength(1);
    await clock.advance(1);
    expect(changes.at(-1)).toEqual({ kind: 'store', state: 'back' });
  });

  it('counts for itself, and ends when it is closed', async () => {
    const { clock, store, gate, log, ask } = setup({ expectedProcesses: 1 });
    store.hangs = true;
    for (const name of ['a', 'b']) void ask(name, { quota });
    await clock.advance(2_000);
    expect(log).toEqual(['2000 a']);
    expect(gate.quotas()[0]).toMatchObject({ counting: 'fallback', waiting: 1 });
    await clock.settle(gate.close());
    expect(log.at(-1)).toBe('2000 b closed 0');
    expect(clock.pendingTimers).toBe(0);
  });
});
