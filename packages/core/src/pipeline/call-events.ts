import { failureOf } from '../failure/attach.ts';
import type { Failure } from '../failure/failure.ts';
import type { CallFanOut } from '../observe/fan-out.ts';
import type {
  AttemptEnd,
  AttemptStart,
  CallEnd,
  CallOutcome,
  CallStart,
  GiveUpReason,
} from '../observe/observer.ts';
import type { Attempt } from './attempt.ts';
import type { CallSpec, ClientCall } from './call.ts';
import type { FailedAttempt } from './call-failure.ts';
import { type Outcome, settledValue } from './outcome.ts';
import { circuitKey, type Pipeline } from './pipeline.ts';
import { ResponseInfo } from './response-info.ts';

// Fields that do not apply are absent, not undefined. They are set one by one, since spreading them is slow.
type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Notifies the observers that a call begins; undefined if nobody observes it. */
export function observeCall(
  { observers, circuits }: Pipeline,
  call: CallSpec,
): CallFanOut | undefined {
  if (observers === undefined || !observers.watchesCalls) return undefined;
  const { family, quotaGroup } = call.operation;
  const start: Mutable<CallStart> = { operation: call.name, client: call.client, quotaGroup };
  if (circuits !== undefined) start.circuit = circuitKey(call);
  if (family !== undefined) start.family = family;
  if (call.request !== undefined) start.request = call.request;
  return observers.call(start);
}

const FIRST_ATTEMPT: AttemptStart = Object.freeze({ attempt: 1, delayMs: 0 });

/** The event of an attempt that begins. */
export function attemptStart(
  attempt: number,
  previous: Pick<FailedAttempt<unknown>, 'failure' | 'delayMs'> | undefined,
): AttemptStart {
  if (previous === undefined) return FIRST_ATTEMPT;
  return { attempt, delayMs: previous.delayMs, previous: previous.failure };
}

/** Notifies the observers that an attempt has ended. */
export function observeAttemptEnd<T>(
  call: ClientCall<T>,
  { attempt, observed, sentAt }: Attempt<T>,
  outcome: Outcome<T>,
  failure: Failure | undefined,
  now: number,
): void {
  if (observed === undefined) return;
  const end: Mutable<AttemptEnd> = { attempt, durationMs: now - sentAt };
  const status = outcome.ok ? call.statusOf?.(outcome.value) : failure?.status;
  if (status !== undefined) {
    end.status = status;
    end.response = new ResponseInfo(settledValue(outcome));
    const partial = status === 206 ? failureOf(settledValue(outcome))?.partial : undefined;
    if (partial !== undefined) end.partial = partial;
  }
  if (failure !== undefined) end.failure = failure;
  if (!outcome.ok) end.error = outcome.error;
  observed.end(end);
}

/** The event of a call that has failed. */
export function failedCallEnd(
  attempts: number,
  durationMs: number,
  failure: Failure,
  giveUpReason: GiveUpReason,
): CallEnd {
  const outcome = callOutcomeOf(attempts, failure);
  return { outcome, attempts, durationMs, failure, giveUpReason };
}

function callOutcomeOf(attempts: number, failure: Failure): CallOutcome {
  if (failure.source === 'cancelled') return 'cancelled';
  return attempts === 0 ? 'rejected' : 'failure';
}
