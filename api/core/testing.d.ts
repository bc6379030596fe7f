import { t as Clock } from "./clock.js";
/** A {@link Clock} that moves only when a test moves it. */
interface ManualClock extends Clock {
  /** How many timers wait to fire. Zero if everything was cleaned up. */
  readonly pendingTimers: number;
  /** Milliseconds until the next timer fires; undefined when none waits. */
  readonly nextTimerMs: number | undefined;
  /**
   * Lets `ms` milliseconds pass: fires every timer that is due, in order, and lets the promises that depend on
   * each settle before the next one fires.
   */
  advance(ms: number): Promise<void>;
  /** Advances from timer to timer until `promise` settles, and returns its result. */
  settle<T>(promise: Promise<T>): Promise<T>;
}
/**
 * Creates a clock for tests: time passes only through `advance` and `settle`.
 *
 * @param options.epoch - the wall-clock time at the start, in milliseconds since 1970.
 * @defaultValue `epoch` is 2026-01-01T00:00:00Z
 * @throws TypeError if an option is invalid
 */
export declare function manualClock(options?: {
  readonly epoch?: number;
}): ManualClock;
export type { ManualClock };
