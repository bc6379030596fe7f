import type { WindowLimit } from './limits.ts';

/** A call that was sent. */
export interface SentCall {
  /** Unique among the calls of this process and group. */
  readonly id: number;
  readonly sentAt: number;
}

/** A call that still counts. */
export interface LoggedCall {
  readonly id: number;
  /** How long ago it had arrived at the latest, in milliseconds; negative while it may still be on its way. */
  readonly ageMs: number;
}

/**
 * Records when the calls of one group were sent, and counts them exactly over sliding windows.
 *
 * The service counts a call when it arrives, between its sending and its response. So a call counts here from
 * its sending until one window after it has certainly arrived: when it was answered, or `transitMs` after it
 * was sent. Then network jitter never puts more calls into one of the service's windows than into one of these,
 * and the clocks need not agree. The cost: each call counts longer, by its duration.
 *
 * Uses constant memory: it keeps only as many times as the longest window allows calls.
 */
export class SlidingWindowLog {
  readonly #windows: readonly WindowLimit[];
  readonly #transitMs: number;
  /** When each call had certainly arrived, oldest first: a ring, indexed by a running count. */
  readonly #arrivals: Float64Array;
  /** The IDs of the same calls. */
  readonly #ids: Float64Array;
  /** For each window, the running count of the first call that is still in it. */
  readonly #first: number[];
  #count = 0;
  readonly #inFlight = new Set<SentCall>();

  constructor(windows: readonly WindowLimit[], transitMs: number) {
    this.#windows = windows;
    this.#transitMs = transitMs;
    const capacity = Math.max(...windows.map(({ limit }) => limit), 1);
    this.#arrivals = new Float64Array(capacity);
    this.#ids = new Float64Array(capacity);
    this.#first = windows.map(() => 0);
  }

  send(id: number, now: number): SentCall {
    const call = { id, sentAt: now };
    this.#inFlight.add(call);
    return call;
  }

  /** The call was answered or has failed, so it arrived by now or never will. */
  completed(call: SentCall, now: number): void {
    this.#settle(now);
    if (this.#inFlight.delete(call)) this.#arrive(call, now);
  }

  /** The call was not sent after all. */
  cancel(call: SentCall): void {
    this.#inFlight.delete(call);
  }

  /** The number of calls in the window of that index that ends now. */
  used(index: number, now: number): number {
    this.#settle(now);
    return this.#count - this.#forget(index, now) + this.#inFlight.size;
  }

  /**
   * Milliseconds until a call may be sent after `ahead` others, if all are sent as early as possible. A lower
   * bound while calls are in flight.
   *
   * @param limit - how many calls the window of that index allows now
   */
  waitMs(index: number, limit: number, ahead: number, now: number): number {
    const windowMs = this.#windows[index]?.windowMs ?? 0;
    const used = this.used(index, now);
    let leaving = used + ahead - limit + 1;
    if (leaving <= 0) return 0;
    // The calls ahead leave the window one by one, one window after they were sent.
    const rounds = Math.max(Math.ceil((leaving - used) / limit), 0);
    leaving -= rounds * limit;
    const firstMs = leaving <= 0 ? 0 : this.#leavesInMs(index, leaving, windowMs, now);
    return firstMs + rounds * windowMs;
  }

  /** All calls that are still in one of the windows. */
  calls(now: number): readonly LoggedCall[] {
    this.#settle(now);
    const first = Math.min(...this.#windows.map((_, index) => this.#forget(index, now)));
    const calls: LoggedCall[] = [];
    for (let position = first; position < this.#count; position += 1) {
      const id = this.#ids[position % this.#ids.length] ?? 0;
      calls.push({ id, ageMs: now - this.#at(position) });
    }
    for (const { id, sentAt } of this.#inFlight) {
      calls.push({ id, ageMs: now - sentAt - this.#transitMs });
    }
    return calls;
  }

  #leavesInMs(index: number, leaving: number, windowMs: number, now: number): number {
    const position = (this.#first[index] ?? 0) + leaving - 1;
    return position < this.#count ? this.#at(position) + windowMs - now : windowMs;
  }

  /** Calls without a response after `transitMs` count as arrived. */
  #settle(now: number): void {
    for (const call of this.#inFlight) {
      const arrivedAt = call.sentAt + this.#transitMs;
      // A call that was sent just now may still be cancelled.
      if (arrivedAt >= now) return;
      this.#inFlight.delete(call);
      this.#arrive(call, arrivedAt);
    }
  }

  #arrive({ id }: SentCall, at: number): void {
    this.#arrivals[this.#count % this.#arrivals.length] = at;
    this.#ids[this.#count % this.#ids.length] = id;
    this.#count += 1;
  }

  #at(position: number): number {
    return this.#arrivals[position % this.#arrivals.length] ?? 0;
  }

  #forget(index: number, now: number): number {
    const windowMs = this.#windows[index]?.windowMs ?? 0;
    // Entries that the ring has overwritten are older than any window.
    let first = Math.max(this.#first[index] ?? 0, this.#count - this.#arrivals.length);
    while (first < this.#count && this.#at(first) + windowMs <= now) first += 1;
    this.#first[index] = first;
    return first;
  }
}
