import fc from 'fast-check';
import { expect, it } from 'vitest';
import { manualClock } from '../../src/testing/index.ts';
import { world } from './support.ts';

const arrival = fc.record({
  gapMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 30_000 })),
  transitMs: fc.integer({ min: 0, max: 1_000 }),
  returnMs: fc.integer({ min: 0, max: 3_000 }),
  priority: fc.integer({ min: 0, max: 2 }),
  name: fc.constantFrom('a', 'b', 'c'),
  abortAfterMs: fc.option(fc.integer({ min: 0, max: 60_000 }), { freq: 4, nil: undefined }),
  limitMs: fc.oneof(fc.constant(1e9), fc.integer({ min: 0, max: 120_000 })),
});

const quota = fc.record({
  perMinute: fc.integer({ min: 1, max: 12 }),
  perHour: fc.integer({ min: 5, max: 60 }),
});

it('for any arrivals, limits and windows: never more than a sliding window allows, none starves, none is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(arrival, { maxLength: 60 }),
      quota,
      fc.integer({ min: 1_000, max: 60_000 }),
      fc.integer({ min: 0, max: 40 }),
      async (arrivals, limits, minuteMs, maxWaiting) => {
        const clock = manualClock();
        const { gate, ask } = world({ minuteMs, maxWaiting }, clock);
        const arrived: number[] = [];
        const ended: string[] = [];
        let most = 0;
        for (const { gapMs, transitMs, returnMs, abortAfterMs, ...asked } of arrivals) {
          if (gapMs > 0) await clock.advance(gapMs);
          const controller = new AbortController();
          if (abortAfterMs !== undefined) clock.timer(() => controller.abort('left'), abortAfterMs);
          const options = { ...asked, quota: limits, keep: true, signal: controller.signal };
          void ask('call', options).then(
            (ticket) => {
              if (ticket === undefined || 'refused' in ticket) {
                ended.push('refused');
                return;
              }
              ended.push('sent');
              clock.timer(() => arrived.push(clock.now()), transitMs);
              clock.timer(() => ticket.completed(), transitMs + returnMs);
            },
            () => ended.push('aborted'),
          );
          most = Math.max(most, gate.quotas()[0]?.waiting ?? 0);
        }
        // Long enough for all of them, one by one.
        await clock.advance(70 * minuteMs * arrivals.length + 10_000);
        expect(ended).toHaveLength(arrivals.length);
        expect(most).toBeLessThanOrEqual(maxWaiting);
        expect(clock.pendingTimers).toBe(0);
        for (const [limit, windowMs] of [
          [limits.perMinute, minuteMs],
          [limits.perHour, 60 * minuteMs],
        ] as const) {
          for (const [index, at] of arrived.entries()) {
            const before = arrived[index - limit];
            if (before !== undefined) expect(at - before).toBeGreaterThanOrEqual(windowMs);
          }
        }
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);
