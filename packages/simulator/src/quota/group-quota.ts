import type { Quota } from '@defender-resilience/core';
import { ExecutionTimeBudget } from './execution-time.ts';
import type { ForeignLoads } from './foreign-load.ts';
import { SlidingWindow } from './sliding-window.ts';

/** The limits of one quota group. */
export interface QuotaLimits extends Quota {
  /**
   * How long hunting queries may run per hour, in milliseconds. Once this is used up, queries are refused until
   * earlier ones are over an hour ago.
   *
   * @defaultValue no limit
   */
  readonly runningMsPerHour?: number;
}

/** The limit that refused a call, and for how long. */
export type ExceededLimit =
  | {
      readonly kind: 'count';
      readonly limit: number;
      readonly per: 'minute' | 'hour';
      /** Milliseconds until a call is allowed, if none is made until then. */
      readonly waitMs: number;
    }
  | { readonly kind: 'execution-time'; readonly waitMs: number };

/** How much of a limit on calls is in use. */
export interface WindowUsage {
  readonly per: 'minute' | 'hour';
  readonly limit: number;
  /** The calls in the window, including refused ones; at most `limit`. */
  readonly used: number;
  /** The calls in the window that other applications have made. */
  readonly foreign: number;
  /** Milliseconds until the window allows a call; 0 if it does now. */
  readonly waitMs: number;
}

interface CountLimit {
  readonly per: 'minute' | 'hour';
  readonly limit: number;
  readonly windowMs: number;
  readonly ratePerMs: number;
  readonly window: SlidingWindow;
}

/** One client's quota in one group: calls by the minute and by the hour, and execution time. */
export class GroupQuota {
  readonly #limits: readonly CountLimit[];
  readonly #executionTime: ExecutionTimeBudget | undefined;
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
    // Other applications call evenly, at a rate that fills their share of the shortest window.
    const [shortest] = known;
    const ratePerMs = shortest === undefined ? 0 : shortest.limit / shortest.windowMs;
    this.#limits = known.map((count) => ({
      ...count,
      ratePerMs,
      window: new SlidingWindow(count.limit, count.windowMs),
    }));
    this.#foreign = foreign;
    const { runningMsPerHour } = limits;
    this.#executionTime =
      runningMsPerHour === undefined
        ? undefined
        : new ExecutionTimeBudget(runningMsPerHour, hourMs);
  }

  /** Counts a call. Returns the exceeded limit with the longest wait, or undefined. */
  take(now: number): ExceededLimit | undefined {
    const limits = this.#limits.map((count): ExceededLimit => {
      const waitMs = count.window.take(now, this.#foreign.reserved(count, now));
      return { kind: 'count', limit: count.limit, per: count.per, waitMs };
    });
    const waitMs = this.#executionTime?.waitMs(now) ?? 0;
    const exceeded = longest([...limits, { kind: 'execution-time', waitMs }]);
    if (exceeded === undefined) this.allowed += 1;
    else this.refused += 1;
    return exceeded;
  }

  /** Counts the execution time of a query that ended at `now`. */
  spend(ms: number, now: number): void {
    this.#executionTime?.spend(ms, now);
  }

  windows(now: number): readonly WindowUsage[] {
    return this.#limits.map((count) => {
      const { per, limit, window } = count;
      const foreign = this.#foreign.reserved(count, now);
      return { per, limit, used: window.used(now), foreign, waitMs: window.waitMs(now, foreign) };
    });
  }

  /** The execution time in use and allowed; undefined if it is not limited. */
  executionTime(now: number): { readonly usedMs: number; readonly budgetMs: number } | undefined {
    const time = this.#executionTime;
    return time && { usedMs: time.usedMs(now), budgetMs: time.budgetMs };
  }
}

function longest(limits: readonly ExceededLimit[]): ExceededLimit | undefined {
  return limits
    .filter(({ waitMs }) => waitMs > 0)
    .reduce<ExceededLimit | undefined>(
      (found, limit) => (found && found.waitMs >= limit.waitMs ? found : limit),
      undefined,
    );
}
