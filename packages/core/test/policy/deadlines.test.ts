import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { Deadlines, type Watched } from '../../src/policy/deadlines.ts';
import { type ManualClock, manualClock } from '../../src/testing/index.ts';

function watched(onExpire: () => void, onAbandon: () => void = () => undefined): Watched {
  return {
    expiresAt: 0,
    list: undefined,
    before: undefined,
    after: undefined,
    expire: onExpire,
    abandon: onAbandon,
  };
}

/** A clock whose timers fire when the test says so, however late. */
function lateClock() {
  let now = 0;
  const timers: { fire: () => void; delayMs: number; keepAlive: boolean | undefined }[] = [];
  const clock: Clock = {
    now: () => now,
    epoch: () => now,
    timer: (fire, delayMs, options) => {
      const timer = { fire, delayMs, keepAlive: options?.keepAlive };
      timers.push(timer);
      return { cancel: () => timers.splice(timers.indexOf(timer), 1) };
    },
  };
  /** Fires the next timer at `at`. */
  const fireAt = (at: number): void => {
    now = at;
    timers.shift()?.fire();
  };
  return { clock, timers, fireAt };
}

it('expires each when its own time is up, in order', async () => {
  const clock = manualClock();
  const deadlines = new Deadlines(clock);
  const expired: string[] = [];
  deadlines.watch(
    watched(() => expired.push(`a ${clock.now()}`)),
    1_000,
    clock.now(),
  );
  await clock.advance(400);
  deadlines.watch(
    watched(() => expired.push(`b ${clock.now()}`)),
    1_000,
    clock.now(),
  );
  await clock.advance(5_000);
  expect(expired).toEqual(['a 1000', 'b 1400']);
});

it('uses one timer for all that share a timeout, and none when idle', async () => {
  const clock = manualClock();
  const deadlines = new Deadlines(clock);
  const all = Array.from({ length: 1_000 }, () => watched(() => undefined));
  for (const one of all) deadlines.watch(one, 1_000, clock.now());
  expect(clock.pendingTimers).toBe(1);
  for (const one of all) deadlines.release(one);
  await clock.advance(1_000);
  expect(clock.pendingTimers).toBe(0);
});

it('does not expire what was released, from the front, the middle or the end', async () => {
  const clock = manualClock();
  const deadlines = new Deadlines(clock);
  const expired: number[] = [];
  const all = Array.from({ length: 5 }, (_, index) => watched(() => expired.push(index)));
  for (const one of all) deadlines.watch(one, 1_000, clock.now());
  for (const index of [0, 2, 4]) {
    const one = all[index];
    if (one) deadlines.release(one);
  }
  await clock.advance(1_000);
  expect(expired).toEqual([1, 3]);
});

it('releases twice without harm', () => {
  const clock = manualClock();
  const deadlines = new Deadlines(clock);
  const one = watched(() => undefined);
  deadlines.watchOnce(one, 10);
  deadlines.release(one);
  deadlines.release(one);
  expect(clock.pendingTimers).toBe(0);
});

it('still expires in time beyond the number of lists that it keeps', async () => {
  const clock = manualClock();
  const deadlines = new Deadlines(clock);
  const expired: number[] = [];
  for (let ms = 1; ms <= 200; ms += 1)
    deadlines.watch(
      watched(() => expired.push(ms)),
      ms,
      clock.now(),
    );
  await clock.advance(200);
  expect(expired).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
  expect(clock.pendingTimers).toBe(0);
});

it('makes room for new timeouts from lists that are idle', async () => {
  const clock = manualClock();
  const deadlines = new Deadlines(clock);
  for (let ms = 1; ms <= 64; ms += 1) {
    const one = watched(() => undefined);
    deadlines.watch(one, ms, clock.now());
    deadlines.release(one);
  }
  await clock.advance(64);
  const first = watched(() => undefined);
  const second = watched(() => undefined);
  deadlines.watch(first, 500, clock.now());
  deadlines.watch(second, 500, clock.now());
  expect(clock.pendingTimers).toBe(1);
});

