import { SlidingCount } from '../policy/sliding-count.ts';
import type { WindowLimit } from './limits.ts';

/**
 * A 429 cuts the limit to this share of what was let through, so that another application that starts
 * to take its part is made way for in few refusals.
 */
const CUT = 0.9;
/** The same where a probe was refused and the other application takes as much as before. */
const CUT_AFTER_PROBE = 0.98;
const SAME_AS_BEFORE = 0.9;
/** One cut takes no more than this share, so that the way back is short. */
const MAX_CUT = 0.5;
/**
 * A limit is never cut below this share of what it was. Where even so little is throttled, the 429s have
 * nothing to do with the number of calls: the limit is what it was, and is not cut for a while.
 */
const FLOOR = 1 / 5;
/** For so many windows. */
const IGNORED_FOR = 20;
/** A cut limit stays for this share of the window before it grows again. */
const HOLD = 0.75;
/** An hour's limit grows sooner: after this share of the hour. */
const HOLD_OF_AN_HOUR = 1 / 12;
/** This share of the proven limit may be probed beyond it at once. */
const PROBES = 1 / 16;
/** After so many windows without a 429, the limit is back in full. */
const RECOVERED_AFTER = 4;
/** Cuts that lie no further apart than this share of the window are the same one. */
const SAME_CUT = 1 / 20;
/** A limit that the service announced holds for this many windows. */
const ANNOUNCED_FOR = 60;

interface Cut {
  readonly at: number;
  to: number;
  /** The least that it is cut to, whatever is refused of what was in flight. */
  readonly least: number;
  /** How many calls in a window the service has let through since. */
  proven: number;
}

/**
 * The limit of one window as the service really seems to apply it: the configured one, until 429s show
 * that others share it or that it is lower. A 429 cuts it to about what was let through; then, as TCP
 * does, it grows again, at most twofold in a window and a few probes at a time.
 */
export class AdaptiveLimit {
  readonly configured: number;
  readonly #windowMs: number;
  readonly #holdMs: number;
  readonly #startedAt: number;
  readonly #throttled: SlidingCount;
  #announced: { readonly limit: number; readonly until: number } | undefined = undefined;
  #cut: Cut | undefined = undefined;
  /** When the latest cut was made, also after it has healed. */
  #cutAt = Number.NEGATIVE_INFINITY;
  /** Until when cuts are known not to help. */
  #ignoredUntil = Number.NEGATIVE_INFINITY;
  /** What the service let through when it last throttled a call, and when that was. */
  #last = { through: 0, at: Number.NEGATIVE_INFINITY };

  constructor({ limit, windowMs, per }: WindowLimit, startedAt: number) {
    this.configured = limit;
    this.#windowMs = windowMs;
    this.#holdMs = windowMs * (per === 'hour' ? HOLD_OF_AN_HOUR : HOLD);
    this.#startedAt = startedAt;
    this.#throttled = new SlidingCount(windowMs);
  }

  /** How many calls a window lets through now. */
  at(now: number): number {
    const ceiling = this.#ceiling(now);
    const cut = this.#cut;
    if (cut === undefined) return ceiling;
    const grown = this.#grown(cut, ceiling, now);
    if (grown < ceiling) return Math.max(Math.floor(grown), 1);
    this.#cut = undefined;
    return ceiling;
  }

  /** Whether a call that is sent when `used` are in the window goes beyond what is known to pass. */
  isProbe(used: number): boolean {
    return this.#cut !== undefined && used >= this.#cut.proven;
  }

  /** A probe was let through. */
  confirmProbe(): void {
    if (this.#cut !== undefined) this.#cut.proven += 1;
  }

  /** The service announced its limit, which only ever lowers the configured one. */
  observeLimit(limit: number, now: number): void {
    if (limit < 1 || limit >= this.configured) return;
    this.#announced = { limit, until: now + ANNOUNCED_FOR * this.#windowMs };
  }

  /**
   * The service throttled a call that was sent at `sentAt`.
   *
   * @param sent - how many calls were sent in the window that ends now, the throttled ones among them.
   */
  throttled(sent: number, sentAt: number, now: number): void {
    this.#throttled.add(now);
    if (now < this.#ignoredUntil) return;
    const through = Math.max(sent - this.#throttled.total(now), 0);
    const before = this.at(now);
    // A call that was in flight when the limit was cut says the same again: cut deeper, once.
    if (this.#cut !== undefined && sentAt < this.#cut.at) {
      const { to, at, least } = this.#cut;
      this.#cutTo(Math.min(to, Math.max(Math.floor(through * CUT), least)), at, least);
      return;
    }
    const floor = Math.max(Math.floor(this.#ceiling(now) * FLOOR), 1);
    if (before <= floor) {
      this.#cut = undefined;
      this.#ignoredUntil = now + IGNORED_FOR * this.#windowMs;
      return;
    }
    const least = Math.max(Math.floor(before * MAX_CUT), floor);
    const probed = now - this.#last.at >= this.#holdMs && this.#last.through > 0;
    const same = probed && through >= SAME_AS_BEFORE * this.#last.through;
    const kept = Math.max(Math.floor(through * (same ? CUT_AFTER_PROBE : CUT)), least);
    this.#cutTo(Math.min(kept, before - 1), now, least);
    this.#last = { through, at: now };
  }

  /** The cut that holds now, for the other processes. */
  cut(): number | undefined {
    return this.#cut?.to;
  }

  /** Another process was throttled `ageMs` ago: the latest cut holds for all. */
  mergeRemote(to: number, ageMs: number, now: number): void {
    if (now < this.#ignoredUntil) return;
    const at = now - ageMs;
    const laterMs = at - this.#cutAt;
    const sameMs = this.#windowMs * SAME_CUT;
    // Mostly it is the same cut again, give or take the time that it took to read it.
    const least = Math.max(Math.min(to, this.at(now)), 1);
    if (laterMs > sameMs) this.#cutTo(least, at, least);
    else if (laterMs > -sameMs && this.#cut !== undefined && to < this.#cut.to) {
      this.#cutTo(least, this.#cutAt, least);
    }
  }

  #cutTo(to: number, at: number, least: number): void {
    this.#cut = { to, at, least, proven: to };
    this.#cutAt = at;
  }

  #ceiling(now: number): number {
    if (this.#announced === undefined) return this.configured;
    if (now < this.#announced.until) return this.#announced.limit;
    this.#announced = undefined;
    return this.configured;
  }

  #grown(cut: Cut, ceiling: number, now: number): number {
    const growingMs = now - cut.at - this.#holdMs;
    if (growingMs <= 0) return cut.to;
    if (growingMs >= RECOVERED_AFTER * this.#windowMs) return ceiling;
    const doubled = cut.to * 2 ** (growingMs / this.#windowMs);
    const probed = cut.proven + Math.max(Math.floor(cut.proven * PROBES), 1);
    return Math.min(Math.max(doubled, this.#refilled(cut, ceiling, now)), probed);
  }

  /**
   * What fills the window of a process that has just started is most likely its own calls from before,
   * which leave the window bit by bit until it is over.
   */
  #refilled(cut: Cut, ceiling: number, now: number): number {
    const from = cut.at + this.#holdMs;
    const until = this.#startedAt + this.#windowMs;
    if (until <= from) return 0;
    return cut.to + (ceiling - cut.to) * Math.min((now - from) / (until - from), 1);
  }
}
