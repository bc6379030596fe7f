import type { QuotaChange, QuotaStore } from '@defender-resilience/core';
import { describe, expect, it } from 'vitest';
import { SharedCount } from '../../src/quota/shared-count.ts';
import type { LoggedCall } from '../../src/quota/sliding-window-log.ts';
import type { QuotaNews, TakeAnswer, TakeRequest } from '../../src/quota/store.ts';
import { StoreConnection } from '../../src/quota/store-connection.ts';
import { type ManualClock, manualClock } from '../../src/testing/index.ts';
import { HOUR_MS, MINUTE_MS } from './support.ts';

const ANSWER: TakeAnswer = {
  granted: true,
  waitMs: 0,
  takenAt: 7,
  used: [1, 1],
  processes: 3,
  pausedForMs: 0,
  limits: [],
  epoch: 'e1',
};

/** One count on a store that answers as the test says. */
class World {
  readonly clock: ManualClock = manualClock();
  readonly taken: TakeRequest[] = [];
  readonly settled: unknown[][] = [];
  readonly reported: [string, QuotaNews][] = [];
  readonly changes: QuotaChange[] = [];
  /** What the group was asked to do. */
  readonly asked: string[] = [];
  answer: Partial<TakeAnswer> = {};
  state: 'up' | 'hangs' | 'fails' = 'up';
  calls: LoggedCall[] = [];
  readonly #late: (() => void)[] = [];
  readonly shared: SharedCount;

  constructor(expectedProcesses?: number, minuteMs = MINUTE_MS) {
    const store: QuotaStore = {
      take: (request) =>
        this.#answer(() => {
          this.taken.push(request);
          return { ...ANSWER, ...this.answer };
        }),
      settle: (...args) => this.#answer(() => void this.settled.push(args)),
      report: (...args) => this.#answer(() => void this.reported.push(args)),
    };
    const timing = { timeoutMs: 2_000, probeMs: 1_000 };
    const connection = new StoreConnection(store, this.clock, timing, (one) =>
      this.changes.push(one),
    );
    this.shared = new SharedCount(
      {
        group: 'incidents',
        windows: [
          { per: 'minute', limit: 40, windowMs: minuteMs },
          { per: 'hour', limit: 100, windowMs: HOUR_MS },
        ],
        transitMs: 400,
        expectedProcesses,
        noticeMs: 3_000,
      },
      { connection, clock: this.clock, random: () => 0.5, process: 'p' },
      {
        ownCalls: () => this.calls,
        hold: () => void this.asked.push('hold'),
        drain: () => void this.asked.push('drain'),
      },
    );
  }

  async take(answer: Partial<TakeAnswer> = {}, priority = 0): Promise<TakeAnswer | undefined> {
    this.answer = answer;
    return this.clock.settle(this.shared.take(1, [40, 100], priority));
  }

  /** Loses the store. */
  async lose(): Promise<void> {
    this.state = 'hangs';
    void this.shared.take(1, [40, 100], 0);
    await this.clock.advance(2_000);
  }

  /** Answers what was asked while the store hung. */
  answerLate(): void {
    for (const answer of this.#late.splice(0)) answer();
  }

  async #answer<T>(act: () => T): Promise<T> {
    if (this.state === 'hangs') {
      return new Promise<T>((resolve) => this.#late.push(() => resolve(act())));
    }
    if (this.state === 'fails') throw new Error('away');
    return act();
  }
}

