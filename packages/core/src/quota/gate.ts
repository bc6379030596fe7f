import type { Operation } from '../catalogue/entry.ts';
import type { Failure } from '../failure/failure.ts';
import type { QuotaState } from '../observe/quota.ts';

/** Leave to send one attempt: tells the gate what became of it. */
export interface GatePermit {
  /** The attempt has ended, however it did. */
  completed(): void;
  /** The attempt is not sent after all. */
  cancel(): void;
}

/** Why a call was not let through. */
export type GateRejection =
  | { readonly refused: 'queue-full'; readonly retryAfterMs: number }
  | { readonly refused: 'wait-too-long'; readonly retryAfterMs: number };

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

/** Lets attempts be sent when they may be. */
export interface Gate {
  /** True when no attempt needs to ask: the quick answer for almost every call. */
  readonly idle: boolean;
  /**
   * Waits until the attempt may be sent. Refuses at once where that cannot be within `limitMs`;
   * rejects with the signal's reason when `signal` aborts.
   */
  acquire(
    request: GateRequest,
  ): Promise<GatePermit | GateRejection | undefined> | GatePermit | GateRejection | undefined;
  /** The service refused an attempt with 429: holds the calls of its group for `ms` milliseconds. */
  throttled(call: GateCall, ms: number, failure: Failure, ticket: GatePermit | undefined): void;
  snapshot(): { group: string; pausedForMs: number; waiting: number }[];
  /** The quota groups that were used; none where quotas are off. */
  quotas(): readonly QuotaState[];
}
