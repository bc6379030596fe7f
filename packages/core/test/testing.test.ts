import { manualClock } from '@defender-resilience/core/testing';
import { describe, expect, it } from 'vitest';
import { MAX_TIMER_MS, sleep, systemClock } from '../src/clock.ts';

describe('the manual clock', () => {
  it('stands still until it is told to go on, and fires in order', async () => {
    const clock = manualClock({ epoch: 1_000 });
    const fired: string[] = [];
    clock.timer(() => fired.push('b'), 20);
    clock.timer(() => fired.push('a'), 10);
    clock.timer(() => fired.push('c'), 20);
    expect([clock.now(), clock.epoch(), clock.nextTimerMs, clock.pendingTimers]).toEqual([
      0, 1_000, 10, 3,
    ]);
    await clock.advance(20);
    expect(fired).toEqual(['a', 'b', 'c']);
    expect([clock.now(), clock.epoch(), clock.nextTimerMs]).toEqual([20, 1_020, undefined]);
  });

  it('settles a promise by its timers and says when none is left', async () => {
    const clock = manualClock();
    await expect(clock.settle(sleep(clock, 5_000).then(() => clock.now()))).resolves.toBe(5_000);
    await expect(clock.settle(new Promise(() => undefined))).rejects.toThrow(
      'There are no timers left',
    );
  });
});

describe('sleep', () => {
  it('rejects at once with the reason of a signal that is aborted', async () => {
    const reason = new Error('enough');
    await expect(sleep(manualClock(), 1, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('waits longer than one timer can', async () => {
    const clock = manualClock();
    let woke = 0;
    void sleep(clock, MAX_TIMER_MS + 5).then(() => {
      woke = clock.now();
    });
    await clock.advance(MAX_TIMER_MS + 4);
    expect(woke).toBe(0);
    await clock.advance(1);
    expect(woke).toBe(MAX_TIMER_MS + 5);
  });

  it('does not end early when its timer does', async () => {
    const clock = manualClock();
    const early = {
      ...clock,
      now: clock.now,
      timer: (callback: () => void, ms: number) => clock.timer(callback, Math.ceil(ms / 2)),
    };
    let woke = -1;
    void sleep(early, 1_000).then(() => {
      woke = clock.now();
    });
    await clock.advance(999);
    expect(woke).toBe(-1);
    await clock.advance(1);
    expect(woke).toBe(1_000);
  });
});

describe('the system clock', () => {
  it('is monotonic and knows the date', () => {
    expect(systemClock.now()).toBeLessThanOrEqual(systemClock.now());
    expect(new Date(systemClock.epoch()).getUTCFullYear()).toBeGreaterThanOrEqual(2026);
  });

  it('fires once, and not after a cancel', async () => {
    let cancelled = false;
    systemClock
      .timer(() => {
        cancelled = true;
      }, 0)
      .cancel();
    await new Promise<void>((resolve) => void systemClock.timer(resolve, 1, { keepAlive: false }));
    expect(cancelled).toBe(false);
  });
});
