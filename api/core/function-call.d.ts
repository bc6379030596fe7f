/** What the caller's function is told about the attempt that it makes. */
interface AttemptContext {
  /** The operation's name. */
  readonly operation: string;
  /** The attempt's number, from 1. */
  readonly attempt: number;
  /**
   * Aborts when the caller's own signal does, or when the attempt's or the call's time is up. Created
   * when it is first read.
   */
  readonly signal: AbortSignal;
  /** The token that `refreshToken` returned in this call; absent before. */
  readonly token?: string;
}
/** What one call of `execute` may set for itself. */
interface ExecuteOptions {
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
/** A function that makes one attempt. */
type AttemptFunction<T> = (context: AttemptContext) => PromiseLike<T> | T;
export { ExecuteOptions as n, AttemptContext as r, AttemptFunction as t };
