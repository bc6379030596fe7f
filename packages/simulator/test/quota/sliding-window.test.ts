import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlidingWindow } from '../../src/quota/sliding-window.ts';

const arrivals = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 200 });
const limits = fc.integer({ min: 1, max: 20 });

/** The times at which calls with these gaps are allowed. */
function letThrough(window: SlidingWindow, gaps: readonly number[]): readonly number[] {
  let now = 0;
  return gaps.flatMap((gap) => {
    now += gap;
    return window.take(now) === 0 ? [now] : [];
  });
}

describe('a sliding window', () => {
  it('never lets more than its limit through in any stretch of its length', () => {
    fc.assert(
      fc.property(limits, arrivals, (limit, gaps) => {
        const times = letThrough(new SlidingWindow(limit, 100), gaps);
        times.forEach((start, index) => {
          const inside = times.slice(index).filter((time) => time - start < 100);
          expect(inside.length).toBeLessThanOrEqual(limit);
        });
      }),
    );
  });

  it('lets through whoever waits as long as it says', () => {
    fc.assert(
      fc.property(limits, arrivals, (limit, gaps) => {
        const window = new SlidingWindow(limit, 100);
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          const waitMs = window.take(now);
          if (waitMs > 0) {
            now += waitMs;
            expect(window.take(now)).toBe(0);
          }
        }
      }),
    );
  });

  it('lets every call through that keeps to the pace', () => {
    fc.assert(
      fc.property(limits, fc.integer({ min: 1, max: 100 }), (limit, calls) => {
        const window = new SlidingWindow(limit, 100 * limit);
        for (let call = 0; call < calls; call += 1) expect(window.take(call * 100)).toBe(0);
      }),
    );
  });

  it('counts refused calls as well: who does not wait, waits longer', () => {
    const window = new SlidingWindow(2, 100);
    expect([window.take(0), window.take(1), window.take(50)]).toEqual([0, 0, 51]);
    // At 100 the call of 0 has left the window, but the refused one of 50 is still in it.
    expect(window.take(100)).toBe(50);
    expect(window.used(100)).toBe(2);
    expect([window.used(149), window.used(150), window.used(1000)]).toEqual([2, 1, 0]);
  });

  it('holds less of it for one who shares it, and nothing where others took all', () => {
    const window = new SlidingWindow(4, 100);
    expect([window.take(0, 2), window.take(0, 2), window.take(0, 2)]).toEqual([0, 0, 100]);
    expect(window.waitMs(0, 4)).toBe(100);
    expect(window.waitMs(0, 0)).toBe(0);
  });
});