describe.each(['a list', 'a timer of its own'])('by %s, a deadline', (how) => {
  const watch = (deadlines: Deadlines, one: Watched, ms: number, now = 0): void =>
    how === 'a list' ? deadlines.watch(one, ms, now) : deadlines.watchOnce(one, ms);

  it('that comes a second late lets what has arrived be read first', () => {
    const { clock, timers, fireAt } = lateClock();
    const expired: number[] = [];
    watch(
      new Deadlines(clock),
      watched(() => expired.push(clock.now())),
      500,
    );
    fireAt(1_500);
    expect(expired).toEqual([]);
    expect(timers.map(({ delayMs }) => delayMs)).toEqual([100]);
    fireAt(1_600);
    expect(expired).toEqual([1_600]);
    expect(timers).toEqual([]);
  });

  it('that comes less than a second late ends it at once', () => {
    const { clock, fireAt } = lateClock();
    const expired: number[] = [];
    watch(
      new Deadlines(clock),
      watched(() => expired.push(clock.now())),
      500,
    );
    fireAt(1_499);
    expect(expired).toEqual([1_499]);
  });

  it('keeps no process running, and waits for whole milliseconds', () => {
    const { clock, timers } = lateClock();
    watch(
      new Deadlines(clock),
      watched(() => undefined),
      1.5,
    );
    expect(timers).toMatchObject([{ delayMs: 2, keepAlive: false }]);
  });

  it('is over before it is told so', () => {
    const { clock, fireAt } = lateClock();
    const one = watched(() => expect(one.list).toBeUndefined());
    watch(new Deadlines(clock), one, 500);
    expect(one.list).toBeDefined();
    fireAt(500);
    expect(one.list).toBeUndefined();
  });

  it('is abandoned once when the wrapper closes, and expires no more', () => {
    const { clock } = lateClock();
    const told: string[] = [];
    const deadlines = new Deadlines(clock);
    for (const name of ['a', 'b']) {
      const one = watched(
        () => told.push(`${name} expired`),
        () => told.push(`${name} abandoned`),
      );
      watch(deadlines, one, 500);
    }
    deadlines.abortAll();
    deadlines.abortAll();
    expect(told).toEqual(['a abandoned', 'b abandoned']);
  });

  it('that is released is not abandoned', () => {
    const told: string[] = [];
    const deadlines = new Deadlines(lateClock().clock);
    const one = watched(
      () => undefined,
      () => told.push('abandoned'),
    );
    watch(deadlines, one, 500);
    deadlines.release(one);
    deadlines.abortAll();
    expect(told).toEqual([]);
  });
});

it('starts one timer where the end of one deadline begins the next', () => {
  const { clock, timers, fireAt } = lateClock();
  const deadlines = new Deadlines(clock);
  deadlines.watch(
    watched(() =>
      deadlines.watch(
        watched(() => undefined),
        500,
        500,
      ),
    ),
    500,
    0,
  );
  deadlines.watch(
    watched(() => undefined),
    500,
    100,
  );
  fireAt(500);
  expect(timers.map(({ delayMs }) => delayMs)).toEqual([500]);
});

it('leaves no timer once it is closed', () => {
  const clock = manualClock();
  const deadlines = new Deadlines(clock);
  const one = watched(() => undefined);
  deadlines.watch(one, 500, clock.now());
  deadlines.release(one);
  expect(clock.pendingTimers).toBe(1);
  deadlines.close();
  expect(clock.pendingTimers).toBe(0);
});

it('has no timer to stop where nothing was watched since the last one fired', () => {
  const { clock, fireAt } = lateClock();
  const deadlines = new Deadlines(clock);
  deadlines.watch(
    watched(() => undefined),
    500,
    0,
  );
  fireAt(500);
  expect(() => deadlines.close()).not.toThrow();
});

describe('beyond the number of lists that it keeps', () => {
  const fill = (clock: Clock, count: number): Deadlines => {
    const deadlines = new Deadlines(clock);
    for (let ms = 1; ms <= count; ms += 1) {
      deadlines.watch(
        watched(() => undefined),
        ms,
        clock.now(),
      );
    }
    return deadlines;
  };
  /** How many timers two deadlines of one more timeout take. */
  const share = (clock: ManualClock, deadlines: Deadlines): number => {
    const before = clock.pendingTimers;
    for (let time = 0; time < 2; time += 1) {
      deadlines.watch(
        watched(() => undefined),
        1_000,
        clock.now(),
      );
    }
    return clock.pendingTimers - before;
  };

  it.each([
    [63, 1],
    [64, 2],
  ])('after %i timeouts, two deadlines of another take %i timers', (count, timers) => {
    const clock = manualClock();
    expect(share(clock, fill(clock, count))).toBe(timers);
  });

  it('only lists that are idle make room: the others still expire', async () => {
    const clock = manualClock();
    const deadlines = fill(clock, 64);
    await clock.advance(1);
    expect(share(clock, deadlines)).toBe(1);
    // The list of 2 ms is still the one that its deadline stands in.
    const expired: number[] = [];
    deadlines.watch(
      watched(() => expired.push(clock.now())),
      2,
      clock.now(),
    );
    await clock.advance(2);
    expect(expired).toEqual([3]);
  });
});
