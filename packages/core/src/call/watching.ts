import type { Failure } from '../failure/failure.ts';
import type { CallFanOut } from '../observe/fan-out.ts';
import type { AttemptEnd, CallEnd, CallOutcome, GiveUpReason } from '../observe/observer.ts';
import type { Outcome } from './attempt.ts';
import { circuitKey, type Engine } from './engine.ts';
import type { CallFacts, CallPlan } from './plan.ts';

/** Tells the observers of a call that begins; undefined where nobody watches it. */
export function startWatching({ observers, circuits }: Engine, plan: CallFacts): CallFanOut | undefined {
  if (observers === undefined) return undefined;
  const { family, quotaGroup } = plan.operation;
  return observers.call({
    operation: plan.name,
    client: plan.client,
    quotaGroup,
    ...(circuits === undefined ? {} : { circuit: circuitKey(plan) }),
    ...(family === undefined ? {} : { family }),
    ...(plan.request === undefined ? {} : { request: plan.request }),
  });
}

/** What observers are told of an attempt that has ended. */
export function attemptEnd<T>(
  plan: CallPlan<T>,
  outcome: Outcome<T>,
  failure: Failure | undefined,
  { attempt, durationMs }: Pick<AttemptEnd, 'attempt' | 'durationMs'>,
): AttemptEnd {
  const status = outcome.ok ? plan.statusOf?.(outcome.value) : failure?.status;
  return {
    attempt,
    durationMs,
    ...(status === undefined ? {} : { status }),
    ...(failure === undefined ? {} : { failure }),
    ...(outcome.ok ? {} : { error: outcome.error }),
  };
}

/** What observers are told of a call that has failed. */
export function failedEnd(
  { attempts, durationMs }: Pick<CallEnd, 'attempts' | 'durationMs'>,
  failure: Failure,
  gaveUp: GiveUpReason,
): CallEnd {
  return { outcome: outcomeOf(gaveUp, attempts), attempts, durationMs, failure, gaveUp };
}

function outcomeOf(reason: GiveUpReason, attempts: number): CallOutcome {
  if (reason === 'cancelled') return 'cancelled';
  return attempts === 0 ? 'rejected' : 'failure';
}
