import { createResilience } from '@defender-resilience/core';
import { startSimulator } from '@defender-resilience/simulator';
import { type Bare, runBare } from './compare.ts';
import { type Entry, Journal } from './journal.ts';
import type { Metrics } from './metrics.ts';
import { program } from './program.ts';
import { Progress } from './progress.ts';
import { callReport, comparison, scrapeReport } from './report.ts';
import { MAX_RETRIES, type Scenario, scenarios } from './scenarios.ts';

interface Result {
  readonly title: string;
  readonly entries: readonly Entry[];
  readonly requests: number;
  readonly bare: Bare;
  readonly faults: readonly string[];
}

/** Goes through every scenario against the simulator; true when each went as it should. */
export async function runSimulated({ observer, scrape }: Metrics): Promise<boolean> {
  const simulator = await startSimulator({ quotas: 'off' });
  console.log(`A Defender API that fails on demand listens at ${simulator.url}\n`);
  const results: Result[] = [];
  try {
    for (const scenario of scenarios) results.push(await runScenario(scenario));
  } finally {
    await simulator.close({ ignoreUnconsumed: true });
  }
  console.log(
    `\nWhat happened to each call\n\n${callReport(results.flatMap(({ entries }) => entries))}`,
  );
  console.log(`\nThe same calls without the wrapper\n\n${comparison(results)}`);
  console.log(`\nWhat a scrape of /metrics shows now\n\n${scrapeReport(await scrape())}\n`);
  return results.every(({ faults }) => faults.length === 0);

  async function runScenario(scenario: Scenario): Promise<Result> {
    const progress = new Progress(scenario.title);
    const bare = runBare(scenario);
    simulator.reset();
    scenario.prepare(simulator);
    const journal = new Journal();
    // The one line that changes: the program gets this fetch instead of the built-in one. Waits are
    // shortened so that the demo ends in under a minute.
    const { fetch } = createResilience({
      hosts: { [new URL(simulator.url).host]: 'all' },
      observers: [journal.observer, observer],
      retry: { maxRetries: MAX_RETRIES, initialDelayMs: 300, maxDelayMs: 1_000 },
      circuit: { minimumAttempts: 5, openMs: 1_000 },
    });
    const calls = program({ fetch, baseUrl: simulator.url, token: 'demo' });
    await scenario.run(calls, (done, of) => progress.at(done, of));
    const { entries, circuits } = journal;
    const faults = scenario.check({ entries, circuits, simulator });
    const requests = simulator.requests.length;
    const result = { title: scenario.title, entries, requests, bare: await bare, faults };
    progress.end(faults);
    return result;
  }
}
