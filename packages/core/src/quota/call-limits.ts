import type { Failure } from '../failure/failure.ts';
import type { QuotaChange, QuotaWindow } from '../observe/quota.ts';
import { AdaptiveLimit } from './adaptive-limit.ts';
import { throttledWindow, type WindowLimit } from './limits.ts';
import { type LoggedCall, type SentCall, SlidingWindowLog } from './sliding-window-log.ts';
import type { StoreWindow, TakeAnswer } from './store.ts';

/** The store's count is used unchanged for this share of the window. */
const FRESH = 1 / 10;

/** While it is held, a process that sent little may send this share of its part. */
const SPARE_PART = 1 / 4;

export interface CallLimitSettings {
  /** The group's name, for observers. */
  readonly name: string;
  readonly minuteMs: number;
  readonly transitMs: number;
  readonly reserve: number;
}

/** A counted call. */
export interface CountedCall extends SentCall {
  /** The limits that it probes: those whose proven value it exceeds after a 429. */
  readonly probes: readonly AdaptiveLimit[];
}

/** The limits of one group on the number of calls, and the calls that this process sent. */
export class CallLimits {
  readonly #settings: CallLimitSettings;
  readonly #windows: readonly WindowLimit[];
  readonly #log: SlidingWindowLog;
  readonly #adaptive: readonly AdaptiveLimit[];
  readonly #changed: (change: QuotaChange) => void;
  /** The limits last reported to observers. */
  readonly #reported: number[];
  /** The number of processes that each limit is divided among. */
  readonly #divisor: () => number;
  /** The calls of other processes in each window, and when the store reported them. */
  #others: { readonly at: number; readonly used: readonly number[] } = {
    at: Number.NEGATIVE_INFINITY,
    used: [],
  };
  /** The maximum number of calls of this process in the shortest window, and until when it applies. */
  #held = { limit: 0, until: Number.NEGATIVE_INFINITY };
  #lastId = 0;

  constructor(
    windows: readonly WindowLimit[],
    settings: CallLimitSettings,
    startedAt: number,
    changed: (change: QuotaChange) => void,
    divisor: () => number,
  ) {
    this.#settings = settings;
    this.#windows = windows;
    this.#changed = changed;
    this.#divisor = divisor;
    this.#log = new SlidingWindowLog(windows, settings.transitMs);
    this.#adaptive = windows.map((window) => new AdaptiveLimit(window, startedAt));
    this.#reported = windows.map(({ limit }) => limit);
  }

  /** How many calls of that priority each window allows. */
  limits(priority: number, now: number): readonly number[] {
    return this.#windows.map((_, index) => this.#open(this.#limitOf(index, now), priority));
  }

  /** Milliseconds until a call of that priority may be sent after `ahead` others of this process. */
  waitMs(priority: number, now: number, ahead = 0): number {
    const divisor = this.#divisor();
    return this.limits(priority, now).reduce((longest, limit, index) => {
      const part = Math.max(Math.floor(limit / divisor), 1);
      const held = index === 0 && divisor > 1 && now < this.#held.until;
      const open = held ? Math.min(part, Math.max(this.#held.limit, part * SPARE_PART, 1)) : part;
      return Math.max(longest, this.#log.waitMs(index, Math.ceil(open), ahead, now));
    }, 0);
  }

  /**
   * Limits this process, for one more window, to the number of calls that it sent in the shortest window. By
   * then, processes that sent more than their part have reduced to it, and this one may use its own part in
   * full.
   */
  hold(now: number): void {
    const until = now + (this.#windows[0]?.windowMs ?? 0);
    this.#held = { limit: this.#log.used(0, now), until };
  }

  /** Returns an ID for the next call. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  send(id: number, now: number): CountedCall {
    this.#reportRecovery(now);
    const probes = this.#adaptive.filter((limit, index) => limit.isProbe(this.#used(index, now)));
    return Object.assign(this.#log.send(id, now), { probes });
  }

  /** The calls of this process that still count. */
  calls(now: number): readonly LoggedCall[] {
    return this.#log.calls(now);
  }

  /** Learns from the store what other processes sent and learned. */
  merge({ granted, used, limits }: TakeAnswer, now: number): void {
    // The place that was granted is among them, and is this process's own.
    const given = granted ? 1 : 0;
    this.#others = {
      at: now,
      used: used.map((all, index) => Math.max(all - given - this.#log.used(index, now), 0)),
    };
    for (const { windowMs, limit, ageMs } of limits) {
      const index = this.#windows.findIndex((window) => window.windowMs === windowMs);
      this.#adaptive[index]?.mergeRemote(limit, ageMs, now);
      this.#report(index, 'throttled', now);
    }
  }

  completed(call: CountedCall, throttled: boolean, now: number): void {
    this.#log.completed(call, now);
    if (!throttled) for (const limit of call.probes) limit.confirmProbe();
  }

  cancel(call: CountedCall): void {
    this.#log.cancel(call);
  }

  /** Learns from a 429 to a call that was sent at `sentAt`. Returns the new limit, for other processes. */
  learn(failure: Failure, waitMs: number, sentAt: number, now: number): readonly StoreWindow[] {
    const throttled = throttledWindow(failure, waitMs, this.#settings.minuteMs);
    const index = this.#windows.findIndex(({ per }) => per === throttled?.per);
    const limit = this.#adaptive[index];
    if (throttled === undefined || limit === undefined) return [];
    const before = limit.at(now);
    if (throttled.limit !== undefined) limit.observeLimit(throttled.limit, now);
    const reason = limit.at(now) < before ? 'announced' : 'throttled';
    // Without a count in the store, assume that the other processes have used the rest of the limit: uneven
    // parts do not mean that the limit is lower.
    const least = this.#divisor() > 1 ? before : 0;
    limit.throttled(Math.max(this.#used(index, now), least), sentAt, now);
    this.#report(index, reason, now);
    const cut = limit.cut();
    const windowMs = this.#windows[index]?.windowMs ?? 0;
    return cut === undefined ? [] : [{ windowMs, limit: cut }];
  }

  state(now: number): readonly QuotaWindow[] {
    return this.#windows.map(({ per }, index) => {
      const limit = this.#limitOf(index, now);
      const used = this.#used(index, now);
      return { per, limit, used, remaining: Math.max(limit - used, 0) };
    });
  }

  /** The limit for a priority: without the reserve, unless the call is urgent. */
  #open(limit: number, priority: number): number {
    return priority > 0 ? limit : Math.max(limit - Math.floor(limit * this.#settings.reserve), 1);
  }

  #limitOf(index: number, now: number): number {
    return this.#adaptive[index]?.at(now) ?? 0;
  }

  /** The calls of all processes in a window, as far as they are known. */
  #used(index: number, now: number): number {
    const own = this.#log.used(index, now);
    const divisor = this.#divisor();
    // Without a count in the store, assume that the others send as much as this process.
    if (divisor > 1) return own * divisor;
    const windowMs = this.#windows[index]?.windowMs ?? 0;
    // While calls wait, the store is asked often. Otherwise the others' calls are assumed to leave the window
    // gradually.
    const left = Math.min(1 + FRESH - (now - this.#others.at) / windowMs, 1);
    return own + Math.round((this.#others.used[index] ?? 0) * Math.max(left, 0));
  }

  #reportRecovery(now: number): void {
    for (const [index, limit] of this.#adaptive.entries()) {
      if (limit.at(now) === limit.configured) this.#report(index, 'recovered', now);
    }
  }

  #report(index: number, reason: 'announced' | 'throttled' | 'recovered', now: number): void {
    const from = this.#reported[index] ?? 0;
    const to = this.#limitOf(index, now);
    const per = this.#windows[index]?.per;
    // Observers receive neither each step in which a limit grows, nor a cut while it recovers.
    if ((reason === 'recovered' ? to === from : to >= from) || per === undefined) return;
    this.#reported[index] = to;
    this.#changed({ kind: 'limit', group: this.#settings.name, per, from, to, reason });
  }
}
