import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExecutionTimeBudget } from '../../src/quota/execution-time-budget.ts';

describe('the running time of queries', () => {
  it('has nothing to hold before anything was spent', () => {
    const time = new ExecutionTimeBudget([{ limitMs: 10, windowMs: 600 }]);
    expect(time.waitMs(0)).toBe(0);
    expect(time.state(0)).toEqual({ usedMs: 0, limitMs: 10 });
  });

  it('waits until enough of it has left the window', () => {
    const time = new ExecutionTimeBudget([{ limitMs: 10, windowMs: 600 }]);
    time.begin();
    time.end(6, 0);
    time.begin();
    time.end(6, 100);
    // What was spent at 0 leaves with its slice of 10 ms.
    expect(time.waitMs(100)).toBe(510);
    expect(time.waitMs(610)).toBe(0);
  });

  it('tells of the scarcest of its budgets', () => {
    const time = new ExecutionTimeBudget([
      { limitMs: 100, windowMs: 600 },
      { limitMs: 30, windowMs: 6_000 },
    ]);
    time.begin();
    time.end(20, 0);
    expect(time.state(0)).toEqual({ usedMs: 20, limitMs: 30 });
  });

  it('forgets what was expected of a query that was not run', () => {
    const time = new ExecutionTimeBudget([{ limitMs: 10, windowMs: 600 }]);
    time.begin();
    time.end(30, 0);
    time.begin();
    expect(time.waitMs(1_000)).toBe(600);
    time.cancel();
    expect(time.waitMs(1_000)).toBe(0);
  });

  it('lets no query begin while its budget is spent, one at a time', () => {
    const query = fc.record({ gapMs: fc.nat({ max: 300 }), tookMs: fc.nat({ max: 50 }) });
    fc.assert(
      fc.property(
        fc.array(query, { maxLength: 50 }),
        fc.integer({ min: 1, max: 100 }),
        (queries, limitMs) => {
          const time = new ExecutionTimeBudget([{ limitMs, windowMs: 600 }]);
          const spent: { readonly at: number; readonly ms: number }[] = [];
          let now = 0;
          for (const { gapMs, tookMs } of queries) {
            now += gapMs;
            now += time.waitMs(now);
            const used = spent
              .filter(({ at }) => at > now - 600)
              .reduce((sum, { ms }) => sum + ms, 0);
            expect(used).toBeLessThan(limitMs);
            time.begin();
            now += tookMs;
            time.end(tookMs, now);
            spent.push({ at: now, ms: tookMs });
          }
        },
      ),
    );
  });
});
