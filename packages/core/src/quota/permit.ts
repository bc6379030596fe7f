import type { Operation } from '../catalogue/entry.ts';
import type { CountedCall } from './call-limits.ts';

/** Permission to send one attempt. The pipeline then calls one of its methods. */
export interface GatePermit {
  /** The attempt has ended, with a success or a failure. */
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

/** The part of a call that the gate needs. */
export interface GateCall {
  /** The key of its pause: host and quota group. */
  readonly group: string;
  readonly operation: Operation;
  /** The name for fairness: calls of the same priority take turns by name. */
  readonly name: string;
  /** Higher first. */
  readonly priority: number;
}

/** A request to send one attempt. */
export interface GateRequest extends GateCall {
  /** Counts from 1. */
  readonly attempt: number;
  /** How long it may wait, in milliseconds. */
  readonly limitMs: number;
  readonly signal: AbortSignal | undefined;
  /** Called before the wait, if there is one. */
  held(delayMs: number, reason: 'pause' | 'quota'): void;
}

/** What a request gets; undefined if no permit is needed. */
export type GateAnswer = GatePermit | GateRejection | undefined;

/** A place in the quota that the store granted. */
export interface Place {
  readonly id: number;
  /** When the store was asked, by this process's clock, and when it granted the place, by its own clock. */
  readonly askedAt: number;
  readonly takenAt: number;
}

/** The permit of one attempt. Only the first call of `completed` or `cancel` has an effect. */
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
