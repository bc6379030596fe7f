import { SlidingCounts } from './sliding-counts.ts';

/** How many retries a wrapper may add to the calls it is given. */
export interface BudgetSettings {
  /** Retries allowed for each call of the last minute. @defaultValue 0.2 */
  readonly ratio: number;
  /** Retries a minute that are allowed in any case, for clients of few calls. @defaultValue 30 */
  readonly minPerMinute: number;
}

const MINUTE_MS = 60_000;

/**
 * Holds retries to a share of the calls, so that a retrying client cannot multiply an outage: no
 * retry is granted beyond `ratio` of the calls of the last minute and `minPerMinute`.
 */
export class RetryBudget {
  readonly #settings: BudgetSettings;
  readonly #counts = new SlidingCounts(MINUTE_MS);

  constructor(settings: BudgetSettings) {
    this.#settings = settings;
  }

  /** Counts a logical call, whose share is added to what may be retried. */
  call(now: number): void {
    this.#counts.addFirst(now);
  }

  /** Takes one retry out of the budget; false, and nothing taken, when it is used up. */
  tryRetry(now: number): boolean {
    if (this.#counts.second(now) + 1 > this.#allowed(now)) return false;
    this.#counts.addSecond(now);
    return true;
  }

  snapshot(now: number): { calls: number; retries: number; allowed: number } {
    return {
      calls: this.#counts.first(now),
      retries: this.#counts.second(now),
      allowed: Math.floor(this.#allowed(now)),
    };
  }

  #allowed(now: number): number {
    return this.#settings.ratio * this.#counts.first(now) + this.#settings.minPerMinute;
  }
}
