/** A timer that was started by a {@link Clock}. */
export interface Timer {
  /** Stops the timer; does nothing when it has fired already. */
  cancel(): void;
}

/**
 * The source of time. Every wait and every duration of the wrapper uses it, so that a test can let an hour pass
 * in a millisecond.
 */
export interface Clock {
  /** Monotonic time in milliseconds, from any origin. For durations and waits. */
  now(): number;
  /** Wall-clock time in milliseconds since 1970. For HTTP dates and records, never for durations. */
  epoch(): number;
  /**
   * Calls `callback` once, after `delayMs` milliseconds (at most 2,147,483,647).
   *
   * A timer with `keepAlive: false` does not keep the process running.
   */
  timer(callback: () => void, delayMs: number, options?: { readonly keepAlive?: boolean }): Timer;
}

/** The longest delay that `setTimeout` accepts: beyond it, Node fires at once. */
export const MAX_TIMER_MS = 2_147_483_647;

/** Timers may fire this much early, in milliseconds, because they count whole ones. */
const EARLY_MS = 1;

// How far the clock was moved ahead, in milliseconds. The fake timers of test frameworks move setTimeout and
// often leave performance.now alone. The clock then lags behind a timer that has fired, and every wait that
// reads it again would start over, so it is moved ahead by the difference. Real timers do not fire that early.
let aheadMs = 0;

/** The real time of this process; with fake timers, their time. */
export const systemClock: Clock = Object.freeze({
  now: () => performance.now() + aheadMs,
  epoch: () => Date.now(),
  timer(callback: () => void, delayMs: number, options?: { readonly keepAlive?: boolean }): Timer {
    // Node drops fractions, which would look like a timer that fires too early.
    const waitMs = Math.min(Math.max(Math.ceil(delayMs), 0), MAX_TIMER_MS);
    const startedAt = performance.now() + aheadMs;
    const handle = setTimeout(() => {
      const lagMs = startedAt + waitMs - (performance.now() + aheadMs);
      if (lagMs > EARLY_MS) aheadMs += lagMs;
      callback();
    }, waitMs);
    // Browsers and workers return a number, which has no `unref`.
    if (options?.keepAlive === false && typeof handle === 'object') handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
});

/** What {@link within} resolves with when the time is up. */
export const TIME_UP: unique symbol = Symbol('time is up');

/**
 * Settles as `promise` does, or resolves with {@link TIME_UP} when the time is up first. Rejects with the
 * signal's reason as soon as `signal` aborts.
 */
export async function within<T>(
  clock: Clock,
  ms: number,
  promise: Promise<T>,
  signal?: AbortSignal,
): Promise<T | typeof TIME_UP> {
  const over = new AbortController();
  const stop = (): void => over.abort(signal?.reason);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const timeUp = sleep(clock, ms, over.signal);
    return await Promise.race([promise, timeUp.then((): typeof TIME_UP => TIME_UP)]);
  } finally {
    signal?.removeEventListener('abort', stop);
    over.abort(undefined);
  }
}

/**
 * Resolves after `ms` milliseconds of `clock`; rejects with the signal's reason as soon as `signal`
 * aborts. Leaves neither a timer nor a listener behind, whichever comes first.
 */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const end = clock.now() + ms;
    let timer: Timer;
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason);
    };
    // Timers may fire a fraction early and cannot run longer than MAX_TIMER_MS, so each firing
    // reads the clock again: a Retry-After is never cut short.
    const wait = (): void => {
      const left = end - clock.now();
      if (left > 0) {
        timer = clock.timer(wait, Math.min(Math.ceil(left), MAX_TIMER_MS));
        return;
      }
      signal?.removeEventListener('abort', onAbort);
      resolve();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    timer = clock.timer(wait, Math.min(Math.ceil(ms), MAX_TIMER_MS));
  });
}
