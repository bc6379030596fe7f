import type { SentCall } from './sliding-window-log.ts';

// When a pause ends, all that waited would be sent in one instant and be throttled again. So two are
// released at a time; a call that is not answered within a second no longer holds back the next. That
// is at least 120 calls a minute, more than any documented quota of the hunting, incident, alert and
// machine endpoints (45 to 100 a minute), with at most two refusals at its edge.
const RELEASED_AT_ONCE = 2;
const HOLDS_MS = 1_000;

/** Spreads the calls that a pause has held back, where no limit is known that would. */
export class ReleasePace {
  /** Released and not answered, oldest first. */
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

  /** Milliseconds until no released call holds back another. */
  busyMs(now: number): number {
    return this.#holdsMs(1, now);
  }

  /** Milliseconds for which the call at that place from the latest holds back others. */
  #holdsMs(place: number, now: number): number {
    const at = [...this.#unanswered.values()].at(-place) ?? Number.NEGATIVE_INFINITY;
    return Math.max(at + HOLDS_MS - now, 0);
  }
}
