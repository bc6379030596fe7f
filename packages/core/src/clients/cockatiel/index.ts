/**
 * For programs that compose policies of [cockatiel](https://github.com/connor4312/cockatiel).
 *
 * A separate entry, so that nobody else needs cockatiel's types.
 *
 * @packageDocumentation
 */

import {
  EventEmitter,
  type IDefaultPolicyContext,
  type IFailureEvent,
  type IPolicy,
  type ISuccessEvent,
  isTaskCancelledError,
} from 'cockatiel';
import { failureOf } from '../../failure/attach.ts';
import type { Failure } from '../../failure/failure.ts';
import { WRAP_OPTIONS } from '../../options/call-options.ts';
import type { AttemptContext, ClientCall } from '../../pipeline/call.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { pipelineOf, type ResilienceLike } from '../../pipeline/pipeline-of.ts';
import { runCall } from '../../pipeline/run-call.ts';
import { checkOptions } from '../../validation/check-options.ts';
import { type ExecuteOptions, FunctionCall } from '../function/function-call.ts';

export type { ResilienceLike } from '../../pipeline/pipeline-of.ts';

/** The argument of the function that a policy runs: the context of `execute`, as plain data. */
export interface ResiliencePolicyContext extends IDefaultPolicyContext, AttemptContext {
  readonly signal: AbortSignal;
}

/** The options of `execute`, without the signal: cockatiel passes one to each execution. */
export type PolicyOptions = Omit<ExecuteOptions, 'signal'>;

/**
 * A cockatiel policy that runs functions as `resilience.execute(operation, …)` does: with the wrapper's
 * retries, circuits, quotas and observers. Combine it with cockatiel's bulkhead, timeout and fallback in
 * cockatiel's own `wrap(…)`; leave out its retry and circuit breaker, or attempts multiply.
 *
 * The policy's `onSuccess` and `onFailure` fire once for each execution, however many attempts it takes.
 *
 * @example
 * ```ts
 * import { asPolicy } from '@defender-resilience/core/cockatiel';
 * import { bulkhead, wrap } from 'cockatiel';
 *
 * const policy = wrap(bulkhead(10, 100), asPolicy(resilience, 'incidents.list'));
 * const response = await policy.execute(({ signal }) => fetch(url, { signal }));
 * ```
 * @param operation - a name from the operations table (`incidents.get`), or your own
 * @throws TypeError where `resilience` was not made by `createResilience`, or the name is missing
 */
export function asPolicy(
  resilience: ResilienceLike,
  operation: string,
  options: PolicyOptions = {},
): IPolicy<ResiliencePolicyContext> {
  const pipeline = pipelineOf(resilience, 'asPolicy');
  if (typeof operation !== 'string' || operation === '') {
    throw new TypeError(
      `asPolicy takes the operation's name second, such as 'incidents.get', got ${typeof operation}`,
    );
  }
  checkOptions('asPolicy', WRAP_OPTIONS, options);
  return new ResiliencePolicy(pipeline, operation, options);
}

/** The failure of cockatiel's own timeout, when it is inside the policy. */
const TIMEOUT: Failure = Object.freeze({
  code: 'Timeout',
  message: 'A timeout policy ended the attempt',
  verdict: 'retryable',
  source: 'timeout',
  ambiguous: true,
});

class PolicyCall<T> extends FunctionCall<T> implements ClientCall<T> {
  classifyError(error: unknown): Failure | undefined {
    return error instanceof Error && isTaskCancelledError(error) ? TIMEOUT : undefined;
  }
}

class ResiliencePolicy implements IPolicy<ResiliencePolicyContext> {
  declare readonly _altReturn: never;
  readonly #pipeline: Pipeline;
  readonly #operation: string;
  readonly #options: PolicyOptions;
  readonly #succeeded = new EventEmitter<ISuccessEvent>();
  readonly #failed = new EventEmitter<IFailureEvent>();
  readonly onSuccess = this.#succeeded.addListener;
  readonly onFailure = this.#failed.addListener;

  constructor(pipeline: Pipeline, operation: string, options: PolicyOptions) {
    this.#pipeline = pipeline;
    this.#operation = operation;
    this.#options = options;
  }

  async execute<T>(
    fn: (context: ResiliencePolicyContext) => PromiseLike<T> | T,
    signal?: AbortSignal,
  ): Promise<T> {
    const { clock } = this.#pipeline;
    const startedAt = clock.now();
    // cockatiel spreads the contexts of the policies that it wraps, which copies own fields only.
    const attempt = (context: AttemptContext): PromiseLike<T> | T =>
      fn({
        signal: context.signal,
        operation: context.operation,
        attempt: context.attempt,
        ...(context.token === undefined ? {} : { token: context.token }),
      });
    const options = { ...this.#options, ...(signal === undefined ? {} : { signal }) };
    const call = new PolicyCall<T>(this.#pipeline, this.#operation, attempt, options);
    try {
      const value = await runCall(this.#pipeline, call);
      this.#report(value, { value }, clock.now() - startedAt);
      return value;
    } catch (error) {
      this.#report(error, { error }, clock.now() - startedAt);
      throw error;
    }
  }

  /** An error `Response` is a value and a failure at once. */
  #report(settled: unknown, reason: IFailureEvent['reason'], duration: number): void {
    const failure = failureOf(settled);
    // A listener that throws must not turn a success into a failure.
    try {
      const succeeded = failure === undefined || failure.partial !== undefined;
      if (succeeded && 'value' in reason) this.#succeeded.emit({ duration });
      else this.#failed.emit({ duration, handled: failure?.source !== 'cancelled', reason });
    } catch (error) {
      this.#pipeline.reportError(error, 'policy');
    }
  }
}
