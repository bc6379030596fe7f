import type { WindowLimit } from './limits.ts';

/** A call that was sent. */
export interface Sent {
  readonly sentAt: number;
}

/**
 * When the calls of one group were sent, for as long as it matters: what is asked of it is exact, at
 * every instant and over windows that really slide.
 *
 * The service counts a call when it arrives, which is some time between its sending and its answer.
 * A call therefore counts from its sending until a window after it is certain to have arrived: after
 * its answer, or `transitMs` after its sending. So no jitter of the network puts more calls into a
 * window of the service than into one of these, and the clocks need not agree; the price is the
 * share that a call's way takes of the window.
 *
 * Constant memory: no more times are kept than the longest window allows calls.
 */
export class SlidingWindowLog {
  readonly #windows: readonly WindowLimit[];
  readonly #transitMs: number;
  /** When each call had certainly arrived, oldest first. A ring that is indexed by a running count. */
  readonly #arrived: Float64Array;
  /** For each window, the running count of the first call that is still in it. */
  readonly #first: number[];
  #count = 0;
  readonly #underway = new Set<Sent>();

  constructor(windows: readonly WindowLimit[], transitMs: number) {
    this.#windows = windows;
    this.#transitMs = transitMs;
    this.#arrived = new Float64Array(Math.max(...windows.map(({ limit }) => limit), 1));
    this.#first = windows.map(() => 0);
  }

  send(now: number): Sent {
    const sent = { sentAt: now };
    this.#underway.add(sent);
    return sent;
  }

  /** The call was answered, or failed: it has arrived if it ever does. */
  answered(sent: Sent, now: number): void {
    this.#settle(now);
    if (this.#underway.delete(sent)) this.#arrive(now);
  }

  /** The call was not sent after all. */
  unsent(sent: Sent): void {
    this.#underway.delete(sent);
  }

  /** Calls in the window of that index that ends now. */
  used(index: number, now: number): number {
    this.#settle(now);
    return this.#count - this.#forget(index, now) + this.#underway.size;
  }

  /**
   * Milliseconds until a call may be sent after `ahead` others, when all are sent as soon as they may
   * be. For calls that are still under way it is the least that is possible.
   *
   * @param limit - how many calls the window of that index lets through now.
   */
  waitMs(index: number, limit: number, ahead: number, now: number): number {
    const windowMs = this.#windows[index]?.windowMs ?? 0;
    const used = this.used(index, now);
    let leaving = used + ahead - limit + 1;
    if (leaving <= 0) return 0;
    // Whoever is ahead leaves the window in turn, one window after it was sent itself.
    const rounds = Math.max(Math.ceil((leaving - used) / limit), 0);
    leaving -= rounds * limit;
    const first = leaving <= 0 ? 0 : this.#leavesIn(index, leaving, windowMs, now);
    return first + rounds * windowMs;
  }

  #leavesIn(index: number, leaving: number, windowMs: number, now: number): number {
    const position = (this.#first[index] ?? 0) + leaving - 1;
    return position < this.#count ? this.#at(position) + windowMs - now : windowMs;
  }

  /** Calls without an answer have arrived by now, if they ever do. */
  #settle(now: number): void {
    for (const sent of this.#underway) {
      const arrived = sent.sentAt + this.#transitMs;
      if (arrived > now) return;
      this.#underway.delete(sent);
      this.#arrive(arrived);
    }
  }

  #arrive(at: number): void {
    this.#arrived[this.#count % this.#arrived.length] = at;
    this.#count += 1;
  }

  #at(position: number): number {
    return this.#arrived[position % this.#arrived.length] ?? 0;
  }

  #forget(index: number, now: number): number {
    const windowMs = this.#windows[index]?.windowMs ?? 0;
    // What the ring has overwritten is older than any window.
    let first = Math.max(this.#first[index] ?? 0, this.#count - this.#arrived.length);
    while (first < this.#count && this.#at(first) + windowMs <= now) first += 1;
    this.#first[index] = first;
    return first;
  }
}
