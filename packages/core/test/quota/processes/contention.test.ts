import { setTimeout as passed } from 'node:timers/promises';
import { createResilience } from '@defender-resilience/core';
import { startSimulator } from '@defender-resilience/simulator';
import { expect, it } from 'vitest';
import { counted, minutesFor } from './watch.ts';

const MINUTE_MS = 2_000;

it('makes way within two minutes for another application that takes half, and takes it back within two', async () => {
  await using simulator = await startSimulator({ minuteMs: MINUTE_MS, record: 'counts' });
  const resilience = createResilience({
    hosts: { [new URL(simulator.url).host]: 'all' },
    quota: { minuteMs: MINUTE_MS },
  });
  let working = true;
  const work = async (): Promise<void> => {
    while (working) {
      const response = await resilience.fetch(`${simulator.url}/api/alerts?$top=1`);
      await response.arrayBuffer();
    }
  };
  const workers = Promise.all(Array.from({ length: 10 }, work));
  await passed(MINUTE_MS);

  const foreign = simulator.foreignLoad('alerts', 0.5);
  await passed(2 * MINUTE_MS);
  // Fifty a minute are left. They are used, and few more are tried for.
  const before = counted(simulator).refused;
  expect(await minutesFor(simulator, 75, MINUTE_MS)).toBeLessThan(2);
  expect(counted(simulator).refused - before).toBeLessThanOrEqual(15);

  foreign.end();
  await passed(2 * MINUTE_MS);
  expect(await minutesFor(simulator, 95, MINUTE_MS)).toBeLessThan(1.2);
  expect(resilience.snapshot().quotas[0]?.windows[0]?.limit).toBeGreaterThanOrEqual(95);
  working = false;
  await workers;
}, 60_000);
