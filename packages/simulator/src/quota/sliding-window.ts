/**
 * A limit over a sliding window: no span of `windowMs` ever has more than `limit` allowed calls.
 * Refused calls count too, as Microsoft documents: a caller that does not wait has to wait longer.
 */
export class SlidingWindow {
  readonly #windowMs: number;
  // A ring of the latest `limit` calls. Older ones leave the window before them, so they never matter.
  readonly #latest: Float64Array;
  #next = 0;
  #size = 0;

  constructor(limit: number, windowMs: number) {
    this.#latest = new Float64Array(limit);
    this.#windowMs = windowMs;
  }

  /**
   * Counts a call at `now`.
   *
   * @param reserved - how many calls of the limit others have used
   * @returns 0 if the call is allowed, else the milliseconds to wait
   */
  take(now: number, reserved = 0): number {
    const refused = this.waitMs(now, reserved) > 0;
    this.#latest[this.#next] = now;
    this.#next = (this.#next + 1) % this.#latest.length;
    this.#size = Math.min(this.#size + 1, this.#latest.length);
    return refused ? this.waitMs(now, reserved) : 0;
  }

  /** Milliseconds until a call is allowed, if none is made until then; 0 if one is allowed now. */
  waitMs(now: number, reserved = 0): number {
    const free = this.#latest.length - reserved;
    if (free <= 0) return this.#windowMs;
    return this.#size < free ? 0 : Math.max(0, this.#ago(free) + this.#windowMs - now);
  }

  /** How many calls are in the window now, at most `limit`. */
  used(now: number): number {
    let used = 0;
    while (used < this.#size && now - this.#ago(used + 1) < this.#windowMs) used += 1;
    return used;
  }

  /** The time of the `count`th latest call. */
  #ago(count: number): number {
    const { length } = this.#latest;
    return this.#latest[(this.#next - count + length) % length] ?? 0;
  }
}