describe('the count that processes share', () => {
  it('asks for a place in each window', async () => {
    const world = new World();
    expect(await world.take()).toEqual(ANSWER);
    await world.clock.settle(world.shared.take(2, [30], 1));
    const request = { group: 'incidents', process: 'p', transitMs: 400 };
    expect(world.taken).toEqual([
      {
        ...request,
        permit: 'p:1',
        windows: [
          { windowMs: MINUTE_MS, limit: 40 },
          { windowMs: HOUR_MS, limit: 100 },
        ],
      },
      {
        ...request,
        permit: 'p:2',
        windows: [
          { windowMs: MINUTE_MS, limit: 30 },
          { windowMs: HOUR_MS, limit: 1 },
        ],
      },
    ]);
    expect([world.shared.counting, world.shared.away, world.shared.divisor]).toEqual([
      'shared',
      false,
      1,
    ]);
  });

  it('says when a call had arrived, in whole milliseconds, and that one was not sent', async () => {
    const { clock, shared, settled } = new World();
    shared.settle(5, 1_000.5, 20.1);
    shared.settle(6, 1_000, undefined);
    shared.settle(7, 1_000, 0);
    await clock.advance(0);
    expect(settled).toEqual([
      ['incidents', 'p:5', 1_021],
      ['incidents', 'p:6', undefined],
      ['incidents', 'p:7', 1_000],
    ]);
  });

  it('passes on what a 429 taught, for as long as the longest window', async () => {
    const { clock, shared, reported } = new World();
    shared.report({ pauseMs: 5, limits: [{ windowMs: MINUTE_MS, limit: 30 }] });
    await clock.advance(0);
    expect(reported).toEqual([
      ['incidents', { pauseMs: 5, limits: [{ windowMs: MINUTE_MS, limit: 30 }], keepMs: HOUR_MS }],
    ]);
  });

  it('asks for as many calls at once as the fullest window has room for', async () => {
    const world = new World();
    const { shared } = world;
    expect(shared.mayAsk(0)).toBe(true);
    await world.take({ used: [37, 98] });
    world.state = 'hangs';
    const asking: number[] = [];
    while (shared.mayAsk(0) && asking.length < 10) {
      void shared.take(1, [40, 100], 0);
      asking.push(shared.asking);
    }
    expect(asking).toEqual([1, 2]);
    expect(shared.mayAsk(1)).toBe(true);
  });

  it('asks for one call at a time where there is no room', async () => {
    const world = new World();
    await world.take({ used: [40, 100] });
    expect(world.shared.mayAsk(0)).toBe(true);
    world.state = 'hangs';
    void world.shared.take(1, [40, 100], 0);
    expect(world.shared.mayAsk(0)).toBe(false);
    await world.clock.advance(2_000);
    expect(world.shared.asking).toBe(0);
  });

  it('asks again after a refusal when a place may be free, a twentieth of a minute later at most', async () => {
    const world = new World();
    const { clock, shared } = world;
    await clock.advance(100);
    const now = clock.now();
    await world.take({ granted: false, waitMs: 10_000, processes: 1 });
    expect([shared.waitMs(0, now), shared.freeInMs(0, now)]).toEqual([3_000, 10_000]);
    expect([shared.waitMs(1, now), shared.freeInMs(1, now)]).toEqual([0, 0]);
    expect([shared.waitMs(0, now + 3_000), shared.freeInMs(0, now + 9_999)]).toEqual([0, 1]);
    expect([shared.waitMs(0, now + 5_000), shared.freeInMs(0, now + 11_000)]).toEqual([0, 0]);
    await world.take({ granted: false, waitMs: 200, processes: 1 }, 1);
    expect([shared.waitMs(1, now), shared.freeInMs(1, now)]).toEqual([200, 200]);
    // With others it waits by chance a little longer: up to 50 ms.
    await world.take({ granted: false, waitMs: 200, processes: 2 });
    expect([shared.waitMs(0, now), shared.freeInMs(0, now)]).toEqual([225, 200]);
    expect(shared.mayAsk(0)).toBe(true);
    void shared.take(1, [40, 100], 0);
    expect(shared.mayAsk(0)).toBe(false);
    await clock.advance(0);
    await world.take();
    expect(shared.waitMs(0, now)).toBe(0);
  });
});

it('processes with a short minute spread their questions over a hundredth of it', async () => {
  const world = new World(undefined, 1_000);
  await world.take({ granted: false, waitMs: 20, processes: 2 });
  expect(world.shared.waitMs(0, 0)).toBe(25);
});

