import type { CallEnd, CircuitChange, Failure, Observer } from '@defender-resilience/core';

/** One call as an observer saw it. */
export interface Entry {
  readonly operation: string;
  readonly outcome: CallEnd['outcome'];
  readonly attempts: number;
  readonly waitedMs: number;
  /** Why the call failed, or the last failure before it succeeded. */
  readonly failure: Failure | undefined;
  readonly giveUpReason: CallEnd['giveUpReason'];
}

/** An observer that records every call and circuit change. */
export class Journal {
  readonly entries: Entry[] = [];
  readonly circuits: CircuitChange['to'][] = [];

  readonly observer: Observer = {
    call: ({ operation }) => {
      let waitedMs = 0;
      let last: Failure | undefined;
      return {
        retry: ({ delayMs, failure }) => {
          waitedMs += delayMs;
          last = failure;
        },
        throttled: ({ delayMs }) => {
          waitedMs += delayMs;
        },
        end: ({ outcome, attempts, failure = last, giveUpReason }) => {
          this.entries.push({ operation, outcome, attempts, waitedMs, failure, giveUpReason });
        },
      };
    },
    circuit: ({ to }) => {
      this.circuits.push(to);
    },
  };

  /** The calls recorded since `mark`, an earlier length of {@link entries}. */
  since(mark: number): readonly Entry[] {
    return this.entries.slice(mark);
  }
}
