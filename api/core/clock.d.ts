/** A timer that was started by a {@link Clock}. */
interface Timer {
  /** Stops the timer; does nothing when it has fired already. */
  cancel(): void;
}
/**
 * The source of time. Every wait and every duration of the wrapper uses it, so that a test can let an hour pass
 * in a millisecond.
 */
interface Clock {
  /** Monotonic time in milliseconds, from any origin. For durations and waits. */
  now(): number;
  /** Wall-clock time in milliseconds since 1970. For HTTP dates and records, never for durations. */
  epoch(): number;
  /**
   * Calls `callback` once, after `delayMs` milliseconds (at most 2,147,483,647).
   *
   * A timer with `keepAlive: false` does not keep the process running.
   */
  timer(callback: () => void, delayMs: number, options?: {
    readonly keepAlive?: boolean;
  }): Timer;
}
export { Timer as n, Clock as t };
