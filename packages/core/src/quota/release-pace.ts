import type { SentCall } from './sliding-window-log.ts';

// When a pause ends, sending all waiting calls at once would get them throttled again. So two are released at a
// time; a call without a response after a second no longer holds back the next. That allows at least 120 calls
// a minute, more than any documented quota of the hunting, incident, alert and machine endpoints (45 to 100 a
// minute), with at most two refusals at the limit.
const RELEASED_AT_ONCE = 2;
const HOLDS_MS = 1_000;

/** Spreads the calls that a pause has held, in groups without a known limit. */
export class ReleasePace {
  /** The calls that were released and not answered, oldest first, with the time of their release. */
  readonly #unanswered = new Map<SentCall, number>();

  release(call: SentCall, now: number): void {
    this.#unanswered.set(call, now);
  }

  answered(call: SentCall): void {
    this.#unanswered.delete(call);
  }

  /** Milliseconds until the next call may be released. */
  waitMs(now: number): number {
    return this.#holdsMs(RELEASED_AT_ONCE, now);
  }

  /** Milliseconds until no released call holds back others. */
  busyMs(now: number): number {
    return this.#holdsMs(1, now);
  }

  /** Milliseconds for which the call at that place from the latest holds back others. */
  #holdsMs(place: number, now: number): number {
    const at = [...this.#unanswered.values()].at(-place) ?? Number.NEGATIVE_INFINITY;
    return Math.max(at + HOLDS_MS - now, 0);
  }
}
