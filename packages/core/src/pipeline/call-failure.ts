import type { Failure } from '../failure/failure.ts';
import type { GiveUpReason } from '../observe/observer.ts';
import type { ClientCall } from './call.ts';
import { CANCELLED, type Outcome } from './outcome.ts';
import type { Rejection } from './permit.ts';

/** How a call fails: its caller's outcome, and why there was no further attempt. */
export interface CallFailure<T> {
  readonly outcome: Outcome<T>;
  readonly failure: Failure;
  readonly reason: GiveUpReason;
}

/** A failed attempt that is followed by another. */
export interface FailedAttempt<T> {
  readonly outcome: Outcome<T>;
  readonly failure: Failure;
  /** The wait before the next attempt, in milliseconds. */
  readonly delayMs: number;
}

/** The caller has aborted: it gets its own reason, and nobody reads the last response. */
export function cancelled<T>(
  call: ClientCall<T>,
  previous: Outcome<T> | undefined,
): CallFailure<T> {
  if (previous !== undefined) disposeOf(call, previous);
  const error: unknown = call.signal?.reason;
  return { outcome: { ok: false, error }, failure: CANCELLED, reason: 'cancelled' };
}

/** The call gives up after a failed attempt. */
export function givenUp<T>(
  call: ClientCall<T>,
  outcome: Outcome<T>,
  failure: Failure,
  reason: GiveUpReason,
): CallFailure<T> {
  return call.signal?.aborted ? cancelled(call, outcome) : { outcome, failure, reason };
}

/** An attempt may not be sent. If it was a retry, the caller gets the failure before it. */
export function notPermitted<T>(
  call: ClientCall<T>,
  { reason, error, failure }: Rejection,
  previous: FailedAttempt<T> | undefined,
): CallFailure<T> {
  if (reason === 'cancelled') return cancelled(call, previous?.outcome);
  if (previous === undefined) return { outcome: { ok: false, error }, failure, reason };
  return { outcome: previous.outcome, failure: previous.failure, reason };
}

/** Releases a response that nobody will read. */
export function disposeOf<T>(call: ClientCall<T>, outcome: Outcome<T>): void {
  if (outcome.ok) void call.dispose?.(outcome.value);
}
