import type { Operation } from '../../catalogue/entry.ts';
import { OTHER, operationNamed } from '../../catalogue/operations.ts';
import { classify } from '../../failure/classify.ts';
import type { Failure } from '../../failure/failure.ts';
import { safeGet } from '../../failure/safe-get.ts';
import type { ClientKind } from '../../observe/observer.ts';
import type { AttemptContext, AttemptSender, ClientCall, Limits } from '../../pipeline/call.ts';
import { limitsOf } from '../../pipeline/limits.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { isJsonSuccess, truncationOf } from '../shared/json-body.ts';
import { disposeResponse, failureInTime } from '../shared/response-body.ts';
import {
  disposeClientResponse,
  isClientResponse,
  isFetchResponse,
  statusOf,
} from './client-response.ts';

/** The options of one call of `execute`. */
export interface ExecuteOptions<T = unknown> {
  /** Ends the call at once, even in a wait; the call rejects with the signal's own reason. */
  readonly signal?: AbortSignal;
  /**
   * Whether the function may run twice.
   *
   * @defaultValue as the operations table says for an operation of this name, else true
   */
  readonly idempotent?: boolean;
  /** The time limit of one attempt, in milliseconds. @defaultValue the wrapper's `attemptTimeoutMs` */
  readonly attemptTimeoutMs?: number;
  /** The time limit of the whole call, in milliseconds. @defaultValue the wrapper's `deadlineMs` */
  readonly deadlineMs?: number;
  /** How many attempts may follow the first. @defaultValue the wrapper's `retry.maxRetries` */
  readonly maxRetries?: number;
  /** The host that is called, if one wrapper serves several: each has its own circuits and pauses. */
  readonly host?: string;
  /**
   * Which calls go first when they wait for the same quota: those with the higher number, such as an
   * isolation before an export. Has no effect without the `quota` option.
   *
   * @defaultValue the operation's
   */
  readonly priority?: number;
  /**
   * Decides whether a result is a failure. Returns undefined or false for a success; `true`, or anything that
   * `classify` understands (an error, a response, `{ status, headers, body }`), for a failure. Replaces the
   * default check.
   *
   * @defaultValue a `Response`, and a response of axios, got, undici, superagent, an Azure SDK or Node, is a
   * failure if its status is 400 or more; any other result is a success
   * @example
   * ```ts
   * const options = { failed: (result) => result.error };
   * const page = await resilience.execute('incidents.list', () => sdk.listIncidents(), options);
   * ```
   */
  failed?(result: T): unknown;
}

/** The options of `wrap`, for every call of the function. */
export type WrapOptions<T = unknown> = Omit<ExecuteOptions<T>, 'signal'>;

const NO_OPTIONS: ExecuteOptions = Object.freeze({});

/** A function that makes one attempt. */
export type AttemptFunction<T> = (context: AttemptContext) => PromiseLike<T> | T;

/** One call of a function that the caller gave to `execute` or `wrap`. */
export class FunctionCall<T> implements ClientCall<T> {
  readonly operation: Operation;
  readonly name: string;
  readonly client: ClientKind = 'function';
  readonly host: string | undefined;
  readonly request = undefined;
  readonly signal: AbortSignal | undefined;
  readonly limits: Limits;
  readonly resendable = true;
  readonly priority: number | undefined;
  readonly #pipeline: Pipeline;
  readonly #fn: AttemptFunction<T>;
  readonly #failed: ((result: T) => unknown) | undefined;

  constructor(
    pipeline: Pipeline,
    name: string,
    fn: AttemptFunction<T>,
    options: ExecuteOptions<T> = NO_OPTIONS,
  ) {
    const operation = operationNamed(name) ?? OTHER;
    this.operation = operation;
    this.limits = limitsOf(pipeline.settings, operation, name, undefined, options);
    this.name = name;
    this.host = options.host;
    this.signal = options.signal;
    this.priority = options.priority;
    this.#pipeline = pipeline;
    this.#fn = fn;
    this.#failed = options.failed?.bind(options);
  }

  send(context: AttemptSender): PromiseLike<T> | T {
    return this.#fn(context);
  }

  classifyResult(
    value: T,
    attempt: AttemptSender,
  ): Promise<Failure | undefined> | Failure | undefined {
    if (this.#failed !== undefined) return this.#applyFailed(this.#failed, value);
    if (isFetchResponse(value)) {
      if (value.status < 400) return undefined;
      return failureInTime(this.#pipeline, value, attempt.endsAt, this.signal);
    }
    if (!isClientResponse(value)) return undefined;
    return classify(value, this.#pipeline.time) ?? truncatedData(value);
  }

  statusOf(value: T): number | undefined {
    return isFetchResponse(value) || isClientResponse(value) ? statusOf(value) : undefined;
  }

  dispose(value: T): Promise<void> | void {
    if (isFetchResponse(value)) return disposeResponse(value);
    if (isClientResponse(value)) disposeClientResponse(value);
  }

  #applyFailed(failed: (result: T) => unknown, value: T): Failure | undefined {
    try {
      const verdict = failed(value);
      if (verdict === true) return JUDGED_FAILED;
      return classify(verdict, this.#pipeline.time);
    } catch (error) {
      this.#pipeline.reportError(error, 'failed');
      return undefined;
    }
  }
}

/** The caller says only that the result is a failure. */
const JUDGED_FAILED: Failure = Object.freeze({
  code: 'Unknown',
  message: 'The option `failed` says that the result is a failure',
  verdict: 'retryable',
  source: 'unknown',
  ambiguous: true,
});

/** axios returns whatever it could decompress of a truncated body. */
function truncatedData(response: object): Failure | undefined {
  const isJson = isJsonSuccess(statusOf(response) ?? 0, safeGet(response, 'headers'));
  return isJson ? truncationOf(safeGet(response, 'data')) : undefined;
}
