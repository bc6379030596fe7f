import { createResilience } from '@defender-resilience/core';
import { startSimulator } from '@defender-resilience/simulator';
import { runBare } from './compare.ts';
import { Journal } from './journal.ts';
import type { Metrics } from './metrics.ts';
import { program } from './program.ts';
import { Progress } from './progress.ts';
import {
  adviceReport,
  type Compared,
  callTable,
  comparison,
  explanation,
  scrapeReport,
} from './report.ts';
import { MAX_RETRIES, type Scenario, scenarios } from './scenarios.ts';

interface Result extends Compared {
  readonly faults: readonly string[];
}

/** Runs every scenario against the simulator; true when each had the expected outcome. */
export async function runSimulated(
  { observer, scrape }: Metrics,
  details: boolean,
): Promise<boolean> {
  const simulator = await startSimulator({ quotas: 'off' });
  console.log(`A simulated Defender API that fails on demand: ${simulator.url}\n`);
  const results: Result[] = [];
  try {
    for (const scenario of scenarios) results.push(await runScenario(scenario));
  } finally {
    await simulator.close({ ignoreUnconsumed: true });
  }
  const entries = results.flatMap((result) => result.entries);
  console.log(`\nThe same calls: bare client → with the wrapper\n\n${comparison(results)}`);
  console.log(`\nEvery call with the wrapper\n\n${callTable(entries)}`);
  const forbidden = entries.find(({ failure }) => failure?.code === 'Forbidden');
  if (details) {
    console.log(`\nWhat to do about each code\n\n${adviceReport(entries)}`);
    console.log(`\nWhat a scrape of /metrics shows\n\n${scrapeReport(await scrape())}\n`);
  } else if (forbidden !== undefined) {
    console.log(`\nWhat failureOf(response) says about one of them\n\n${explanation(forbidden)}`);
    console.log('\nAdd --details for every code and the metrics, --help for more.\n');
  }
  return results.every(({ faults }) => faults.length === 0);

  async function runScenario(scenario: Scenario): Promise<Result> {
    const progress = new Progress(scenario.title);
    const bare = runBare(scenario);
    simulator.reset();
    scenario.prepare(simulator);
    const journal = new Journal();
    // The one line that changes: the program gets this fetch instead of the built-in one. The waits are
    // shorter than the defaults, so that the demo ends within a minute.
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
    const { title, difference } = scenario;
    const result = { title, difference, entries, requests, bare: await bare, faults };
    progress.end(faults);
    return result;
  }
}
