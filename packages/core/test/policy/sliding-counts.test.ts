import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SlidingCounts } from '../../src/policy/sliding-counts.ts';

it('counts what is in the window and forgets the rest, for any schedule', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 200 }), (gaps) => {
      const counts = new SlidingCounts(60_000);
      const times: number[] = [];
      let now = 0;
      for (const gap of gaps) {
        now += gap;
        times.push(now);
        counts.addFirst(now);
        const certain = times.filter((at) => at > now - 60_000).length;
        const possible = times.filter((at) => at > now - 61_000).length;
        expect(counts.first(now)).toBeGreaterThanOrEqual(certain);
        expect(counts.first(now)).toBeLessThanOrEqual(possible);
      }
    }),
  );
});

it('forgets while nothing is counted', () => {
  const counts = new SlidingCounts(1_000);
  counts.addSecond(0);
  expect(counts.second(500)).toBe(1);
  expect(counts.second(1_100)).toBe(0);
});

it('keeps the two counts apart and clears both', () => {
  const counts = new SlidingCounts(1_000);
  counts.addFirst(0);
  counts.addFirst(0);
  counts.addSecond(0);
  expect([counts.first(0), counts.second(0)]).toEqual([2, 1]);
  counts.clear();
  expect([counts.first(0), counts.second(0)]).toEqual([0, 0]);
});
