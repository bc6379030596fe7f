import { createResilience, type QuotaLimiter } from '@defender-resilience/core';
import { startSimulator } from '@defender-resilience/simulator';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { expect, it } from 'vitest';
import { counted } from './watch.ts';

const MINUTE_MS = 1_500;
const LIMIT = 100;

it('counts together through another limiter of the package as well', async () => {
  await using simulator = await startSimulator({ minuteMs: MINUTE_MS, record: 'counts' });
  const limiter: QuotaLimiter = new RateLimiterMemory({ points: 5, duration: 1 });
  const calls = [1, 2].map(async () => {
    const { fetch } = createResilience({
      hosts: { [new URL(simulator.url).host]: 'all' },
      quota: { limiter, minuteMs: MINUTE_MS, transitMs: 500 },
    });
    for (let call = 0; call < LIMIT; call += 1) {
      const response = await fetch(`${simulator.url}/api/alerts?$top=1`);
      await response.arrayBuffer();
    }
  });
  const startedAt = performance.now();
  await Promise.all(calls);
  expect(counted(simulator)).toEqual({ allowed: 2 * LIMIT, refused: 0 });
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(MINUTE_MS);
});
