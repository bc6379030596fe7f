/** The attempt, as the caller's function receives it. */
interface AttemptContext {
  /** The operation's name. */
  readonly operation: string;
  /** The attempt's number, from 1. */
  readonly attempt: number;
  /**
   * Aborts when the caller's own signal does, or when the time of the attempt or the call is up. Created when
   * it is first read.
   */
  readonly signal: AbortSignal;
  /** The token that `refreshToken` returned in this call; absent before that. */
  readonly token?: string;
}
/** The options of one call of `execute`. */
interface ExecuteOptions<T = unknown> {
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
type WrapOptions<T = unknown> = Omit<ExecuteOptions<T>, "signal">;
/** A function that makes one attempt. */
type AttemptFunction<T> = (context: AttemptContext) => PromiseLike<T> | T;
export { AttemptContext as i, ExecuteOptions as n, WrapOptions as r, AttemptFunction as t };
