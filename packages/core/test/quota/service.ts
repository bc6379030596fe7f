/**
 * A service that counts the calls of a window that really slides, refused ones among them, and tells
 * whoever it refuses how long to wait.
 */
export class Service {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly calls: { readonly at: number; readonly refused: boolean }[] = [];
  /** How many calls of a window other applications take, each from a time until another. */
  readonly foreign: { share: number; from: number; until: number }[] = [];

  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  /** Counts a call; gives the wait when it is refused. */
  take(now: number): number | undefined {
    const free = this.#limit - this.#reserved(now);
    const before = this.calls.at(-free);
    const refused = free <= 0 || (before !== undefined && now - before.at < this.#windowMs);
    this.calls.push({ at: now, refused });
    if (!refused) return undefined;
    const oldest = this.calls.at(-free);
    return oldest === undefined ? this.#windowMs : oldest.at + this.#windowMs - now;
  }

  /** Calls that were let through and refused, from one time to another. */
  between(from: number, until: number): { through: number; refused: number } {
    const inside = this.calls.filter(({ at }) => at >= from && at < until);
    const refused = inside.filter((call) => call.refused).length;
    return { through: inside.length - refused, refused };
  }

  #reserved(now: number): number {
    const rate = this.#limit / this.#windowMs;
    return this.foreign.reduce((sum, { share, from, until }) => {
      const insideMs = Math.min(now, until) - Math.max(from, now - this.#windowMs);
      return sum + Math.floor(share * rate * Math.max(insideMs, 0));
    }, 0);
  }
}
