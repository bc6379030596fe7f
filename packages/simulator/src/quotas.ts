import type { Operation, Quota } from '@defender-resilience/core';

/** Which quota refused a call, and for how long. */
export interface QuotaRefusal {
  readonly limit: number;
  readonly per: 'minute' | 'hour';
  /** Milliseconds until a call is let through, when none is made until then. */
  readonly waitMs: number;
}

/**
 * A limit over a window that slides: no stretch of `windowMs` ever sees more than `limit` calls let
 * through. Refused calls count as well, as Microsoft warns: who does not wait, waits longer.
 */
export class SlidingWindow {
  readonly #limit: number;
  readonly #windowMs: number;
  // The latest `limit` calls are all that can matter: older ones leave the window before them.
  #latest: number[] = [];

  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  /** Counts a call at `now`; gives 0 when it is let through, else the milliseconds to wait. */
  take(now: number): number {
    const oldest = this.#latest[0];
    const full = this.#latest.length === this.#limit && oldest !== undefined;
    const refused = full && now - oldest < this.#windowMs;
    this.#latest.push(now);
    if (this.#latest.length > this.#limit) this.#latest.shift();
    if (!refused) return 0;
    return (this.#latest[0] ?? now) + this.#windowMs - now;
  }
}

/** The quotas of one group, by the minute and by the hour. */
export class GroupQuota {
  readonly #windows: readonly { per: 'minute' | 'hour'; limit: number; window: SlidingWindow }[];

  constructor(quota: Quota, minuteMs: number) {
    const limits = [
      { per: 'minute', limit: quota.perMinute, windowMs: minuteMs },
      { per: 'hour', limit: quota.perHour, windowMs: 60 * minuteMs },
    ] as const;
    this.#windows = limits.flatMap(({ per, limit, windowMs }) =>
      limit === undefined ? [] : [{ per, limit, window: new SlidingWindow(limit, windowMs) }],
    );
  }

  /** Counts a call; gives the refusal with the longest wait, undefined when it is let through. */
  take(now: number): QuotaRefusal | undefined {
    return this.#windows
      .map(({ per, limit, window }) => ({ per, limit, waitMs: window.take(now) }))
      .filter(({ waitMs }) => waitMs > 0)
      .reduce<QuotaRefusal | undefined>(
        (longest, refusal) => (longest && longest.waitMs >= refusal.waitMs ? longest : refusal),
        undefined,
      );
  }
}

/** Which quotas hold: Microsoft's documented ones, none, or some by group. */
export type QuotaOption = 'documented' | 'off' | Readonly<Record<string, Quota>>;

/** All groups' quotas; each begins to count at its first call. */
export class Quotas {
  readonly #option: QuotaOption;
  readonly #minuteMs: number;
  #groups = new Map<string, GroupQuota>();

  constructor(option: QuotaOption, minuteMs: number) {
    this.#option = option;
    this.#minuteMs = minuteMs;
  }

  take(operation: Operation, now: number): QuotaRefusal | undefined {
    const quota = this.#quotaOf(operation);
    if (quota === undefined) return undefined;
    let group = this.#groups.get(operation.quotaGroup);
    if (group === undefined) {
      group = new GroupQuota(quota, this.#minuteMs);
      this.#groups.set(operation.quotaGroup, group);
    }
    return group.take(now);
  }

  clear(): void {
    this.#groups = new Map();
  }

  #quotaOf(operation: Operation): Quota | undefined {
    if (this.#option === 'off') return undefined;
    if (this.#option === 'documented') return operation.quota;
    return Object.hasOwn(this.#option, operation.quotaGroup)
      ? this.#option[operation.quotaGroup]
      : undefined;
  }
}

const SPANS = { minute: '00:01:00', hour: '01:00:00' } as const;

/** Whole seconds, rounded up: who waits them is let through. */
export function secondsOf(waitMs: number): number {
  return Math.ceil(waitMs / 1000);
}

/** The text of a real 429, as minemeld's issue tracker quotes it. */
export function quotaMessage(limit: number, per: 'minute' | 'hour', seconds: number): string {
  return `API calls quota exceeded! Maximum allowed ${limit} per ${SPANS[per]} for the key Destination+TenantID+AppID. You can send requests again in ${seconds} seconds.`;
}
