import type { ExecutionTimeLimit } from './limits.ts';

/** The number of slices of a window: spent time leaves it slice by slice. */
const SLICES = 60;
/** The weight of the latest query in the estimate of the next. */
const SMOOTHING = 0.3;

/** The execution time that queries spent in a sliding window. Constant memory. */
class SpentTime {
  readonly limitMs: number;
  readonly #windowMs: number;
  readonly #sliceMs: number;
  /** Oldest first, each with the time at which it ends. */
  #slices: { readonly endsAt: number; ms: number }[] = [];
  #totalMs = 0;

  constructor({ limitMs, windowMs }: ExecutionTimeLimit) {
    this.limitMs = limitMs;
    this.#windowMs = windowMs;
    this.#sliceMs = windowMs / SLICES;
  }

  add(ms: number, now: number): void {
    const latest = this.#slices.at(-1);
    if (latest !== undefined && now <= latest.endsAt) latest.ms += ms;
    else this.#slices.push({ endsAt: now + this.#sliceMs, ms });
    this.#totalMs += ms;
  }

  usedMs(now: number): number {
    while (this.#slices[0] !== undefined && this.#slices[0].endsAt + this.#windowMs <= now) {
      this.#totalMs -= this.#slices.shift()?.ms ?? 0;
    }
    return this.#totalMs;
  }

  /** Milliseconds until less than `allowedMs` is spent in the window. */
  waitMs(allowedMs: number, now: number): number {
    let left = this.usedMs(now);
    if (left < allowedMs) return 0;
    for (const { endsAt, ms } of this.#slices) {
      left -= ms;
      if (left < allowedMs) return endsAt + this.#windowMs - now;
    }
    return this.#windowMs;
  }
}

/**
 * The budget of execution time for hunting queries, per hour and per day. How long a query takes is not known
 * beforehand, so running ones are expected to take as long as those before them.
 */
export class ExecutionTimeBudget {
  readonly #windows: readonly SpentTime[];
  #expectedMs: number | undefined = undefined;
  #running = 0;

  constructor(limits: readonly ExecutionTimeLimit[]) {
    this.#windows = limits.map((limit) => new SpentTime(limit));
  }

  begin(): void {
    this.#running += 1;
  }

  end(ms: number, now: number): void {
    this.#running -= 1;
    const expected = this.#expectedMs ?? ms;
    this.#expectedMs = expected + SMOOTHING * (ms - expected);
    for (const window of this.#windows) window.add(ms, now);
  }

  /** The query was not run after all. */
  cancel(): void {
    this.#running -= 1;
  }

  /** Milliseconds until a query may run; 0 if one may run now. */
  waitMs(now: number): number {
    const expectedMs = this.#running * (this.#expectedMs ?? 0);
    return this.#windows.reduce((longest, window) => {
      // A single query may always run while any time is left, however long queries are.
      return Math.max(longest, window.waitMs(window.limitMs - expectedMs, now));
    }, 0);
  }

  /** The time spent from the scarcest budget; undefined if there is none. */
  state(now: number): { readonly usedMs: number; readonly limitMs: number } | undefined {
    const states = this.#windows.map((window) => ({
      usedMs: window.usedMs(now),
      limitMs: window.limitMs,
    }));
    const leftMs = ({ limitMs, usedMs }: (typeof states)[number]): number => limitMs - usedMs;
    return states.toSorted((a, b) => leftMs(a) - leftMs(b))[0];
  }
}
