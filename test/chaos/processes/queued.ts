// 10,000 calls that wait for their quota, in a process with little memory: prints how they ended.
import { createResilience } from '@defender-resilience/core';

const CALLS = 10_000;
const resilience = createResilience({ quota: 'documented', throttle: { maxWaiting: CALLS } });
const ends = new Map<string, number>();
const count = (end: string): void => void ends.set(end, (ends.get(end) ?? 0) + 1);
const options = { deadlineMs: 86_400_000 };
const calls = Array.from({ length: CALLS }, () =>
  resilience
    .execute('incidents.list', () => Promise.resolve('sent'), options)
    .then(count, (error: unknown) => count(error instanceof Error ? error.name : 'unknown')),
);
const waiting = resilience.snapshot().throttles[0]?.waiting ?? 0;
await resilience.close();
await Promise.all(calls);
const { inFlight } = resilience.snapshot();
process.stdout.write(JSON.stringify({ waiting, inFlight, ends: Object.fromEntries(ends) }));
