import type { OperationCount } from './snapshot.ts';

/** What an operation did between two snapshots. */
export interface OperationRate extends OperationCount {
  /** Calls in a second; undefined for the first snapshot. */
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
  // Fewer than before: the program was started again.
  return (Math.max(0, calls < earlier ? calls : calls - earlier) / elapsedMs) * 1_000;
}
