import type { Failure } from '../failure/failure.ts';
import type { GiveUpReason, WaitSource } from '../observe/observer.ts';

/** The facts that decide whether a failed attempt is retried. */
export interface RetryContext {
  readonly failure: Failure;
  /** Whether the caller has aborted the call. */
  readonly aborted: boolean;
  /** Whether the wrapper is closed. */
  readonly closed: boolean;
  /** Whether a wrapped call inside this one has retried the failure already. */
  readonly retriedInside: boolean;
  /** Whether an earlier attempt of the call was answered with a Retry-After too. */
  readonly askedToWaitBefore: boolean;
  /** How many attempts were sent, including the failed one. */
  readonly attempts: number;
  readonly maxRetries: number;
  readonly idempotent: boolean;
  readonly resendable: boolean;
  /** Whether a new token may be asked for. */
  readonly mayRefresh: boolean;
  /** Milliseconds until the call's deadline. */
  readonly remainingMs: number;
  readonly maxRetryAfterMs: number;
}

/** The stateful parts of the decision, called only when it depends on them. */
export interface RetryDependencies {
  /** The next wait of the call's backoff, in milliseconds. */
  nextBackoff(): number;
  /** The next wait of the call's backoff after a 429 without Retry-After, in milliseconds. */
  nextThrottleBackoff(): number;
  /** A Retry-After with its jitter, in milliseconds. */
  jitteredRetryAfter(retryAfterMs: number): number;
  /** Takes one retry from the budget; false if the budget is used up. */
  takeRetry(): boolean;
}

/** What follows a failed attempt. */
export type RetryDecision = (
  | { readonly retry: true; readonly delayMs: number; readonly source: WaitSource }
  | { readonly retry: false; readonly reason: GiveUpReason }
) & {
  /** How long every call of the same quota group is held, in milliseconds; only after a 429. */
  readonly holdGroupMs?: number;
};

/** Decides whether a failed attempt is followed by another, and after which wait. */
export function decideRetry(context: RetryContext, dependencies: RetryDependencies): RetryDecision {
  const { failure } = context;
  if (failure.status !== 429) return decide(context, dependencies, undefined);
  // The service throttles the whole group, so its other calls wait too, even if this one is not retried.
  const holdGroupMs = waitAfter(context, dependencies);
  return { ...decide(context, dependencies, holdGroupMs), holdGroupMs };
}

function decide(
  context: RetryContext,
  dependencies: RetryDependencies,
  holdGroupMs: number | undefined,
): RetryDecision {
  const { failure } = context;
  const refresh = context.mayRefresh && failure.status === 401;
  const reason = reasonAgainst(context, refresh);
  if (reason !== undefined) return giveUp(reason);
  const delayMs = refresh ? 0 : (holdGroupMs ?? waitAfter(context, dependencies));
  if (delayMs >= context.remainingMs) return giveUp('deadline');
  if (!dependencies.takeRetry()) return giveUp('budget-exhausted');
  return { retry: true, delayMs, source: refresh ? 'token-refresh' : waitSourceOf(failure) };
}

/** The reason against another attempt, regardless of its wait; undefined if there is none. */
function reasonAgainst(context: RetryContext, refresh: boolean): GiveUpReason | undefined {
  const { failure } = context;
  if (context.aborted) return 'cancelled';
  if (failure.source === 'cancelled') return context.closed ? 'closed' : 'cancelled';
  if (context.retriedInside) return 'retries-exhausted';
  if (failure.ambiguous && !context.idempotent) return 'not-replayable';
  if (failure.verdict === 'terminal' && !refresh) return 'terminal';
  if (!context.resendable) return 'not-replayable';
  if (context.attempts > context.maxRetries) return 'retries-exhausted';
  const tooLong = (failure.retryAfterMs ?? 0) > context.maxRetryAfterMs;
  if (tooLong && !refresh) return 'wait-too-long';
  return context.closed ? 'closed' : undefined;
}

function waitAfter(
  { failure: { status, retryAfterMs }, askedToWaitBefore }: RetryContext,
  dependencies: RetryDependencies,
): number {
  if (retryAfterMs === undefined) {
    return status === 429 ? dependencies.nextThrottleBackoff() : dependencies.nextBackoff();
  }
  // Advance the backoff each time, so that it grows with each 429. From the second 429 on, the wait that the
  // service asks for has proved too short.
  const backoff = dependencies.nextBackoff();
  const asked = dependencies.jitteredRetryAfter(retryAfterMs);
  return askedToWaitBefore ? Math.max(asked, backoff) : asked;
}

function waitSourceOf({ retryAfterMs }: Failure): WaitSource {
  return retryAfterMs === undefined ? 'backoff' : 'retry-after';
}

const giveUp = (reason: GiveUpReason): RetryDecision => ({ retry: false, reason });
