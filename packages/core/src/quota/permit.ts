import type { Operation } from '../catalogue/entry.ts';
import type { CountedCall } from './call-limits.ts';

/** Permission to send one attempt. The pipeline says what became of it. */
export interface GatePermit {
  /** The attempt has ended, however it did. */
  completed(): void;
  /** The attempt is not sent after all. */
  cancel(): void;
}

/** Why a call was rejected. */
export interface GateRejection {
  readonly refused: 'queue-full' | 'wait-too-long' | 'closed';
  readonly retryAfterMs: number;
  /** `pause`: the service asked for a pause; `quota`: the quota is used up. */
  readonly heldBy: 'pause' | 'quota';
}

/** The call that a gate is asked about. */
export interface GateCall {
  /** The key of its pause: host and quota group. */
  readonly group: string;
  readonly operation: Operation;
  /** Its name for fairness: calls of one priority take turns by it. */
  readonly name: string;
  /** Higher first. */
  readonly priority: number;
}

/** One attempt that asks to be sent. */
export interface GateRequest extends GateCall {
  /** Counts from 1. */
  readonly attempt: number;
  /** Milliseconds that it may wait. */
  readonly limitMs: number;
  readonly signal: AbortSignal | undefined;
  /** Called before the wait, when there is one. */
  held(delayMs: number, reason: 'pause' | 'quota'): void;
}

/** What a request gets; undefined where no permit is needed. */
export type GateAnswer = GatePermit | GateRejection | undefined;

/** A place that a store has given. */
export interface Place {
  readonly id: number;
  /** When the store was asked, by this process's clock, and when it gave the place, by its own. */
  readonly askedAt: number;
  readonly takenAt: number;
}

/** The permit of one attempt, which can be given back once. */
export class Permit implements GatePermit {
  readonly call: CountedCall;
  readonly place: Place | undefined;
  throttled = false;
  #end: ((permit: Permit, sent: boolean) => void) | undefined;

  constructor(
    call: CountedCall,
    place: Place | undefined,
    end: (permit: Permit, sent: boolean) => void,
  ) {
    this.call = call;
    this.place = place;
    this.#end = end;
  }

  completed(): void {
    this.#close(true);
  }

  cancel(): void {
    this.#close(false);
  }

  #close(sent: boolean): void {
    const end = this.#end;
    this.#end = undefined;
    end?.(this, sent);
  }
}
