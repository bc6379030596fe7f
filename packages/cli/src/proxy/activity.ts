import type { CallObserver, CallStart, Observer } from '@defender-resilience/core';

/** The calls of one operation since the start. */
export interface OperationActivity {
  readonly operation: string;
  readonly inFlight: number;
  readonly calls: number;
  readonly failures: number;
  readonly attempts: number;
}

type Counts = { -readonly [Name in keyof OperationActivity]: OperationActivity[Name] };

/** Counts calls by operation, for the snapshot. The operations table bounds their number. */
export class Activity implements Observer {
  readonly #counts = new Map<string, Counts>();

  call({ operation }: CallStart): CallObserver {
    const counts = this.#countsOf(operation);
    counts.inFlight += 1;
    return {
      end({ outcome, attempts }) {
        counts.inFlight -= 1;
        counts.calls += 1;
        counts.attempts += attempts;
        if (outcome !== 'success') counts.failures += 1;
      },
    };
  }

  /** The operations, those with the most calls first. */
  list(): readonly OperationActivity[] {
    return [...this.#counts.values()]
      .map((counts) => ({ ...counts }))
      .toSorted((a, b) => b.calls - a.calls || a.operation.localeCompare(b.operation));
  }

  #countsOf(operation: string): Counts {
    let counts = this.#counts.get(operation);
    if (counts === undefined) {
      counts = { operation, inFlight: 0, calls: 0, failures: 0, attempts: 0 };
      this.#counts.set(operation, counts);
    }
    return counts;
  }
}
