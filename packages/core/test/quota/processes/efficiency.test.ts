import { expect, it } from 'vitest';
import { type Job, run } from './bulk.ts';
import { OURS, PEERS } from './clients.ts';

const JOB: Job = { calls: 300, concurrency: 20, minuteMs: 5_000 };
/** Enough to see that they are refused, and over sooner. */
const SHORT_JOB: Job = { ...JOB, calls: 150 };

it('a bulk job uses at least 98 % of the allowed calls and is not throttled, as its peers are', async () => {
  const [ours, ...peers] = await Promise.all([
    run(OURS, JOB),
    ...PEERS.map((competitor) => run(competitor, SHORT_JOB)),
  ]);
  expect(ours).toMatchObject({ done: JOB.calls, lost: 0, refused: 0 });
  expect(ours.used).toBeGreaterThanOrEqual(0.98);
  for (const { name, refused } of peers) expect(refused, name).toBeGreaterThan(10);
}, 60_000);
