import type { Quota } from '@defender-resilience/core';
import type { ForeignLoads } from './foreign-load.ts';
import { RunningTime } from './running-time.ts';
import { SlidingWindow } from './sliding-window.ts';

/** A group's limits. */
export interface QuotaLimits extends Quota {
  /**
   * How many milliseconds of running time hunting queries may use in an hour; once they are used up,
   * queries are refused until some of it is an hour ago. @defaultValue no limit
   */
  readonly runningMsPerHour?: number;
}

/** Which limit refused a call. */
export type QuotaRefusal =
  | {
      readonly kind: 'count';
      readonly limit: number;
      readonly per: 'minute' | 'hour';
      /** Milliseconds until a call is let through, when none is made until then. */
      readonly waitMs: number;
    }
  | { readonly kind: 'running-time'; readonly waitMs: number };

/** How much of a limit on calls is in use. */
export interface WindowUsage {
  readonly per: 'minute' | 'hour';
  readonly limit: number;
  /** The calls in the window, refused ones among them; at most `limit`. */
  readonly used: number;
  /** What other applications have taken of it. */
  readonly foreign: number;
  /** Milliseconds until the window lets a call through; 0 when it does now. */
  readonly waitMs: number;
}

interface CountLimit {
  readonly per: 'minute' | 'hour';
  readonly limit: number;
  readonly windowMs: number;
  readonly ratePerMs: number;
  readonly window: SlidingWindow;
}

/** The quota of one group for one client, by the minute, by the hour and by running time. */
export class GroupQuota {
  readonly #limits: readonly CountLimit[];
  readonly #runningTime: RunningTime | undefined;
  readonly #foreign: ForeignLoads;
  allowed = 0;
  refused = 0;

  constructor(limits: QuotaLimits, minuteMs: number, foreign: ForeignLoads) {
    const hourMs = 60 * minuteMs;
    const counts = [
      { per: 'minute', limit: limits.perMinute, windowMs: minuteMs },
      { per: 'hour', limit: limits.perHour, windowMs: hourMs },
    ] as const;
    const known = counts.flatMap(({ per, limit, windowMs }) =>
      limit === undefined ? [] : [{ per, limit, windowMs }],
    );
    // Other applications call evenly, so that the shortest window has their share in it.
    const [shortest] = known;
    const ratePerMs = shortest === undefined ? 0 : shortest.limit / shortest.windowMs;
    this.#limits = known.map((count) => ({
      ...count,
      ratePerMs,
      window: new SlidingWindow(count.limit, count.windowMs),
    }));
    this.#foreign = foreign;
    const { runningMsPerHour } = limits;
    this.#runningTime =
      runningMsPerHour === undefined ? undefined : new RunningTime(runningMsPerHour, hourMs);
  }

  /** Counts a call; gives the refusal with the longest wait, undefined when it is let through. */
  take(now: number): QuotaRefusal | undefined {
    const refusals = this.#limits.map((count): QuotaRefusal => {
      const waitMs = count.window.take(now, this.#foreign.reserved(count, now));
      return { kind: 'count', limit: count.limit, per: count.per, waitMs };
    });
    const waitMs = this.#runningTime?.waitMs(now) ?? 0;
    const refusal = longest([...refusals, { kind: 'running-time', waitMs }]);
    if (refusal === undefined) this.allowed += 1;
    else this.refused += 1;
    return refusal;
  }

  /** Counts running time of a query that ended at `now`. */
  spend(ms: number, now: number): void {
    this.#runningTime?.spend(ms, now);
  }

  windows(now: number): readonly WindowUsage[] {
    return this.#limits.map((count) => {
      const { per, limit, window } = count;
      const foreign = this.#foreign.reserved(count, now);
      return { per, limit, used: window.used(now), foreign, waitMs: window.waitMs(now, foreign) };
    });
  }

  /** The running time in use and allowed; undefined where it is not limited. */
  runningTime(now: number): { readonly usedMs: number; readonly budgetMs: number } | undefined {
    const time = this.#runningTime;
    return time && { usedMs: time.usedMs(now), budgetMs: time.budgetMs };
  }
}

function longest(refusals: readonly QuotaRefusal[]): QuotaRefusal | undefined {
  return refusals
    .filter(({ waitMs }) => waitMs > 0)
    .reduce<QuotaRefusal | undefined>(
      (found, refusal) => (found && found.waitMs >= refusal.waitMs ? found : refusal),
      undefined,
    );
}
