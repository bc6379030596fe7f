import { expect, it } from 'vitest';
import { systemClock } from '../src/clock.ts';

it('keeps to real time, whatever fractions of a millisecond are waited for', async () => {
  // A stall between the two looks makes a sample smaller, never larger.
  const ahead = (): number =>
    Math.max(...Array.from({ length: 20 }, () => systemClock.now() - performance.now()));
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
  expect(ahead() - before).toBeLessThan(0.5);
});
