import type { Failure } from '../failure/failure.ts';
import type { QuotaChange, QuotaWindow } from '../observe/quota.ts';
import { AdaptiveLimit } from './adaptive-limit.ts';
import { throttledWindow, type WindowLimit } from './limits.ts';
import { type SentCall, SlidingWindowLog } from './sliding-window-log.ts';

export interface CallLimitSettings {
  /** The group's name, for observers. */
  readonly name: string;
  readonly minuteMs: number;
  readonly transitMs: number;
  readonly reserve: number;
}

/** A counted call. */
export interface CountedCall extends SentCall {
  /** The limits that it probes: after a 429 it goes beyond what is known to pass. */
  readonly probes: readonly AdaptiveLimit[];
}

/** The limits of one group on the number of calls, and the calls that this process sent. */
export class CallLimits {
  readonly #settings: CallLimitSettings;
  readonly #windows: readonly WindowLimit[];
  readonly #log: SlidingWindowLog;
  readonly #adaptive: readonly AdaptiveLimit[];
  readonly #changed: (change: QuotaChange) => void;
  /** The limits that observers know. */
  readonly #reported: number[];

  constructor(
    windows: readonly WindowLimit[],
    settings: CallLimitSettings,
    startedAt: number,
    changed: (change: QuotaChange) => void,
  ) {
    this.#settings = settings;
    this.#windows = windows;
    this.#changed = changed;
    this.#log = new SlidingWindowLog(windows, settings.transitMs);
    this.#adaptive = windows.map((window) => new AdaptiveLimit(window, startedAt));
    this.#reported = windows.map(({ limit }) => limit);
  }

  /** Milliseconds until a call of that priority may be sent after `ahead` others. */
  waitMs(priority: number, now: number, ahead = 0): number {
    return this.#windows.reduce((longest, _, index) => {
      const limit = this.#open(this.#limitOf(index, now), priority);
      return Math.max(longest, this.#log.waitMs(index, limit, ahead, now));
    }, 0);
  }

  send(now: number): CountedCall {
    this.#reportRecovery(now);
    const probes = this.#adaptive.filter((limit, index) => limit.isProbe(this.#used(index, now)));
    return Object.assign(this.#log.send(now), { probes });
  }

  completed(call: CountedCall, throttled: boolean, now: number): void {
    this.#log.completed(call, now);
    if (!throttled) for (const limit of call.probes) limit.confirmProbe();
  }

  cancel(call: CountedCall): void {
    this.#log.cancel(call);
  }

  /** Learns from a 429 to a call that was sent at `sentAt`. */
  learn(failure: Failure, waitMs: number, sentAt: number, now: number): void {
    const throttled = throttledWindow(failure, waitMs, this.#settings.minuteMs);
    const index = this.#windows.findIndex(({ per }) => per === throttled?.per);
    const limit = this.#adaptive[index];
    if (throttled === undefined || limit === undefined) return;
    const before = limit.at(now);
    if (throttled.limit !== undefined) limit.observeLimit(throttled.limit, now);
    const reason = limit.at(now) < before ? 'announced' : 'throttled';
    limit.throttled(this.#used(index, now), sentAt, now);
    this.#report(index, reason, now);
  }

  state(now: number): readonly QuotaWindow[] {
    return this.#windows.map(({ per }, index) => {
      const limit = this.#limitOf(index, now);
      const used = this.#used(index, now);
      return { per, limit, used, remaining: Math.max(limit - used, 0) };
    });
  }

  /** What a limit leaves for calls that are not urgent. */
  #open(limit: number, priority: number): number {
    return priority > 0 ? limit : Math.max(limit - Math.floor(limit * this.#settings.reserve), 1);
  }

  #limitOf(index: number, now: number): number {
    return this.#adaptive[index]?.at(now) ?? 0;
  }

  #used(index: number, now: number): number {
    return this.#log.used(index, now);
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
    // Observers do not hear of each step in which a limit grows, nor of a cut on its way back.
    if ((reason === 'recovered' ? to === from : to >= from) || per === undefined) return;
    this.#reported[index] = to;
    this.#changed({ kind: 'limit', group: this.#settings.name, per, from, to, reason });
  }
}
