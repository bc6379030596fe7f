import { SlidingCounts } from '../policy/sliding-counts.ts';
import type { WindowLimit } from './limits.ts';

// After a refusal: to what was let through, less a tenth, so that another application that begins to
// take its part is made way for in few refusals; less a fiftieth where the limit was just tried again
// and the other still takes what it took.
const CUT = 0.9;
const CUT_OF_A_TRIAL = 0.98;
const SAME_AS_BEFORE = 0.9;
/** Never below this share of what it was at once, so that the way back takes few windows. */
const MOST_CUT = 0.5;
/** A cut limit is kept for this share of the window before it grows again. */
const HOLD = 0.75;
/** An hour's limit is tried again sooner: after this share of the hour. */
const HOLD_OF_AN_HOUR = 1 / 12;
/** The limit grows only as calls beyond it are let through: this share of it may be under way. */
const TRIALS = 1 / 16;
/** After so many windows without a refusal, nothing is left of a cut. */
const FORGOTTEN = 4;
/** Cuts that lie no further apart than this share of the window are one. */
const SAME_CUT = 1 / 20;
/** A limit that the service told is believed for this many windows. */
const BELIEVED = 60;

interface Cut {
  readonly at: number;
  to: number;
  /** The least that it is cut to, whatever is refused of what was under way. */
  readonly least: number;
  /** How many calls in a window the service has let through since. */
  proven: number;
}

/**
 * The limit of one window as the service really seems to keep it: the configured one, until refusals
 * show that others share it or that it is lower. A refusal cuts it to about what was let through;
 * then, in the manner of TCP, it at most doubles with each window without one, a few calls at a time.
 */
export class AdaptiveLimit {
  readonly configured: number;
  readonly #windowMs: number;
  readonly #holdMs: number;
  readonly #startedAt: number;
  readonly #refused: SlidingCounts;
  #told: { readonly limit: number; readonly until: number } | undefined = undefined;
  #cut: Cut | undefined = undefined;
  /** When the latest cut was made, also after it has healed. */
  #cutAt = Number.NEGATIVE_INFINITY;
  /** What the service let through when it last refused a call, and when that was. */
  #last = { through: 0, at: Number.NEGATIVE_INFINITY };

  constructor({ limit, windowMs, per }: WindowLimit, startedAt: number) {
    this.configured = limit;
    this.#windowMs = windowMs;
    this.#holdMs = windowMs * (per === 'hour' ? HOLD_OF_AN_HOUR : HOLD);
    this.#startedAt = startedAt;
    this.#refused = new SlidingCounts(windowMs);
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

  /** Whether a call that is sent when `used` are in the window tries for more than is known to pass. */
  isTrial(used: number): boolean {
    return this.#cut !== undefined && used >= this.#cut.proven;
  }

  /** A trial was let through. */
  proved(): void {
    if (this.#cut !== undefined) this.#cut.proven += 1;
  }

  /** The service told its limit, which only ever lowers the configured one. */
  told(limit: number, now: number): void {
    if (limit < 1 || limit >= this.configured) return;
    this.#told = { limit, until: now + BELIEVED * this.#windowMs };
  }

  /**
   * The service refused a call that was sent at `sentAt`.
   *
   * @param sent - how many calls were sent in the window that ends now, the refused ones among them.
   */
  refused(sent: number, sentAt: number, now: number): void {
    this.#refused.addFirst(now);
    const through = Math.max(sent - this.#refused.first(now), 0);
    const before = this.at(now);
    // Calls that were under way when the limit was cut tell of the same trouble: cut deeper, once.
    if (this.#cut !== undefined && sentAt < this.#cut.at) {
      const { to, at, least } = this.#cut;
      this.#cutTo(Math.min(to, Math.max(Math.floor(through * CUT), least)), at, least);
      return;
    }
    const least = Math.max(Math.floor(before * MOST_CUT), 1);
    const tried = now - this.#last.at >= this.#holdMs && this.#last.through > 0;
    const same = tried && through >= SAME_AS_BEFORE * this.#last.through;
    const kept = Math.max(Math.floor(through * (same ? CUT_OF_A_TRIAL : CUT)), least);
    this.#cutTo(Math.min(kept, Math.max(before - 1, 1)), now, least);
    this.#last = { through, at: now };
  }

  /** The cut that holds now, for the other processes. */
  cut(): number | undefined {
    return this.#cut?.to;
  }

  /** Another process was refused `ageMs` ago: the latest cut holds for all. */
  adopt(to: number, ageMs: number, now: number): void {
    const at = now - ageMs;
    const laterMs = at - this.#cutAt;
    const sameMs = this.#windowMs * SAME_CUT;
    // What is read is mostly the same cut again, give or take the time that it took to read it.
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
    if (this.#told === undefined) return this.configured;
    if (now < this.#told.until) return this.#told.limit;
    this.#told = undefined;
    return this.configured;
  }

  #grown(cut: Cut, ceiling: number, now: number): number {
    const growingMs = now - cut.at - this.#holdMs;
    if (growingMs <= 0) return cut.to;
    if (growingMs >= FORGOTTEN * this.#windowMs) return ceiling;
    const doubled = cut.to * 2 ** (growingMs / this.#windowMs);
    const tried = cut.proven + Math.max(Math.floor(cut.proven * TRIALS), 1);
    return Math.min(Math.max(doubled, this.#refilled(cut, ceiling, now)), tried);
  }

  /**
   * What fills the window of a process that has just begun is most likely its own calls of before,
   * which leave the window bit by bit until it is over.
   */
  #refilled(cut: Cut, ceiling: number, now: number): number {
    const from = cut.at + this.#holdMs;
    const until = this.#startedAt + this.#windowMs;
    if (until <= from) return 0;
    return cut.to + (ceiling - cut.to) * Math.min((now - from) / (until - from), 1);
  }
}
