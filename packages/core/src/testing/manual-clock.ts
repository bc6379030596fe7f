import type { Clock, Timer } from '../clock.ts';
import { checkOptions, number, type OptionRules } from '../validation/check-options.ts';

interface Pending {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A {@link Clock} that moves only when a test moves it. */
export interface ManualClock extends Clock {
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

/** The latest time of a `Date`. */
const MAX_DATE_MS = 8.64e15;
const OPTIONS: OptionRules = { epoch: number(-MAX_DATE_MS, MAX_DATE_MS) };

// By the time setImmediate fires, promise chains have settled, unless they wait for real I/O.
const drained = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Creates a clock for tests: time passes only through `advance` and `settle`.
 *
 * @param options.epoch - the wall-clock time at the start, in milliseconds since 1970.
 * @defaultValue `epoch` is 2026-01-01T00:00:00Z
 * @throws TypeError if an option is invalid
 */
export function manualClock(options: { readonly epoch?: number } = {}): ManualClock {
  checkOptions('manualClock', OPTIONS, options);
  const startEpoch = options.epoch ?? Date.UTC(2026, 0, 1);
  const pending = new Set<Pending>();
  let now = 0;
  let order = 0;

  const next = (): Pending | undefined => {
    let first: Pending | undefined;
    for (const timer of pending) {
      if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order)) {
        first = timer;
      }
    }
    return first;
  };

  const advance = async (ms: number): Promise<void> => {
    const end = now + ms;
    await drained();
    for (let due = next(); due !== undefined && due.at <= end; due = next()) {
      pending.delete(due);
      now = Math.max(now, due.at);
      due.callback();
      await drained();
    }
    now = end;
  };

  return {
    now: () => now,
    epoch: () => startEpoch + now,
    timer(callback, delayMs): Timer {
      const entry: Pending = { at: now + Math.max(delayMs, 0), order: order++, callback };
      pending.add(entry);
      return { cancel: () => void pending.delete(entry) };
    },
    get pendingTimers() {
      return pending.size;
    },
    get nextTimerMs() {
      const first = next();
      return first === undefined ? undefined : first.at - now;
    },
    advance,
    async settle(promise) {
      let settled = false;
      const done = (): void => {
        settled = true;
      };
      promise.then(done, done);
      await drained();
      while (!settled) {
        const due = next();
        if (due === undefined)
          throw new Error('There are no timers left, but the promise has not settled');
        await advance(due.at - now);
      }
      return promise;
    },
  };
}
