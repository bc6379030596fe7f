/** How much of one limit on calls is used. */
export interface QuotaWindow {
  readonly per: 'minute' | 'hour';
  /** How many calls the window lets through now: the configured limit, or a lower one that was learned. */
  readonly limit: number;
  /** Calls in the window that ends now, as far as this process knows. */
  readonly used: number;
  readonly remaining: number;
}

/**
 * Who counts a group's calls: this process alone, all processes through the shared limiter, or each
 * process its share of the limit, because the limiter's store is away.
 */
export type QuotaCounting = 'local' | 'shared' | 'fallback';

/**
 * What one wrapper knows of one quota group now. Where several wrappers name the same group, `waiting`
 * adds up, since each has a queue of its own; `used` and `limit` do not: wrappers that share a store see
 * the same count, others have different quotas. {@link combineQuotas} puts them together.
 */
export interface QuotaState {
  /** As in the operations table, such as `incidents`. */
  readonly group: string;
  readonly windows: readonly QuotaWindow[];
  /** The running time of queries, where it is limited, in milliseconds. */
  readonly runningTime?: { readonly usedMs: number; readonly limitMs: number };
  /** Calls that wait for their turn. */
  readonly waiting: number;
  /** Milliseconds until the service's pause ends; 0 when there is none. */
  readonly pausedForMs: number;
  /** Milliseconds until the next call may be sent; 0 when one may be sent now. */
  readonly nextFreeMs: number;
  readonly counting: QuotaCounting;
}

/** What a quota learned. */
export type QuotaChange =
  | {
      readonly kind: 'limit';
      readonly group: string;
      readonly per: 'minute' | 'hour';
      readonly from: number;
      readonly to: number;
      /**
       * `announced`: the service said its limit; `throttled`: it answered 429; `recovered`: the limit is
       * back in full.
       */
      readonly reason: 'announced' | 'throttled' | 'recovered';
    }
  | {
      /** The shared limiter's store cannot be reached, or can be reached again. Once for each outage. */
      readonly kind: 'store';
      readonly state: 'lost' | 'back';
      /** What the limiter rejected with; absent when it did not answer in time. */
      readonly error?: unknown;
    };

/** Returns the state of every quota group that was used. */
export type ReadQuotas = () => readonly QuotaState[];

/**
 * One state for each group, of the states of several wrappers in one process. Of each window the fullest
 * is taken, whole, so that `used` and `limit` belong together; `waiting` is the sum.
 */
export function combineQuotas(states: readonly QuotaState[]): readonly QuotaState[] {
  const groups = new Map<string, QuotaState>();
  for (const state of states) {
    const known = groups.get(state.group);
    groups.set(state.group, known === undefined ? state : combined(known, state));
  }
  return [...groups.values()];
}

function combined(a: QuotaState, b: QuotaState): QuotaState {
  const windows = new Map<QuotaWindow['per'], QuotaWindow>();
  for (const window of [...a.windows, ...b.windows]) {
    const known = windows.get(window.per) ?? window;
    windows.set(window.per, isFuller(window.used, window.limit, known) ? window : known);
  }
  const runningTime = fullerTime(a.runningTime, b.runningTime);
  const countings: readonly QuotaCounting[] = [a.counting, b.counting];
  return {
    group: a.group,
    windows: [...windows.values()],
    ...(runningTime === undefined ? {} : { runningTime }),
    waiting: a.waiting + b.waiting,
    pausedForMs: Math.max(a.pausedForMs, b.pausedForMs),
    nextFreeMs: Math.max(a.nextFreeMs, b.nextFreeMs),
    counting: COUNTINGS.find((counting) => countings.includes(counting)) ?? a.counting,
  };
}

/** What is worth knowing first comes first. */
const COUNTINGS: readonly QuotaCounting[] = ['fallback', 'shared', 'local'];

// Multiplied out, since a limit can be 0.
function isFuller(used: number, limit: number, than: { used: number; limit: number }): boolean {
  return used * than.limit > than.used * limit;
}

function fullerTime(
  a: QuotaState['runningTime'],
  b: QuotaState['runningTime'],
): QuotaState['runningTime'] {
  if (a === undefined || b === undefined) return a ?? b;
  return isFuller(b.usedMs, b.limitMs, { used: a.usedMs, limit: a.limitMs }) ? b : a;
}
