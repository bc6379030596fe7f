import { SlidingCount } from '../policy/sliding-count.ts';
import type { WindowLimit } from './limits.ts';

/**
 * A 429 cuts the limit to this share of the accepted calls, so that few refusals make way for another
 * application that begins to use its part.
 */
const CUT = 0.9;
/** The share after a refused probe, if the other application uses as much as before. */
const CUT_AFTER_PROBE = 0.98;
const SAME_AS_BEFORE = 0.9;
/** A cut never goes below this share of the limit before it, so that recovery is quick. */
const MAX_CUT = 0.5;
/**
 * A limit is never cut below this share of the full one. If even so few calls are throttled, the 429s have
 * nothing to do with the number of calls: the full limit is restored, and not cut for a while.
 */
const FLOOR = 1 / 5;
/** For how many windows cuts are then ignored. */
const IGNORED_FOR = 20;
/** A limit stays cut for this share of the window before it grows again. */
const HOLD = 0.75;
/** An hour's limit grows sooner: after this share of the hour. */
const HOLD_OF_AN_HOUR = 1 / 12;
/** How many calls beyond the proven limit may be probed at once, as a share of it. */
const PROBES = 1 / 16;
/** After how many windows without a 429 the full limit is restored. */
const RECOVERED_AFTER = 4;
/** Cuts this close together, as a share of the window, count as the same cut. */
const SAME_CUT = 1 / 20;
/** For how many windows a limit that the service announced is used. */
const ANNOUNCED_FOR = 60;

interface Cut {
  readonly at: number;
  to: number;
  /** The lowest value of this cut, however many calls in flight are refused. */
  readonly least: number;
  /** How many calls per window the service has accepted since. */
  proven: number;
}

/**
 * The limit of one window that the service seems to apply: the configured one, until 429s show that others
 * share it or that it is lower. A 429 cuts it to about the number of accepted calls. Then it grows again, as in
 * TCP: at most twofold per window, and a few probes at a time.
 */
export class AdaptiveLimit {
  readonly configured: number;
  readonly #windowMs: number;
  readonly #holdMs: number;
  readonly #startedAt: number;
  readonly #throttled: SlidingCount;
  #announced: { readonly limit: number; readonly until: number } | undefined = undefined;
  #cut: Cut | undefined = undefined;
  /** When the latest cut was made, even if the limit has recovered since. */
  #cutAt = Number.NEGATIVE_INFINITY;
  /** Until when cuts are known not to help. */
  #ignoredUntil = Number.NEGATIVE_INFINITY;
  /** How many calls the service accepted when it last throttled one, and when that was. */
  #last = { through: 0, at: Number.NEGATIVE_INFINITY };

  constructor({ limit, windowMs, per }: WindowLimit, startedAt: number) {
    this.configured = limit;
    this.#windowMs = windowMs;
    this.#holdMs = windowMs * (per === 'hour' ? HOLD_OF_AN_HOUR : HOLD);
    this.#startedAt = startedAt;
    this.#throttled = new SlidingCount(windowMs);
  }

  /** The number of calls that a window allows now. */
  at(now: number): number {
    const ceiling = this.#ceiling(now);
    const cut = this.#cut;
    if (cut === undefined) return ceiling;
    const grown = this.#grown(cut, ceiling, now);
    if (grown < ceiling) return Math.max(Math.floor(grown), 1);
    this.#cut = undefined;
    return ceiling;
  }

  /** Whether a call, sent with `used` others in the window, goes beyond the proven limit. */
  isProbe(used: number): boolean {
    return this.#cut !== undefined && used >= this.#cut.proven;
  }

  /** The service accepted a probe. */
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
    // The call was in flight when the limit was cut, so it confirms that cut: deepen it instead of cutting
    // again.
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

  /** The limit after the current cut, for other processes; undefined if it is not cut. */
  cut(): number | undefined {
    return this.#cut?.to;
  }

  /** Another process was throttled `ageMs` ago: the latest cut applies to all. */
  mergeRemote(to: number, ageMs: number, now: number): void {
    if (now < this.#ignoredUntil) return;
    const at = now - ageMs;
    const laterMs = at - this.#cutAt;
    const sameMs = this.#windowMs * SAME_CUT;
    // Usually it is the same cut again, shifted by the time that reading it took.
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
   * In a process that has just started, the window probably contains its own calls from before the restart,
   * which leave the window gradually.
   */
  #refilled(cut: Cut, ceiling: number, now: number): number {
    const from = cut.at + this.#holdMs;
    const until = this.#startedAt + this.#windowMs;
    if (until <= from) return 0;
    return cut.to + (ceiling - cut.to) * Math.min((now - from) / (until - from), 1);
  }
}
