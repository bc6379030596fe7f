import type { Failure } from '../failure/failure.ts';
import type { GiveUpReason, WaitSource } from '../observe/observer.ts';

/** What the decision on a failed attempt depends on. */
export interface Situation {
  readonly failure: Failure;
  /** How many attempts were sent, the failed one included. */
  readonly attempts: number;
  readonly maxRetries: number;
  readonly idempotent: boolean;
  readonly resendable: boolean;
  /** Whether a new token may be asked for: `refreshToken` is given and was not called in this call. */
  readonly mayRefresh: boolean;
  /** Milliseconds until the call's deadline. */
  readonly remainingMs: number;
  readonly maxRetryAfterMs: number;
}

/** What the decision draws on; asked only when the answer depends on it. */
export interface Means {
  /** The next wait of the call's own sequence for this failure, in milliseconds. */
  backoff(): number;
  /** A told wait with its jitter. */
  told(retryAfterMs: number): number;
  /** Takes one retry out of the budget. */
  takeRetry(): boolean;
}

export type Decision =
  | { readonly retry: true; readonly delayMs: number; readonly source: WaitSource }
  | { readonly retry: false; readonly reason: GiveUpReason };

const giveUp = (reason: GiveUpReason): Decision => ({ retry: false, reason });

/** Whether a failed attempt is followed by another, and after which wait. */
export function decide(situation: Situation, means: Means): Decision {
  const { failure } = situation;
  if (failure.source === 'cancelled') return giveUp('cancelled');
  const refresh = situation.mayRefresh && failure.status === 401;
  if (failure.verdict === 'terminal' && !refresh) return giveUp('terminal');
  if (failure.ambiguous && !situation.idempotent) return giveUp('not-replayable');
  if (!situation.resendable) return giveUp('not-replayable');
  if (situation.attempts > situation.maxRetries) return giveUp('retries-exhausted');
  if (refresh) {
    return means.takeRetry()
      ? { retry: true, delayMs: 0, source: 'token-refresh' }
      : giveUp('budget-exhausted');
  }
  return decideWait(situation, means);
}

function decideWait(situation: Situation, means: Means): Decision {
  const told = situation.failure.retryAfterMs;
  if (told !== undefined && told > situation.maxRetryAfterMs) return giveUp('wait-too-long');
  const delayMs = told === undefined ? means.backoff() : means.told(told);
  if (delayMs >= situation.remainingMs) return giveUp('deadline');
  if (!means.takeRetry()) return giveUp('budget-exhausted');
  return { retry: true, delayMs, source: told === undefined ? 'backoff' : 'retry-after' };
}
