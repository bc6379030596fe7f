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
import type { Outcome } from './attempt.ts';
import type { CallSpec, ClientCall } from './call.ts';
import { circuitKey, type Pipeline } from './pipeline.ts';

// Absent fields are absent and not undefined; set one by one they take a fifth of what spreading takes.
type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Tells the observers of a call that begins; undefined where nobody watches it. */
export function startWatching(
  { observers, circuits }: Pipeline,
  plan: CallSpec,
): CallFanOut | undefined {
  if (observers === undefined || !observers.watchesCalls) return undefined;
  const { family, quotaGroup } = plan.operation;
  const start: Mutable<CallStart> = { operation: plan.name, client: plan.client, quotaGroup };
  if (circuits !== undefined) start.circuit = circuitKey(plan);
  if (family !== undefined) start.family = family;
  if (plan.request !== undefined) start.request = plan.request;
  return observers.call(start);
}

/** What observers are told of a first attempt. */
export const FIRST_ATTEMPT: AttemptStart = Object.freeze({ attempt: 1, delayMs: 0 });

/** What observers are told of an attempt that has ended. */
export function attemptEnd<T>(
  plan: ClientCall<T>,
  outcome: Outcome<T>,
  failure: Failure | undefined,
  attempt: number,
  durationMs: number,
): AttemptEnd {
  const status = outcome.ok ? plan.statusOf?.(outcome.value) : failure?.status;
  const end: Mutable<AttemptEnd> = { attempt, durationMs };
  if (status !== undefined) end.status = status;
  if (failure !== undefined) end.failure = failure;
  if (!outcome.ok) end.error = outcome.error;
  return end;
}

/** What observers are told of a call that has failed. */
export function failedEnd(
  attempts: number,
  durationMs: number,
  failure: Failure,
  giveUpReason: GiveUpReason,
): CallEnd {
  return {
    outcome: outcomeOf(giveUpReason, attempts),
    attempts,
    durationMs,
    failure,
    giveUpReason,
  };
}

function outcomeOf(reason: GiveUpReason, attempts: number): CallOutcome {
  if (reason === 'cancelled') return 'cancelled';
  return attempts === 0 ? 'rejected' : 'failure';
}