describe('while the store is away', () => {
  it('nothing is waited for, and who counts is told', async () => {
    const world = new World();
    const { shared, clock, asked } = world;
    await world.take({ granted: false, waitMs: 10_000 });
    await world.lose();
    expect([shared.away, shared.counting]).toEqual([true, 'fallback']);
    const now = clock.now();
    expect([shared.waitMs(0, now), shared.freeInMs(0, now)]).toEqual([0, 0]);
    expect(asked).toEqual(['hold', 'drain']);
    expect(await shared.take(1, [40, 100], 0)).toBeUndefined();
    expect(world.changes).toEqual([{ kind: 'store', state: 'lost' }]);
  });

  it('a limit is divided by as many processes as the store last saw, or as are expected', async () => {
    const seen = new World();
    await seen.take({ processes: 3 });
    await seen.lose();
    expect(seen.shared.divisor).toBe(3);
    const expected = new World(5);
    await expected.take({ processes: 3 });
    expect(expected.shared.divisor).toBe(1);
    await expected.lose();
    expect(expected.shared.divisor).toBe(5);
    const never = new World();
    await never.lose();
    expect(never.shared.divisor).toBe(8);
    // It sent nothing that it could be held to.
    expect(never.asked).toEqual(['drain']);
  });

  it.each<[string, readonly number[], number]>([
    ['more', [2, 5], 5],
    ['fewer', [5, 2], 2],
    ['none, which cannot be', [0], 1],
  ])('the store has seen %s processes', async (_, processes, divisor) => {
    const world = new World();
    for (const seen of processes) await world.take({ processes: seen });
    await world.lose();
    expect(world.shared.divisor).toBe(divisor);
  });

  it('it is looked for without taking a place', async () => {
    const world = new World();
    await world.lose();
    world.state = 'up';
    await world.clock.advance(1_000);
    expect(world.taken).toEqual([
      { group: 'incidents', permit: '', process: 'p', windows: [], transitMs: 400 },
    ]);
    expect(world.shared.away).toBe(false);
    expect(world.asked).toEqual(['drain', 'drain']);
  });

  it.each([
    [true, [['incidents', 'p:1', undefined]]],
    [false, []],
  ])('a place that it gives too late is given back (granted: %s)', async (granted, settled) => {
    const world = new World();
    await world.lose();
    world.state = 'up';
    world.answer = { granted };
    world.answerLate();
    await world.clock.advance(0);
    expect(world.settled).toEqual(settled);
  });

  it('a place that it gives in time is kept', async () => {
    const world = new World();
    await world.take();
    await world.clock.advance(10);
    expect(world.settled).toEqual([]);
  });
});

describe('a store that has lost what it held', () => {
  const calls = [
    { id: 4, ageMs: 100 },
    { id: 5, ageMs: -20 },
  ];
  const told = {
    calls: [
      { permit: 'p:4', ageMs: 100 },
      { permit: 'p:5', ageMs: -20 },
    ],
    keepMs: HOUR_MS,
  };

  it('is told of the calls that still count, and limits are divided until all have told theirs', async () => {
    const world = new World();
    const { clock, shared, reported } = world;
    world.calls = calls;
    await world.take({ epoch: 'e1', processes: 3 });
    await world.take({ epoch: 'e1', processes: 3 });
    expect([reported.length, shared.divisor]).toEqual([0, 1]);
    await world.take({ epoch: 'e2', processes: 1 });
    await clock.advance(0);
    expect(reported).toEqual([['incidents', told]]);
    // A twentieth of a minute, and the time in which all notice.
    await clock.advance(5_999);
    expect(shared.divisor).toBe(3);
    await clock.advance(1);
    expect(shared.divisor).toBe(1);
    await world.take({ epoch: 'e2', processes: 1 });
    expect(reported).toHaveLength(1);
  });

  it('is believed on fewer processes after a window only', async () => {
    const divisorAfter = async (ms: number, processes = 2): Promise<number> => {
      const world = new World();
      await world.take({ processes: 3 });
      await world.take({ processes: 1, epoch: 'e2' });
      await world.clock.advance(ms);
      await world.take({ processes, epoch: 'e2' });
      await world.lose();
      return world.shared.divisor;
    };
    expect(await divisorAfter(MINUTE_MS - 1)).toBe(3);
    expect(await divisorAfter(MINUTE_MS)).toBe(2);
    expect(await divisorAfter(MINUTE_MS - 1, 4)).toBe(4);
  });

  it('is told nothing by a process that sent nothing', async () => {
    const world = new World();
    await world.take({ epoch: 'e1' });
    await world.take({ epoch: 'e2' });
    await world.clock.advance(0);
    expect([world.reported.length, world.shared.divisor]).toEqual([0, 1]);
  });

  it('is told of them as well when it is back', async () => {
    const world = new World();
    const { clock, shared, reported, asked } = world;
    world.calls = calls;
    await world.take({ processes: 3 });
    await world.lose();
    world.state = 'up';
    await clock.advance(1_000);
    expect(reported).toEqual([['incidents', told]]);
    expect(asked).toEqual(['hold', 'drain', 'drain']);
    expect([shared.counting, shared.divisor]).toEqual(['shared', 3]);
    await clock.advance(6_000);
    expect(shared.divisor).toBe(1);
  });
});
