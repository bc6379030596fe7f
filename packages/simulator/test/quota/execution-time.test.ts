import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExecutionTimeBudget } from '../../src/quota/execution-time.ts';

const HOUR = 3_600_000;

describe('a budget of execution time', () => {
  it('lets a query run until the budget is used up, and again when what was used is old', () => {
    const time = new ExecutionTimeBudget(600_000, HOUR);
    time.spend(300_000, 0);
    expect(time.waitMs(0)).toBe(0);
    time.spend(300_000, 300_000);
    expect(time.usedMs(300_000)).toBe(600_000);
    // What was spent at 0 leaves the hour one step late, in the steps that it is counted in.
    expect(time.waitMs(300_000)).toBe(HOUR + 60_000 - 300_000);
    expect(time.waitMs(HOUR + 60_000)).toBe(0);
    expect(time.usedMs(2 * HOUR)).toBe(0);
  });

  it('allows a query after the returned wait, and no sooner', () => {
    const spending = fc.array(
      fc.record({ gap: fc.integer({ min: 0, max: 500 }), ms: fc.integer({ min: 1, max: 300 }) }),
      { minLength: 1, maxLength: 50 },
    );
    fc.assert(
      fc.property(spending, (charges) => {
        const time = new ExecutionTimeBudget(500, 6000);
        let now = 0;
        for (const { gap, ms } of charges) {
          now += gap;
          time.spend(ms, now);
        }
        const waitMs = time.waitMs(now);
        if (waitMs > 0) expect(time.waitMs(now + waitMs - 1)).toBeGreaterThan(0);
        expect(time.waitMs(now + waitMs)).toBe(0);
      }),
    );
  });
});
