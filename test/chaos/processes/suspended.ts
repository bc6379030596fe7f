// Calls of a process that is stopped meanwhile, as a laptop that sleeps: prints how they ended.
import { type CallEnd, createResilience } from '@defender-resilience/core';

const url = process.argv[2] ?? '';
const ends: CallEnd[] = [];
const resilience = createResilience({
  attemptTimeoutMs: 300,
  deadlineMs: 60_000,
  retry: { initialDelayMs: 1, maxDelayMs: 2 },
  observers: [{ call: () => ({ end: (end) => void ends.push(end) }) }],
});
const calls = ['stalls', 'waits'].map(async (path) =>
  (await resilience.fetch(`${url}/${path}`)).text(),
);
const answers = await Promise.all(calls);
// Over a connection that was idle while the process slept.
answers.push(await (await resilience.fetch(`${url}/after`)).text());
process.stdout.write(
  JSON.stringify({
    answers,
    outcomes: ends.map(({ outcome }) => outcome),
    attempts: ends.map(({ attempts }) => attempts),
    circuits: resilience.snapshot().circuits.map(({ state }) => state),
  }),
);
await resilience.close();
