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
/** What one call of `execute` may say for itself. */
interface ExecuteOptions {
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
/** A function that makes one attempt. */
type AttemptFunction<T> = (context: AttemptContext) => PromiseLike<T> | T;
export { ExecuteOptions as n, AttemptContext as r, AttemptFunction as t };
