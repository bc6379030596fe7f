/**
 * A limit over a window that slides: no stretch of `windowMs` ever sees more than `limit` calls let
 * through. Refused calls count as well, as Microsoft warns: who does not wait, waits longer.
 */
export class SlidingWindow {
  readonly #windowMs: number;
  // A ring of the latest `limit` calls, which are all that can matter: older ones leave the window
  // before them.
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
   * @param reserved - how much of the limit others have taken.
   * @returns 0 when the call is let through, else the milliseconds to wait.
   */
  take(now: number, reserved = 0): number {
    const refused = this.waitMs(now, reserved) > 0;
    this.#latest[this.#next] = now;
    this.#next = (this.#next + 1) % this.#latest.length;
    this.#size = Math.min(this.#size + 1, this.#latest.length);
    return refused ? this.waitMs(now, reserved) : 0;
  }

  /** Milliseconds until a call is let through, when none is made until then; 0 when one is now. */
  waitMs(now: number, reserved = 0): number {
    const free = this.#latest.length - reserved;
    if (free <= 0) return this.#windowMs;
    return this.#size < free ? 0 : Math.max(0, this.#ago(free) + this.#windowMs - now);
  }

  /** How many of the limit's calls are in the window now. */
  used(now: number): number {
    let used = 0;
    while (used < this.#size && now - this.#ago(used + 1) < this.#windowMs) used += 1;
    return used;
  }

  /** When the call was made that is the `count`th, counted from the latest. */
  #ago(count: number): number {
    const { length } = this.#latest;
    return this.#latest[(this.#next - count + length) % length] ?? 0;
  }
}
