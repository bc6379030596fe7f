import type { WindowLimit } from './limits.ts';

/** A call that was sent. */
export interface SentCall {
  /** A number that no other call of this process and group has. */
  readonly id: number;
  readonly sentAt: number;
}

/** A call that still counts. */
export interface LoggedCall {
  readonly id: number;
  /** How long ago it had arrived; negative while it may yet arrive. */
  readonly ageMs: number;
}

/**
 * When the calls of one group were sent: exact at every instant, over windows that slide.
 *
 * The service counts a call when it arrives, which is some time between its sending and its answer.
 * So a call counts here from its sending until one window after it has certainly arrived: after its
 * answer, or `transitMs` after its sending. Then no jitter of the network puts more calls into a
 * window of the service than into one of these, and the clocks need not agree. The price is the share
 * that a call's duration has of the window.
 *
 * Constant memory: it keeps no more times than the longest window allows calls.
 */
export class SlidingWindowLog {
  readonly #windows: readonly WindowLimit[];
  readonly #transitMs: number;
  /** When each call had certainly arrived, oldest first. A ring, indexed by a running count. */
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

  /** The call was answered or failed: it has arrived if it ever does. */
  completed(call: SentCall, now: number): void {
    this.#settle(now);
    if (this.#inFlight.delete(call)) this.#arrive(call, now);
  }

  /** The call was not sent after all. */
  cancel(call: SentCall): void {
    this.#inFlight.delete(call);
  }

  /** Calls in the window of that index that ends now. */
  used(index: number, now: number): number {
    this.#settle(now);
    return this.#count - this.#forget(index, now) + this.#inFlight.size;
  }

  /**
   * Milliseconds until a call may be sent after `ahead` others, when all are sent as soon as they may
   * be. For calls that are still in flight it is the least that is possible.
   *
   * @param limit - how many calls the window of that index lets through now.
   */
  waitMs(index: number, limit: number, ahead: number, now: number): number {
    const windowMs = this.#windows[index]?.windowMs ?? 0;
    const used = this.used(index, now);
    let leaving = used + ahead - limit + 1;
    if (leaving <= 0) return 0;
    // Those ahead leave the window in turn, one window after they were sent themselves.
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

  /** Calls without an answer have arrived by now, if they ever do. */
  #settle(now: number): void {
    for (const call of this.#inFlight) {
      const arrivedAt = call.sentAt + this.#transitMs;
      // At this very moment it may still be cancelled.
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
    // What the ring has overwritten is older than any window.
    let first = Math.max(this.#first[index] ?? 0, this.#count - this.#arrivals.length);
    while (first < this.#count && this.#at(first) + windowMs <= now) first += 1;
    this.#first[index] = first;
    return first;
  }
}
