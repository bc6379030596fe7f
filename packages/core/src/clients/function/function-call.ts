import type { Operation } from '../../catalogue/entry.ts';
import { OTHER, operationNamed } from '../../catalogue/operations.ts';
import type { Failure } from '../../failure/failure.ts';
import { failureOfResponse, release } from '../../failure/response.ts';
import type { ClientKind } from '../../observe/observer.ts';
import type { AttemptContext, AttemptSender, ClientCall } from '../../pipeline/call.ts';
import { limitsOf } from '../../pipeline/limits.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { readInTime } from '../shared/error-body.ts';

/** What one call of `execute` may say for itself. */
export interface ExecuteOptions {
  /** Ends the call at once, waits included; the call rejects with the signal's own reason. */
  readonly signal?: AbortSignal;
  /**
   * Whether the function may be carried out twice.
   *
   * @defaultValue as the operations table says of an operation that it knows by this name, else true
   */
  readonly idempotent?: boolean;
  /** In milliseconds. @defaultValue the wrapper's */
  readonly attemptTimeoutMs?: number;
  /** In milliseconds. @defaultValue the wrapper's */
  readonly deadlineMs?: number;
  /** @defaultValue the wrapper's */
  readonly maxRetries?: number;
  /** The host that is called, where one wrapper serves several: circuits and pauses go by it. */
  readonly host?: string;
  /**
   * Which calls go first where they wait for the same quota: the higher number, as `isolate` before an
   * export. Without the `quota` option it changes nothing.
   *
   * @defaultValue the operation's
   */
  readonly priority?: number;
}

const NO_OPTIONS: ExecuteOptions = Object.freeze({});

/** A function that makes one attempt. */
export type AttemptFunction<T> = (context: AttemptContext) => PromiseLike<T> | T;

/** One call of a function of the caller's. */
export class FunctionCall<T> implements ClientCall<T> {
  readonly operation: Operation;
  readonly name: string;
  readonly client: ClientKind = 'function';
  readonly host: string | undefined;
  readonly request = undefined;
  readonly signal: AbortSignal | undefined;
  readonly attemptTimeoutMs: number;
  readonly deadlineMs: number;
  readonly maxRetries: number;
  readonly idempotent: boolean;
  readonly resendable = true;
  readonly priority: number | undefined;
  readonly #pipeline: Pipeline;
  readonly #fn: AttemptFunction<T>;

  constructor(
    pipeline: Pipeline,
    name: string,
    fn: AttemptFunction<T>,
    options: ExecuteOptions = NO_OPTIONS,
  ) {
    const operation = operationNamed(name) ?? OTHER;
    const limits = limitsOf(pipeline.settings, operation, name, undefined, options);
    this.operation = operation;
    this.name = name;
    this.host = options.host;
    this.signal = options.signal;
    this.attemptTimeoutMs = limits.attemptTimeoutMs;
    this.deadlineMs = limits.deadlineMs;
    this.maxRetries = limits.maxRetries;
    this.idempotent = limits.idempotent;
    this.priority = options.priority;
    this.#pipeline = pipeline;
    this.#fn = fn;
  }

  send(context: AttemptSender): PromiseLike<T> | T {
    return this.#fn(context);
  }

  /** A function may give a `Response` that says that it failed, as fetch does. */
  classifyResult(value: T): Promise<Failure | undefined> | undefined {
    if (!isFailedResponse(value)) return undefined;
    const { clock } = this.#pipeline;
    return readInTime(clock, this.signal, (signal) =>
      failureOfResponse(value, { now: () => clock.epoch(), signal }),
    );
  }

  statusOf(value: T): number | undefined {
    return isResponse(value) ? value.status : undefined;
  }

  async dispose(value: T): Promise<void> {
    if (isResponse(value)) await release(value);
  }
}

// By shape and not by `instanceof`: naming the global would load the whole of Node's fetch.
function isResponse(value: unknown): value is Response {
  return (
    typeof value === 'object' &&
    value !== null &&
    'status' in value &&
    typeof value.status === 'number' &&
    Object.prototype.toString.call(value) === '[object Response]'
  );
}

function isFailedResponse(value: unknown): value is Response {
  return isResponse(value) && value.status >= 400;
}
