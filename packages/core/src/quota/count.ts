import type { Failure } from '../failure/failure.ts';
import type { QuotaChange, QuotaState, QuotaWindow } from '../observe/quota.ts';
import { AdaptiveLimit } from './adaptive-limit.ts';
import { ExecutionTimeBudget } from './execution-time-budget.ts';
import type { GroupLimits } from './limits.ts';
import type { SharedSlots } from './shared-slots.ts';
import { SlidingWindowLog } from './sliding-window-log.ts';
import { refusedWindow } from './throttled-window.ts';

/** How often one group may be called and was: by this process's own count, and by that of all. */
export class GroupCount {
  readonly log: SlidingWindowLog;
  readonly running: ExecutionTimeBudget | undefined;
  readonly #name: string;
  readonly #reserve: number;
  readonly #limits: GroupLimits;
  readonly #shared: SharedSlots | undefined;
  readonly #changed: (change: QuotaChange) => void;
  readonly #adaptive: readonly AdaptiveLimit[];
  /** The limits that observers were told. */
  readonly #known: number[];
  /** How many outages of the store were noticed, when the latest, and what was sent until then. */
  #outages = 0;
  #outageAt = 0;
  #same = 0;
  /** How many calls the first window had when the store was asked last. */
  #usedWhenAsked = 0;

  constructor(
    name: string,
    limits: GroupLimits,
    { transitMs, reserve, startedAt }: { transitMs: number; reserve: number; startedAt: number },
    shared: SharedSlots | undefined,
    changed: (change: QuotaChange) => void,
  ) {
    this.log = new SlidingWindowLog(limits.windows, transitMs);
    this.running =
      limits.running.length === 0 ? undefined : new ExecutionTimeBudget(limits.running);
    this.#name = name;
    this.#reserve = reserve;
    this.#limits = limits;
    this.#shared = shared;
    this.#changed = changed;
    this.#adaptive = limits.windows.map((window) => new AdaptiveLimit(window, startedAt));
    this.#known = limits.windows.map(({ limit }) => limit);
  }

  /** Whether this process's own count decides, be it for want of a store. */
  get alone(): boolean {
    return this.#shared === undefined || this.#shared.away;
  }

  /** How many calls of that priority each window lets through. */
  limits(priority: number, now: number): readonly number[] {
    return this.#adaptive.map((_, index) => this.#open(this.#limitOf(index, now), priority));
  }

