/** The number of steps in which spent time leaves the window. */
const STEPS = 60;

/** A budget of execution time over a sliding window. */
export class ExecutionTimeBudget {
  readonly budgetMs: number;
  readonly #windowMs: number;
  /** Oldest first; at most one more than there are steps. */
  #spent: { readonly from: number; ms: number }[] = [];

  constructor(budgetMs: number, windowMs: number) {
    this.budgetMs = budgetMs;
    this.#windowMs = windowMs;
  }

  spend(ms: number, now: number): void {
    this.#expire(now);
    const stepMs = this.#windowMs / STEPS;
    const latest = this.#spent.at(-1);
    if (latest !== undefined && now - latest.from < stepMs) latest.ms += ms;
    else this.#spent.push({ from: now, ms });
  }

  usedMs(now: number): number {
    this.#expire(now);
    return this.#spent.reduce((sum, { ms }) => sum + ms, 0);
  }

  /** Milliseconds until a query may run; 0 if one may run now. */
  waitMs(now: number): number {
    let left = this.usedMs(now);
    for (const { from, ms } of this.#spent) {
      if (left < this.budgetMs) break;
      left -= ms;
      if (left < this.budgetMs) return this.#expiresAt(from) - now;
    }
    return 0;
  }

  #expire(now: number): void {
    while (this.#spent[0] !== undefined && this.#expiresAt(this.#spent[0].from) <= now) {
      this.#spent.shift();
    }
  }

  #expiresAt(from: number): number {
    return from + this.#windowMs / STEPS + this.#windowMs;
  }
}
