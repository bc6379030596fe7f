import { expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { Deadlines, type Watched } from '../../src/policy/deadlines.ts';
import { manualClock } from '../../src/testing/index.ts';

function watched(onExpire: () => void): Watched {
  return {
    expiresAt: 0,
    list: undefined,
    before: undefined,
    after: undefined,
    expire: onExpire,
    abandon: () => undefined,
  };
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

/** A clock whose timers fire when the test says so: as after a stall, later than they were due. */
function stalledClock() {
  let now = 0;
  const timers: { callback: () => void; delayMs: number }[] = [];
  const clock: Clock = {
    now: () => now,
    epoch: () => now,
    timer(callback, delayMs) {
      timers.push({ callback, delayMs });
      return { cancel: () => undefined };
    },
  };
  const fire = (at: number): number => {
    now = at;
    const { callback = expect.fail, delayMs = 0 } = timers.shift() ?? {};
    callback();
    return delayMs;
  };
  return { clock, fire, timers };
}

it('after a stall, first lets what has arrived be read', () => {
  const { clock, fire, timers } = stalledClock();
  const deadlines = new Deadlines(clock);
  const expired: string[] = [];
  const answered = watched(() => expired.push('answered'));
  deadlines.watch(answered, 300, 0);
  deadlines.watch(
    watched(() => expired.push('lost')),
    300,
    0,
  );
  expect(fire(3_000)).toBe(300);
  expect(expired).toEqual([]);
  expect(timers.map(({ delayMs }) => delayMs)).toEqual([100]);
  deadlines.release(answered);
  fire(3_100);
  expect(expired).toEqual(['lost']);
});

it('takes a timer that is late by less than a second for a busy process', () => {
  const { clock, fire } = stalledClock();
  const deadlines = new Deadlines(clock);
  const expired: string[] = [];
  deadlines.watch(
    watched(() => expired.push('late')),
    300,
    0,
  );
  fire(1_299);
  expect(expired).toEqual(['late']);
});
