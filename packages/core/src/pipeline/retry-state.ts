import { sleep } from '../clock.ts';
import type { Failure } from '../failure/failure.ts';
import { BackoffSequence, toldWait } from '../policy/backoff.ts';
import { type Decision, decide } from '../policy/decide.ts';
import type { CallSpec } from './call.ts';
import type { Pipeline } from './pipeline.ts';

/** What one call remembers from failure to failure. Made at its first failure. */
export class Retrying {
  /** The wait before the attempt that comes next, in milliseconds. */
  delayMs = 0;
  /** The token that `refreshToken` gave in this call. */
  token: string | undefined = undefined;
  readonly #pipeline: Pipeline;
  readonly #plan: CallSpec;
  #backoff: BackoffSequence | undefined = undefined;
  #throttleBackoff: BackoffSequence | undefined = undefined;
  #throttleWaitMs: number | undefined = undefined;
  #refreshed = false;

  constructor(pipeline: Pipeline, plan: CallSpec) {
    this.#pipeline = pipeline;
    this.#plan = plan;
  }

  /** How long a 429 holds its whole quota group, in milliseconds. The retry waits no less. */
  throttleWait(failure: Failure): number {
    this.#throttleWaitMs =
      failure.retryAfterMs === undefined
        ? this.#nextThrottleWait()
        : toldWait(failure.retryAfterMs, this.#pipeline.settings.random);
    return this.#throttleWaitMs;
  }

  #nextWait(): number {
    const { retry, random } = this.#pipeline.settings;
    this.#backoff ??= new BackoffSequence(retry, random);
    return this.#backoff.next();
  }

  #nextThrottleWait(): number {
    const { retry, random } = this.#pipeline.settings;
    this.#throttleBackoff ??= new BackoffSequence(
      { initialDelayMs: retry.throttleInitialDelayMs, maxDelayMs: retry.throttleMaxDelayMs },
      random,
    );
    return this.#throttleBackoff.next();
  }

  decide(failure: Failure, attempts: number, deadlineAt: number): Decision {
    const { clock, budget, settings, refresher } = this.#pipeline;
    const { maxRetries, idempotent, resendable } = this.#plan;
    const now = clock.now();
    return decide(
      {
        failure,
        attempts,
        maxRetries,
        idempotent,
        resendable,
        mayRefresh: refresher !== undefined && !this.#refreshed && !failure.refreshUseless,
        remainingMs: deadlineAt - now,
        maxRetryAfterMs: settings.retry.maxRetryAfterMs,
      },
      {
        backoff: () => this.#throttleWaitMs ?? this.#nextWait(),
        told: (ms) => this.#throttleWaitMs ?? toldWait(ms, settings.random),
        takeRetry: () => budget.tryRetry(now),
      },
    );
  }

  /**
   * Waits, or gets a new token. False when there is none to be had in time; rejects when the caller
   * aborts.
   */
  async prepare(
    decision: Decision & { retry: true },
    failure: Failure,
    deadlineAt: number,
    tokenGeneration: number,
  ): Promise<boolean> {
    this.delayMs = decision.delayMs;
    this.#throttleWaitMs = undefined;
    if (decision.source === 'token-refresh')
      return this.#refresh(failure, deadlineAt, tokenGeneration);
    await sleep(this.#pipeline.clock, decision.delayMs, this.#plan.signal);
    return true;
  }

  async #refresh(failure: Failure, deadlineAt: number, tokenGeneration: number): Promise<boolean> {
    const { refresher, clock } = this.#pipeline;
    const { name, host, operation, signal } = this.#plan;
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
      const timeUp = sleep(clock, deadlineAt - clock.now(), over.signal).then(
        (): typeof TIME_UP => TIME_UP,
      );
      const token = await Promise.race([renewed, timeUp]);
      if (typeof token === 'symbol') return false;
      this.token = token;
      return true;
    } catch (cause) {
      if (signal?.aborted) throw cause;
      // The caller's own refresh failed: the 401 stays, and the observer hears why.
      this.#pipeline.reportRefreshError(cause);
      return false;
    } finally {
      signal?.removeEventListener('abort', stop);
      over.abort(undefined);
    }
  }
}

const TIME_UP: unique symbol = Symbol('time is up');
