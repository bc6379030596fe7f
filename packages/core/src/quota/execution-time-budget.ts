import type { RunningLimit } from './limits.ts';

/** Into how many slices a window is cut: what was spent leaves it slice by slice. */
const SLICES = 60;
/** How much the latest query counts in what a query is expected to take. */
const SMOOTHING = 0.3;

/** The running time that queries spent in a window that slides. Constant memory. */
class Spent {
  readonly limitMs: number;
  readonly #windowMs: number;
  readonly #sliceMs: number;
  /** Oldest first, each with the time at which it ends. */
  #slices: { readonly endsAt: number; ms: number }[] = [];
  #totalMs = 0;

  constructor({ limitMs, windowMs }: RunningLimit) {
    this.limitMs = limitMs;
    this.#windowMs = windowMs;
    this.#sliceMs = windowMs / SLICES;
  }

  spend(ms: number, now: number): void {
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

  /** Milliseconds until less than `allowedMs` is spent. */
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
 * The budget of running time that hunting queries have: by the hour and by the day, learned from how
 * long the queries took. How long one will take is not known before, so those under way are expected
 * to take as long as the ones before them.
 */
export class ExecutionTimeBudget {
  readonly #windows: readonly Spent[];
  #expectedMs: number | undefined = undefined;
  #underway = 0;

  constructor(limits: readonly RunningLimit[]) {
    this.#windows = limits.map((limit) => new Spent(limit));
  }

  begin(): void {
    this.#underway += 1;
  }

  end(ms: number, now: number): void {
    this.#underway -= 1;
    const expected = this.#expectedMs ?? ms;
    this.#expectedMs = expected + SMOOTHING * (ms - expected);
    for (const spent of this.#windows) spent.spend(ms, now);
  }

  /** It was not run after all. */
  cancel(): void {
    this.#underway -= 1;
  }

  /** Milliseconds until a query may run; 0 when one may now. */
  waitMs(now: number): number {
    const expectedMs = this.#underway * (this.#expectedMs ?? 0);
    return this.#windows.reduce((longest, spent) => {
      // One at a time may always run while anything is left, however long queries are.
      const allowedMs = this.#underway === 0 ? spent.limitMs : spent.limitMs - expectedMs;
      return Math.max(longest, spent.waitMs(allowedMs, now));
    }, 0);
  }

  /** What is spent of the scarcest budget. */
  state(now: number): { readonly usedMs: number; readonly limitMs: number } | undefined {
    const states = this.#windows.map((spent) => ({
      usedMs: spent.usedMs(now),
      limitMs: spent.limitMs,
    }));
    return states.reduce<(typeof states)[number] | undefined>((scarcest, state) => {
      if (scarcest === undefined) return state;
      return state.limitMs - state.usedMs < scarcest.limitMs - scarcest.usedMs ? state : scarcest;
    }, undefined);
  }
}
