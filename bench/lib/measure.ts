import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Summary, summarise } from './stats.ts';

/** Something whose cost for each call is measured. */
export interface Case {
  readonly name: string;
  /** Makes `count` calls, and resolves when all have ended. */
  readonly run: (count: number) => Promise<unknown>;
  /** Called before each sample, outside of what is measured. */
  readonly prepare?: () => void;
}

export interface Cost {
  readonly name: string;
  /** On-CPU time of the main thread for each call, in nanoseconds. */
  readonly ns: Summary;
  /** Time in garbage collections for each call, in nanoseconds. */
  readonly gcNs: number;
}

export interface Rounds {
  readonly rounds: number;
  /** How long one sample takes, in milliseconds. */
  readonly sampleMs: number;
}

/** Runs the cases in turns, sample by sample, so that a busy neighbour meets all of them alike. */
export async function measure(
  cases: readonly Case[],
  { rounds, sampleMs }: Rounds,
): Promise<Cost[]> {
  const counts = new Map<string, number>();
  for (const one of cases) counts.set(one.name, await calibrate(one, sampleMs));
  const taken = new Map(cases.map(({ name }): [string, number[]] => [name, []]));
  const garbage = new Map(cases.map(({ name }) => [name, { us: 0, calls: 0 }]));
  for (let round = 0; round < rounds; round += 1) {
    for (const one of rotated(cases, round)) {
      const count = counts.get(one.name) ?? 1;
      const sample = await sampleOf(one, count);
      taken.get(one.name)?.push(sample.ns);
      const sum = garbage.get(one.name);
      if (sum === undefined) continue;
      sum.us += sample.gcUs;
      sum.calls += count;
    }
  }
  return cases.map(({ name }) => {
    const samples = taken.get(name) ?? [];
    const { us, calls } = garbage.get(name) ?? { us: 0, calls: 1 };
    return {
      name,
      ns: summarise(samples),
      gcNs: (us / calls) * 1_000,
    };
  });
}

/** How many calls fill a sample. The calls that it takes to find out warm the case up. */
async function calibrate(one: Case, sampleMs: number): Promise<number> {
  await one.run(5_000);
  let count = 1_000;
  // Twice, since a busy machine, a collection or a compilation may fill a sample as well.
  for (let fitting = 0; fitting < 2; ) {
    const { ns } = await sampleOf(one, count);
    const factor = (sampleMs * 1e6) / Math.max(ns * count, 1e4);
    if (factor < 1.5) fitting += 1;
    else fitting = 0;
    if (factor > 0.7 || count > 100) count = Math.ceil(count * Math.min(Math.max(factor, 0.2), 8));
  }
  return count;
}

interface Sample {
  readonly ns: number;
  readonly gcUs: number;
}

async function sampleOf(one: Case, count: number): Promise<Sample> {
  one.prepare?.();
  globalThis.gc?.({ type: 'minor' });
  await settled();
  const gcBefore = collectedUs;
  const before = process.threadCpuUsage();
  await one.run(count);
  const { user, system } = process.threadCpuUsage(before);
  await settled();
  return {
    ns: ((user + system) * 1_000) / count,
    gcUs: collectedUs - gcBefore,
  };
}

/** Time in all garbage collections of this process so far. */
let collectedUs = 0;

new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) collectedUs += duration * 1_000;
}).observe({ entryTypes: ['gc'] });

// What was collected is reported some turns later.
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await nextTurn();
}

function rotated<T>(items: readonly T[], by: number): readonly T[] {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

/**
 * Bytes of the heap that each call takes, kept or not. The process must be started with a young
 * generation ({@link ALLOCATION_FLAGS}) that holds a whole sample, so that nothing is collected in it.
 */
export async function bytesPerCall(
  cases: readonly Case[],
  rounds: number,
): Promise<Map<string, Summary>> {
  const calls = 4_000;
  const bytes = new Map<string, Summary>();
  for (const one of cases) {
    await one.run(10_000);
    const samples: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      one.prepare?.();
      globalThis.gc?.();
      await nextTurn();
      const before = process.memoryUsage().heapUsed;
      await one.run(calls);
      samples.push((process.memoryUsage().heapUsed - before) / calls);
    }
    bytes.set(one.name, summarise(samples));
  }
  return bytes;
}

export const ALLOCATION_FLAGS: readonly string[] = [
  '--expose-gc',
  '--min-semi-space-size=256',
  '--max-semi-space-size=256',
];

/** Calls one after the other. */
export const sequential =
  (call: () => unknown) =>
  async (count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1) await call();
  };
