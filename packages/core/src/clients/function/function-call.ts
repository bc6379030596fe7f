import type { Operation } from '../../catalogue/entry.ts';
import { OTHER, operationNamed } from '../../catalogue/operations.ts';
import type { Failure } from '../../failure/failure.ts';
import { tagOf } from '../../failure/safe-get.ts';
import type { ClientKind } from '../../observe/observer.ts';
import type { AttemptContext, AttemptSender, ClientCall } from '../../pipeline/call.ts';
import { limitsOf } from '../../pipeline/limits.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import {
  disposeResponse,
  failureOfResponse,
  readErrorBodyInTime,
} from '../shared/response-body.ts';

/** What one call of `execute` may set for itself. */
export interface ExecuteOptions {
  /** Ends the call at once, even in a wait; the call rejects with the signal's own reason. */
  readonly signal?: AbortSignal;
  /**
   * Whether the function may be carried out twice.
   *
   * @defaultValue what the operations table says about an operation of this name, else true
   */
  readonly idempotent?: boolean;
  /** The time limit of one attempt, in milliseconds. @defaultValue the wrapper's `attemptTimeoutMs` */
  readonly attemptTimeoutMs?: number;
  /** The time limit of the whole call, in milliseconds. @defaultValue the wrapper's `deadlineMs` */
  readonly deadlineMs?: number;
  /** How many attempts may follow the first. @defaultValue the wrapper's `retry.maxRetries` */
  readonly maxRetries?: number;
  /** The host that is called, where one wrapper serves several: each has circuits and pauses of its own. */
  readonly host?: string;
  /**
   * Which calls go first when they wait for the same quota: those with the higher number, such as an
   * isolation before an export. Has no effect without the `quota` option.
   *
   * @defaultValue the operation's
   */
  readonly priority?: number;
}

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

  /** A function may return a `Response` that says that it failed, as fetch does. */
  classifyResult(value: T, { endsAt }: AttemptSender): Promise<Failure | undefined> | undefined {
    if (!isResponse(value) || value.status < 400) return undefined;
    const { clock } = this.#pipeline;
    return readErrorBodyInTime(clock, endsAt, this.signal, (signal) =>
      failureOfResponse(value, { now: () => clock.epoch(), signal }),
    );
  }

  statusOf(value: T): number | undefined {
    return isResponse(value) ? value.status : undefined;
  }

  async dispose(value: T): Promise<void> {
    if (isResponse(value)) await disposeResponse(value);
  }
}

// By shape and not by `instanceof`: naming the global would load the whole of Node's fetch.
function isResponse(value: unknown): value is Response {
  return (
    typeof value === 'object' &&
    value !== null &&
    'status' in value &&
    typeof value.status === 'number' &&
    tagOf(value) === 'Response'
  );
}
