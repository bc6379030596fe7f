import { SlidingCount } from './sliding-count.ts';

/** How many retries a wrapper may add to its calls. */
export interface BudgetSettings {
  /** How many retries each call of the last minute allows. @defaultValue 0.2 */
  readonly ratio: number;
  /** How many retries per minute are always allowed, for clients with few calls. @defaultValue 30 */
  readonly minPerMinute: number;
}

const MINUTE_MS = 60_000;

/**
 * Limits retries to a share of the calls, so that they do not make an outage worse: at most `ratio` times the
 * calls of the last minute, plus `minPerMinute`.
 */
export class RetryBudget {
  readonly #settings: BudgetSettings;
  readonly #calls = new SlidingCount(MINUTE_MS);
  readonly #retries = new SlidingCount(MINUTE_MS);

  constructor(settings: BudgetSettings) {
    this.#settings = settings;
  }

  /** Counts a call, which adds its share to the budget. */
  countCall(now: number): void {
    this.#calls.add(now);
  }

  /** Takes one retry from the budget; false if the budget is used up. */
  tryRetry(now: number): boolean {
    if (this.#retries.total(now) + 1 > this.#allowed(now)) return false;
    this.#retries.add(now);
    return true;
  }

  snapshot(now: number): { calls: number; retries: number; allowed: number } {
    return {
      calls: this.#calls.total(now),
      retries: this.#retries.total(now),
      allowed: Math.floor(this.#allowed(now)),
    };
  }

  #allowed(now: number): number {
    return this.#settings.ratio * this.#calls.total(now) + this.#settings.minPerMinute;
  }
}
