import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RetryBudget } from '../../src/policy/budget.ts';

function takeAll(budget: RetryBudget, now: number): number {
  let taken = 0;
  while (taken < 10_000 && budget.tryRetry(now)) taken += 1;
  return taken;
}

describe('the retry budget', () => {
  it('allows the reserve to a client that has made no calls', () => {
    expect(takeAll(new RetryBudget({ ratio: 0.2, minPerMinute: 30 }), 0)).toBe(30);
  });

  it('adds a share of the calls of the last minute', () => {
    const budget = new RetryBudget({ ratio: 0.2, minPerMinute: 30 });
    for (let call = 0; call < 100; call += 1) budget.countCall(0);
    expect(takeAll(budget, 1)).toBe(50);
  });

  it('takes nothing when it refuses', () => {
    const budget = new RetryBudget({ ratio: 0, minPerMinute: 1 });
    expect([budget.tryRetry(0), budget.tryRetry(0), budget.tryRetry(0)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(budget.snapshot(0)).toEqual({ calls: 0, retries: 1, allowed: 1 });
  });

  it('forgets what is more than a minute old', () => {
    const budget = new RetryBudget({ ratio: 0.2, minPerMinute: 1 });
    for (let call = 0; call < 100; call += 1) budget.countCall(0);
    expect(takeAll(budget, 0)).toBe(21);
    expect(takeAll(budget, 62_000)).toBe(1);
  });

  it('grants no retry beyond its bound, for any schedule', () => {
    const step = fc.record({
      afterMs: fc.integer({ min: 0, max: 20_000 }),
      retries: fc.integer({ min: 0, max: 10 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const budget = new RetryBudget({ ratio: 0.2, minPerMinute: 3 });
        const calls: number[] = [];
        const retries: number[] = [];
        let now = 0;
        for (const { afterMs, retries: wanted } of steps) {
          now += afterMs;
          budget.countCall(now);
          calls.push(now);
          const within = (times: number[], ms: number): number =>
            times.filter((at) => at > now - ms).length;
          for (let retry = 0; retry < wanted; retry += 1) {
            if (!budget.tryRetry(now)) continue;
            retries.push(now);
            // A call counts for at most one slice more than the minute.
            expect(within(retries, 60_000)).toBeLessThanOrEqual(0.2 * within(calls, 61_000) + 3);
          }
        }
      }),
    );
  });
});
