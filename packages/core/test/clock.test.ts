import { expect, it } from 'vitest';
import { systemClock } from '../src/clock.ts';

it('keeps to real time, whatever fractions of a millisecond are waited for', async () => {
  const ahead = (): number => systemClock.now() - performance.now();
  const before = ahead();
  const waits = Array.from({ length: 500 }, (_, index) => index / 7.3);
  await Promise.all(
    waits.map(
      (ms) =>
        new Promise<void>((resolve) => {
          systemClock.timer(resolve, ms);
        }),
    ),
  );
  // Between the two clocks that `ahead` reads there is less than this.
  expect(ahead() - before).toBeLessThan(0.5);
});
