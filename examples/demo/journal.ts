import type { CallEnd, CircuitChange, Failure, Observer } from '@defender-resilience/core';

/** One call, as the wrapper saw it. */
export interface Entry {
  readonly operation: string;
  readonly outcome: CallEnd['outcome'];
  readonly attempts: number;
  readonly waitedMs: number;
  /** How the call ended, or what it met on its way to success. */
  readonly failure: Failure | undefined;
  readonly giveUpReason: CallEnd['giveUpReason'];
}

/** An observer that keeps what it sees. */
export class Journal {
  readonly entries: Entry[] = [];
  readonly circuits: CircuitChange['to'][] = [];

  readonly observer: Observer = {
    call: ({ operation }) => {
      let waitedMs = 0;
      let met: Failure | undefined;
      return {
        retry: ({ delayMs, failure }) => {
          waitedMs += delayMs;
          met = failure;
        },
        throttled: ({ delayMs }) => {
          waitedMs += delayMs;
        },
        end: ({ outcome, attempts, failure = met, giveUpReason }) => {
          this.entries.push({ operation, outcome, attempts, waitedMs, failure, giveUpReason });
        },
      };
    },
    circuit: ({ to }) => {
      this.circuits.push(to);
    },
  };

  /** What was noted since `mark`, a length of {@link entries}. */
  since(mark: number): readonly Entry[] {
    return this.entries.slice(mark);
  }
}