  /** Milliseconds until the next call of that priority may go, as far as is known. */
  waitMs(priority: number, now: number): number {
    const ownMs = this.ownWaitMs(priority, now);
    if (this.alone || this.#shared === undefined) return ownMs;
    return Math.max(ownMs, this.#shared.waitMs(this.limits(priority, now), now));
  }

  /** The same after `ahead` other calls, by this process's own count alone. */
  ownWaitMs(priority: number, now: number, ahead = 0): number {
    let longest = this.running?.waitMs(now) ?? 0;
    for (const index of this.#adaptive.keys()) {
      const limit = this.#open(this.#ownLimit(index, now), priority);
      longest = Math.max(longest, this.log.waitMs(index, limit, ahead, now));
    }
    return longest;
  }

  /** Learns from a refusal of a call that was sent at `sentAt`. */
  refused(failure: Failure, waitMs: number, minuteMs: number, sentAt: number, now: number): void {
    const refused = refusedWindow(failure, waitMs, minuteMs);
    const index = this.#limits.windows.findIndex(({ per }) => per === refused?.per);
    const limit = this.#adaptive[index];
    if (refused === undefined || limit === undefined) return;
    const before = limit.at(now);
    if (refused.limit !== undefined) limit.told(refused.limit, now);
    const reason = limit.at(now) < before ? 'told' : 'throttled';
    limit.refused(this.#usedByAll(index, now), sentAt, now);
    this.#notice(index, reason, now);
    const cut = limit.cut();
    if (cut !== undefined) this.#shared?.fleet.tellCut(index, cut);
  }

  /** Another process was refused. */
  adopt(index: number, to: number, ageMs: number, now: number): void {
    this.#adaptive[index]?.adopt(to, ageMs, now);
    this.#notice(index, 'throttled', now);
  }

  /** The store is asked now. */
  asks(now: number): void {
    this.#usedWhenAsked = this.log.used(0, now);
  }

  /** A call is sent: gives the limits that it tries to exceed, after refusals. */
  trials(now: number): readonly AdaptiveLimit[] {
    return this.#adaptive.filter((limit, index) => limit.isTrial(this.#usedByAll(index, now)));
  }

  /** Tells when a limit is back to what it was. */
  noticeRecovery(now: number): void {
    for (const [index, limit] of this.#adaptive.entries()) {
      if (limit.at(now) === limit.configured) this.#notice(index, 'recovered', now);
    }
  }

  state(now: number): Pick<QuotaState, 'windows' | 'runningTime' | 'counting'> {
    const runningTime = this.running?.state(now);
    const counting = this.#shared?.away ? 'fallback' : 'shared';
    return {
      windows: this.#limits.windows.map(({ per }, index) => this.#window(per, index, now)),
      ...(runningTime === undefined ? {} : { runningTime }),
      counting: this.#shared === undefined ? 'local' : counting,
    };
  }

  /**
   * How many calls of a window this process may send by its own count. While the store does not know
   * all calls of the window, that is its share of the limit. The way there is such that all processes
   * together never send more than before: for a minute each sends as many as in the minute before;
   * then those beyond their share come down to it; a minute later the others may go up to it.
   */
  #ownLimit(index: number, now: number): number {
    const limit = this.#limitOf(index, now);
    if (this.#shared === undefined || this.#shared.knows(index, now)) return limit;
    this.#noteOutage(this.#shared, now);
    const share = this.#shared.shareOf(limit);
    if (index > 0) return share;
    const passedMs = now - this.#outageAt;
    const windowMs = this.#limits.windows[0]?.windowMs ?? 0;
    if (passedMs >= 2 * windowMs) return share;
    return Math.max(Math.min(this.#same, passedMs < windowMs ? limit : share), 1);
  }

  #noteOutage({ outages }: SharedSlots, now: number): void {
    if (outages === this.#outages) return;
    this.#outages = outages;
    this.#same = this.#usedWhenAsked;
    this.#outageAt = now;
  }

  #window(per: QuotaWindow['per'], index: number, now: number): QuotaWindow {
    const limit = this.#limitOf(index, now);
    const used = Math.max(this.log.used(index, now), this.#shared?.held(index, now).held ?? 0);
    return { per, limit, used, remaining: Math.max(limit - used, 0) };
  }

  /** What is left of a limit for calls that are not urgent. */
  #open(limit: number, priority: number): number {
    return priority > 0 ? limit : Math.max(limit - Math.floor(limit * this.#reserve), 1);
  }

  #limitOf(index: number, now: number): number {
    return this.#adaptive[index]?.at(now) ?? 0;
  }

  #usedByAll(index: number, now: number): number {
    const own = this.log.used(index, now);
    if (this.#shared === undefined) return own;
    // While the store does not know, the others are taken to do as this one does.
    if (!this.#shared.knows(index, now)) return own * this.#shared.processes;
    const { held, unknown } = this.#shared.held(index, now);
    return Math.max(own, held + unknown);
  }

  #notice(index: number, reason: 'told' | 'throttled' | 'recovered', now: number): void {
    const from = this.#known[index] ?? 0;
    const to = this.#limitOf(index, now);
    const per = this.#limits.windows[index]?.per;
    // That a limit grows bit by bit, or is cut again on its way, is not told.
    if ((reason === 'recovered' ? to === from : to >= from) || per === undefined) return;
    this.#known[index] = to;
    this.#changed({ kind: 'limit', group: this.#name, per, from, to, reason });
  }
}
