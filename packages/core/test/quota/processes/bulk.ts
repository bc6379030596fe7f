import { startSimulator } from '@defender-resilience/simulator';
import type { Competitor } from './clients.ts';

/** A job of many calls against a quota by the minute. */
export interface Job {
  readonly calls: number;
  readonly concurrency: number;
  readonly minuteMs: number;
}

/** What became of it. */
export interface Result {
  readonly name: string;
  /** Calls that got what they wanted. */
  readonly done: number;
  readonly lost: number;
  /** Requests that the service refused with 429. */
  readonly refused: number;
  /** How many minutes of the quota it took. */
  readonly minutes: number;
  /**
   * Which share of the allowed calls was made once the first minute’s were used up: 1, when each call
   * came exactly one minute after the one whose place it took. Undefined where nothing came after them.
   */
  readonly used: number | undefined;
}

/** What the documentation allows for alerts and single incidents; Graph tells no figure. */
const LIMIT = 100;
const QUOTAS = {
  alerts: { perMinute: LIMIT, perHour: 1_500 },
  'incidents.get': { perMinute: LIMIT, perHour: 1_500 },
  'graph.incidents': { perMinute: LIMIT, perHour: 1_500 },
};

export async function run(
  competitor: Competitor,
  job: Job,
  path: string = competitor.path,
): Promise<Result> {
  const { minuteMs, calls, concurrency } = job;
  await using simulator = await startSimulator({ minuteMs, quotas: QUOTAS });
  const call = competitor.make(simulator.url, minuteMs);
  const url = `${simulator.url}${path}`;
  let next = 0;
  let done = 0;
  const startedAt = performance.now();
  const work = async (): Promise<void> => {
    while (next < calls) {
      next += 1;
      if (await call(url)) done += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const minutes = (performance.now() - startedAt) / minuteMs;
  const passed = simulator.requests.filter(({ answered }) => answered === 200);
  return {
    name: competitor.name,
    done,
    lost: calls - done,
    refused: simulator.count({ answered: 429 }),
    minutes,
    used: usedShare(
      passed.map(({ at }) => at),
      minuteMs,
    ),
  };
}

/** From one call to the one that takes its place a window later, no less than a minute passes. */
function usedShare(times: readonly number[], minuteMs: number): number | undefined {
  const rounds = times.slice(LIMIT).map((at, index) => at - (times[index] ?? 0));
  if (rounds.length === 0) return undefined;
  return minuteMs / (rounds.reduce((sum, ms) => sum + ms, 0) / rounds.length);
}
