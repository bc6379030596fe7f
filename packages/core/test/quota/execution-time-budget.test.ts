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

  /** A budget on which queries were spent, each of so many milliseconds, that ended at a time. */
  function spent(
    limits: ConstructorParameters<typeof ExecutionTimeBudget>[0],
    queries: readonly (readonly [ms: number, endedAt: number])[],
  ): ExecutionTimeBudget {
    const time = new ExecutionTimeBudget(limits);
    for (const [ms, endedAt] of queries) {
      time.begin();
      time.end(ms, endedAt);
    }
    return time;
  }

  it('leaves the window in slices of a sixtieth', () => {
    const queries = [
      [1, 0],
      [2, 10],
      [4, 11],
    ] as const;
    const used = (now: number): number | undefined =>
      spent([{ limitMs: 100, windowMs: 600 }], queries).state(now)?.usedMs;
    expect([609, 610, 620, 621].map(used)).toEqual([7, 4, 4, 0]);
  });

  it('holds nothing below its limit, and all from it on', () => {
    const limits = [{ limitMs: 10, windowMs: 600 }];
    expect(spent(limits, [[9, 0]]).waitMs(0)).toBe(0);
    expect(spent(limits, [[10, 0]]).waitMs(0)).toBe(610);
    const twice = [
      [10, 0],
      [10, 100],
    ] as const;
    expect(spent(limits, twice).waitMs(100)).toBe(610);
    expect(spent(limits, [...twice, [10, 200]]).waitMs(300)).toBe(510);
  });

  it('waits for the budget that is spent the longest', () => {
    const limits = [
      { limitMs: 10, windowMs: 600 },
      { limitMs: 10, windowMs: 6_000 },
    ];
    expect(spent(limits, [[10, 0]]).waitMs(0)).toBe(6_100);
    expect(spent(limits.toReversed(), [[10, 0]]).waitMs(0)).toBe(6_100);
    expect(spent([], [[10, 0]]).waitMs(0)).toBe(0);
    expect(spent([], [[10, 0]]).state(0)).toBeUndefined();
  });

  it.each([
    // The latest query counts three tenths: 13 ms are expected of the next.
    [1, 43, 610],
    [1, 44, 0],
    [2, 56, 610],
    [2, 57, 0],
    [2, 20, 600],
  ])('reserves for %i running queries what those before took: of %i ms', (running, limitMs, ms) => {
    const limits = [{ limitMs, windowMs: 600 }];
    const time = spent(limits, [
      [10, 0],
      [20, 0],
    ]);
    for (let query = 0; query < running; query += 1) time.begin();
    expect(time.waitMs(0)).toBe(ms);
  });

  it('tells of the scarcest of its budgets', () => {
    const time = new ExecutionTimeBudget([
      { limitMs: 100, windowMs: 600 },
      { limitMs: 30, windowMs: 6_000 },
    ]);
    time.begin();
    time.end(20, 0);
    expect(time.state(0)).toEqual({ usedMs: 20, limitMs: 30 });
    // By what is left, and not by what is spent or allowed.
    const other = spent(
      [
        { limitMs: 50, windowMs: 600 },
        { limitMs: 100, windowMs: 6_000 },
      ],
      [
        [70, 0],
        [20, 1_000],
      ],
    );
    expect(other.state(1_000)).toEqual({ usedMs: 90, limitMs: 100 });
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
