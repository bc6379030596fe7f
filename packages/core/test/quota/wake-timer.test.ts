import type { Clock } from '@defender-resilience/core';
import { expect, it } from 'vitest';
import { WakeTimer } from '../../src/quota/wake-timer.ts';
import { type ManualClock, manualClock } from '../../src/testing/index.ts';

function setup(): {
  readonly clock: ManualClock;
  readonly timer: WakeTimer;
  readonly woken: number[];
  /** What the clock was asked for. */
  readonly timers: unknown[];
} {
  const clock = manualClock();
  const timers: unknown[] = [];
  const watched: Clock = {
    ...clock,
    timer(callback, delayMs, options) {
      timers.push([delayMs, options]);
      return clock.timer(callback, delayMs);
    },
  };
  const woken: number[] = [];
  return { clock, timer: new WakeTimer(watched, () => woken.push(clock.now())), woken, timers };
}

it('wakes once, in whole milliseconds, and lets the process end before', async () => {
  const { clock, timer, woken, timers } = setup();
  timer.set(99.2, 0);
  await clock.advance(1_000);
  expect(woken).toEqual([100]);
  expect(timers).toEqual([[100, { keepAlive: false }]]);
  timer.set(1, 1_000);
  await clock.advance(1_000);
  expect(woken).toEqual([100, 1_001]);
});

it('wakes at the time that was set last', async () => {
  const { clock, timer, woken } = setup();
  timer.set(100, 0);
  timer.set(50, 0);
  await clock.advance(75);
  timer.set(25, 75);
  timer.set(500, 75);
  await clock.advance(1_000);
  expect(woken).toEqual([50, 575]);
  expect(clock.pendingTimers).toBe(0);
});

it('goes on with the timer that it has where the time is the same', async () => {
  const { clock, timer, woken, timers } = setup();
  timer.set(100, 0);
  await clock.advance(60);
  timer.set(40, 60);
  await clock.advance(40);
  expect([woken, timers.length]).toEqual([[100], 1]);
});

it('wakes no more once it is cancelled, and can be set again', async () => {
  const { clock, timer, woken } = setup();
  timer.cancel();
  timer.set(100, 0);
  timer.cancel();
  await clock.advance(200);
  expect(woken).toEqual([]);
  timer.set(100, 0);
  await clock.advance(100);
  expect(woken).toEqual([300]);
});

it('sets no timer that is longer than Node allows', () => {
  const { timer, timers } = setup();
  timer.set(1e12, 0);
  expect(timers).toEqual([[2_147_483_647, { keepAlive: false }]]);
});
