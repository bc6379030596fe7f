import type { OperationCount } from './snapshot.ts';

/** The rate of an operation between two snapshots. */
export interface OperationRate extends OperationCount {
  /** Calls per second; undefined for the first snapshot. */
  readonly callsPerSecond: number | undefined;
}

/** The operations that were called, the busiest first. */
export function ratesOf(
  operations: readonly OperationCount[],
  previous: readonly OperationCount[] | undefined,
  elapsedMs: number,
): readonly OperationRate[] {
  const before = new Map(previous?.map((count) => [count.operation, count.calls]));
  return operations
    .filter(({ calls }) => calls > 0)
    .map((count) => ({ ...count, callsPerSecond: rate(count, previous && before, elapsedMs) }))
    .toSorted((a, b) => (b.callsPerSecond ?? 0) - (a.callsPerSecond ?? 0) || b.calls - a.calls);
}

function rate(
  { operation, calls }: OperationCount,
  before: ReadonlyMap<string, number> | undefined,
  elapsedMs: number,
): number | undefined {
  if (before === undefined || elapsedMs <= 0) return undefined;
  const earlier = before.get(operation) ?? 0;
  // A lower count means that the program was restarted.
  return (Math.max(0, calls < earlier ? calls : calls - earlier) / elapsedMs) * 1_000;
}
