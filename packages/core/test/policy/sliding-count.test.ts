import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SlidingCount } from '../../src/policy/sliding-count.ts';

it('counts what is in the window and forgets the rest, for any schedule', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 200 }), (gaps) => {
      const counts = new SlidingCount(60_000);
      const times: number[] = [];
      let now = 0;
      for (const gap of gaps) {
        now += gap;
        times.push(now);
        counts.add(now);
        const certain = times.filter((at) => at > now - 60_000).length;
        const possible = times.filter((at) => at > now - 61_000).length;
        expect(counts.total(now)).toBeGreaterThanOrEqual(certain);
        expect(counts.total(now)).toBeLessThanOrEqual(possible);
      }
    }),
  );
});

it('forgets while nothing is counted', () => {
  const counts = new SlidingCount(1_000);
  counts.add(0);
  expect(counts.total(500)).toBe(1);
  expect(counts.total(1_100)).toBe(0);
});

it('clears what it counted', () => {
  const counts = new SlidingCount(1_000);
  counts.add(0);
  counts.add(0);
  expect(counts.total(0)).toBe(2);
  counts.clear();
  expect(counts.total(0)).toBe(0);
  counts.add(0);
  expect(counts.total(0)).toBe(1);
});

it('forgets each event exactly when its slice has left the window', () => {
  const counts = new SlidingCount(60);
  counts.add(0);
  expect(counts.total(60)).toBe(1);
  expect(counts.total(61)).toBe(0);
});

it('forgets everything after a long silence, and counts anew', () => {
  const counts = new SlidingCount(60);
  for (let now = 0; now <= 60; now += 1) counts.add(now);
  expect(counts.total(60)).toBe(61);
  expect(counts.total(1_000_000)).toBe(0);
});

it('forgets nothing twice after it was cleared', () => {
  const counts = new SlidingCount(60);
  counts.add(0);
  counts.clear();
  expect(counts.total(100)).toBe(0);
});

it('keeps what it counted when time is told backwards', () => {
  const counts = new SlidingCount(60);
  counts.add(30);
  counts.add(20);
  expect(counts.total(30)).toBe(2);
});
