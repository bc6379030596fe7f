import { sleep } from '../clock.ts';
import type { Failure } from '../failure/failure.ts';
import type { GiveUpReason } from '../observe/observer.ts';
import { BackoffSequence, jitteredRetryAfter } from '../policy/backoff.ts';
import { decideRetry, type RetryContext, type RetryDecision } from '../policy/decide.ts';
import type { Pipeline } from './pipeline.ts';
import { bearerTokenOf } from './token.ts';
import type { TokenCall } from './token-refresh.ts';

/** An attempt that has failed. */
export interface FailedSend {
  readonly failure: Failure;
  /** The client's value or error. */
  readonly settled: unknown;
  /** {@link TokenRefresher.renewals} when the attempt was sent. */
  readonly renewalsBefore: number;
}

/** The state of one call's retries. Created at its first failure. */
export class RetryState {
  /** The token that `refreshToken` returned in this call. */
  token: string | undefined = undefined;
  readonly #pipeline: Pipeline;
  readonly #call: TokenCall;
  readonly #deadlineAt: number;
  #backoff: BackoffSequence | undefined = undefined;
  #throttleBackoff: BackoffSequence | undefined = undefined;
  /** Whether an earlier attempt was answered with a Retry-After. */
  #askedToWait = false;
  #refreshed = false;

  constructor(pipeline: Pipeline, call: TokenCall, deadlineAt: number) {
    this.#deadlineAt = deadlineAt;
    this.#pipeline = pipeline;
    this.#call = call;
  }

  decide(
    failed: FailedSend,
    sent: Pick<RetryContext, 'aborted' | 'retriedInside' | 'attempts'>,
    now: number,
  ): RetryDecision {
    const { budget, lifecycle, settings } = this.#pipeline;
    const { limits, resendable } = this.#call;
    const { failure } = failed;
    const askedToWaitBefore = this.#askedToWait;
    this.#askedToWait ||= failure.retryAfterMs !== undefined;
    return decideRetry(
      {
        ...sent,
        failure,
        closed: lifecycle.closed,
        askedToWaitBefore,
        remainingMs: this.#deadlineAt - now,
        maxRetries: limits.maxRetries,
        idempotent: limits.idempotent,
        resendable,
        mayRefresh: this.#mayRefresh(failed),
        maxRetryAfterMs: settings.retry.maxRetryAfterMs,
      },
      {
        nextBackoff: () => this.#nextBackoff(),
        nextThrottleBackoff: () => this.#nextThrottleBackoff(),
        jitteredRetryAfter: (ms) => jitteredRetryAfter(ms, settings.random),
        takeRetry: () => budget.tryRetry(now),
      },
    );
  }

  #nextBackoff(): number {
    const { retry, random } = this.#pipeline.settings;
    this.#backoff ??= new BackoffSequence(retry, random);
    return this.#backoff.next();
  }

  #nextThrottleBackoff(): number {
    const { retry, random } = this.#pipeline.settings;
    this.#throttleBackoff ??= new BackoffSequence(
      { initialDelayMs: retry.throttleInitialDelayMs, maxDelayMs: retry.throttleMaxDelayMs },
      random,
    );
    return this.#throttleBackoff.next();
  }

  #mayRefresh({ failure, settled }: FailedSend): boolean {
    const { refresher } = this.#pipeline;
    if (refresher === undefined || this.#refreshed || failure.status !== 401) return false;
    if (failure.refreshUseless) return false;
    return refresher.accepts(this.#call, this.#call.sentAuthorization?.(settled));
  }

  /**
   * Waits, or gets a new token. Returns why there is no further attempt, if so: the wait ended early, the
   * deadline has passed, or no new token arrived in time.
   */
  async waitForRetry(
    decision: RetryDecision & { retry: true },
    failed: FailedSend,
  ): Promise<GiveUpReason | undefined> {
    const { clock, lifecycle } = this.#pipeline;
    const wait = lifecycle.waitSignal(this.#call.signal);
    try {
      if (decision.source === 'token-refresh') {
        this.token = await this.#renewToken(failed, wait.signal);
        return this.token === undefined ? 'terminal' : undefined;
      }
      await sleep(clock, decision.delayMs, wait.signal);
      // The wait ended before the deadline, but timers can be late.
      return clock.now() < this.#deadlineAt ? undefined : 'deadline';
    } catch {
      // The wrapper was closed, or the caller has aborted, whose reason takes precedence.
      return 'closed';
    } finally {
      wait.release();
    }
  }

  async #renewToken(
    { failure, settled, renewalsBefore }: FailedSend,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    this.#refreshed = true;
    const call = this.#call;
    const token = bearerTokenOf(call.sentAuthorization?.(settled));
    const refused = { call, failure, token, renewalsBefore, deadlineAt: this.#deadlineAt };
    return this.#pipeline.refresher?.renew(refused, signal);
  }
}
