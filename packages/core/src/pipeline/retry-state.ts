import { sleep } from '../clock.ts';
import type { Failure } from '../failure/failure.ts';
import type { GiveUpReason } from '../observe/observer.ts';
import { BackoffSequence, jitteredRetryAfter } from '../policy/backoff.ts';
import { decideRetry, type RetryContext, type RetryDecision } from '../policy/decide.ts';
import type { CallSpec } from './call.ts';
import type { Pipeline } from './pipeline.ts';

/** What the decision depends on beyond what the call itself knows. */
export type FailedAttempt = Pick<
  RetryContext,
  'failure' | 'aborted' | 'retriedInside' | 'attempts'
>;

/** What one call remembers from failure to failure. Made at its first failure. */
export class RetryState {
  /** The token that `refreshToken` gave in this call. */
  token: string | undefined = undefined;
  readonly #pipeline: Pipeline;
  readonly #call: CallSpec;
  readonly #deadlineAt: number;
  #backoff: BackoffSequence | undefined = undefined;
  #throttleBackoff: BackoffSequence | undefined = undefined;
  #refreshed = false;

  constructor(pipeline: Pipeline, call: CallSpec, deadlineAt: number) {
    this.#deadlineAt = deadlineAt;
    this.#pipeline = pipeline;
    this.#call = call;
  }

  decide(failed: FailedAttempt, now: number): RetryDecision {
    const { budget, settings, refresher } = this.#pipeline;
    const { maxRetries, idempotent, resendable } = this.#call;
    return decideRetry(
      {
        ...failed,
        remainingMs: this.#deadlineAt - now,
        maxRetries,
        idempotent,
        resendable,
        mayRefresh: refresher !== undefined && !this.#refreshed && !failed.failure.refreshUseless,
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

  /**
   * Waits, or gets a new token. Returns why there is no further attempt after all: the caller has
   * aborted, or there is no new token in time.
   */
  async waitForRetry(
    decision: RetryDecision & { retry: true },
    failure: Failure,
    attempt: { readonly tokenGeneration: number },
  ): Promise<GiveUpReason | undefined> {
    try {
      if (decision.source === 'token-refresh') {
        return (await this.#refresh(failure, attempt.tokenGeneration)) ? undefined : 'terminal';
      }
      await sleep(this.#pipeline.clock, decision.delayMs, this.#call.signal);
      return undefined;
    } catch {
      // Only the caller's abort ends the wait early.
      return 'cancelled';
    }
  }

  async #refresh(failure: Failure, tokenGeneration: number): Promise<boolean> {
    const { refresher, clock } = this.#pipeline;
    const { name, host, operation, signal } = this.#call;
    this.#refreshed = true;
    const context = {
      operation: name,
      failure,
      ...(operation.family === undefined ? {} : { family: operation.family }),
      ...(host === undefined ? {} : { host }),
    };
    const over = new AbortController();
    const stop = (): void => over.abort(signal?.reason);
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const renewed = refresher?.renew(context, tokenGeneration);
      const timeUp = sleep(clock, this.#deadlineAt - clock.now(), over.signal).then(
        (): typeof TIME_UP => TIME_UP,
      );
      const token = await Promise.race([renewed, timeUp]);
      if (typeof token === 'symbol') return false;
      this.token = token;
      return true;
    } catch (cause) {
      if (signal?.aborted) throw cause;
      // The caller's refresh failed: the 401 stays, and `onObserverError` hears why.
      this.#pipeline.reportError(cause, 'refreshToken');
      return false;
    } finally {
      signal?.removeEventListener('abort', stop);
      over.abort(undefined);
    }
  }
}

const TIME_UP: unique symbol = Symbol('time is up');
