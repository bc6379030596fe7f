import { setTimeout as passed } from 'node:timers/promises';
import { createResilience } from '@defender-resilience/core';
import { startSimulator } from '@defender-resilience/simulator';
import { expect, it } from 'vitest';

const MINUTE_MS = 2_000;
/** What the documentation allows for actions on devices. */
const LIMIT = 100;

it('sends an urgent call behind a thousand queued ones with the next free slot', async () => {
  await using simulator = await startSimulator({ minuteMs: MINUTE_MS });
  const resilience = createResilience({ quota: { minuteMs: MINUTE_MS } });
  const over = new AbortController();
  const call = (path: string, priority: number): Promise<Response> =>
    resilience.execute(
      'machines.runAntiVirusScan',
      ({ signal }) => fetch(`${simulator.url}${path}`, { signal, method: 'POST' }),
      { priority, signal: over.signal },
    );
  const scans = Array.from({ length: LIMIT + 1_000 }, (_, index) =>
    call(`/api/machines/${index}/runAntiVirusScan`, 0).catch((reason: unknown) => reason),
  );
  while (simulator.requests.length < LIMIT) await passed(5);
  expect(resilience.snapshot().quotas[0]?.waiting).toBe(1_000);
  await call('/api/machines/1/isolate', 10);
  // The first request after those that went before it was asked for.
  expect(simulator.requests[LIMIT]?.path).toBe('/api/machines/1/isolate');
  over.abort(new Error('that was all'));
  await Promise.all(scans);
  expect(resilience.snapshot().inFlight).toBe(0);
  expect(simulator.quotaUsage()[0]?.refused).toBe(0);
});
