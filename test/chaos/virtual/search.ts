import { check, type Report } from './check.ts';
import { type Schedule, scheduleOf } from './schedule.ts';
import { shrink } from './shrink.ts';

/** What a range of seeds gave. */
export interface Search {
  readonly schedules: number;
  readonly calls: number;
  readonly attempts: number;
  /** Runs in which the order within one millisecond decides; only the promises are checked there. */
  readonly undecided: number;
  /** Runs in which a 429 taught a limit; only the promises are checked there too. */
  readonly learned: number;
  /** How often a new token was asked for, and how often a call waited for one that another had asked for. */
  readonly refreshes: number;
  readonly shared: number;
  /** How calls ended, by the model. */
  readonly ends: Readonly<Record<string, number>>;
  readonly failures: readonly Failure[];
}

interface Failure {
  readonly seed: number;
  readonly faults: readonly string[];
  /** The smallest schedule that still fails. */
  readonly smallest: Schedule;
}

/** How many runs share one turn of the event loop. */
const AT_ONCE = 50;
const MAX_FAILURES = 3;

/** Checks the schedules of the seeds from `first` on. */
export function search(first: number, runs: number): Promise<Search> {
  return withoutStacks(() => searchSeeds(first, runs));
}

/** The first of those schedules that fails, and how many it took to find it; undefined: none does. */
export function firstFailure(
  first: number,
  runs: number,
): Promise<{ readonly number: number; readonly faults: readonly string[] } | undefined> {
  return withoutStacks(async () => {
    for (let from = 0; from < runs; from += AT_ONCE) {
      const reports = await checkSeeds(first + from, Math.min(AT_ONCE, runs - from));
      const index = reports.findIndex(({ faults }) => faults.length > 0);
      const { faults = [] } = reports[index] ?? {};
      if (index >= 0) return { number: from + index + 1, faults };
    }
    return undefined;
  });
}

/** Half of the time would go into the stacks of errors that nobody looks at. */
async function withoutStacks<T>(run: () => Promise<T>): Promise<T> {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return await run();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function checkSeeds(first: number, count: number): Promise<readonly Report[]> {
  const seeds = Array.from({ length: count }, (_, index) => first + index);
  return Promise.all(seeds.map((seed) => check(scheduleOf(seed))));
}

async function searchSeeds(first: number, runs: number): Promise<Search> {
  const total = {
    schedules: 0,
    calls: 0,
    attempts: 0,
    undecided: 0,
    learned: 0,
    refreshes: 0,
    shared: 0,
  };
  const ends: Record<string, number> = {};
  const failures: Failure[] = [];
  for (let from = 0; from < runs && failures.length < MAX_FAILURES; from += AT_ONCE) {
    const reports = await checkSeeds(first + from, Math.min(AT_ONCE, runs - from));
    for (const [index, report] of reports.entries()) {
      const { faults, undecided, learned, attempts, expected } = report;
      const seed = first + from + index;
      total.schedules += 1;
      total.attempts += attempts;
      total.undecided += Number(undecided);
      total.learned += Number(learned);
      total.refreshes += expected.refreshes.length;
      total.shared += expected.shared;
      for (const { end } of expected.calls) {
        total.calls += 1;
        ends[end] = (ends[end] ?? 0) + 1;
      }
      if (faults.length > 0) failures.push({ seed, faults, smallest: await smallestOf(seed) });
    }
  }
  return { ...total, ends, failures };
}

function smallestOf(seed: number): Promise<Schedule> {
  return shrink(scheduleOf(seed), async (one) => (await check(one)).faults.length > 0);
}

/** A failure as a person reads it. */
export function describeFailure({ seed, faults, smallest }: Failure): string {
  return [
    `Seed ${seed} fails:`,
    ...faults.map((fault) => `- ${fault}`),
    'The smallest schedule that still fails:',
    JSON.stringify(smallest, undefined, 1),
    `To see it again: pnpm chaos --seed ${seed} --runs 1`,
  ].join('\n');
}
