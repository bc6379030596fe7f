/** The state of one limit on calls. */
export interface QuotaWindow {
  /** The length of the window. */
  readonly per: 'minute' | 'hour';
  /** How many calls are allowed in the window: the configured limit, or a lower one that was observed. */
  readonly limit: number;
  /** How many calls were sent in the last minute or hour, as far as this process knows. */
  readonly used: number;
  /** How many more calls are allowed now: `limit` minus `used`, and never below 0. */
  readonly remaining: number;
}

/**
 * Who counts the calls of a group. `local`: this process alone. `shared`: all processes together, in
 * the shared store. `fallback`: each process for itself within its share of the limit, because the
 * store is unavailable.
 */
export type QuotaCounting = 'local' | 'shared' | 'fallback';

/**
 * The state of one quota group in one wrapper. {@link combineQuotas} combines those of several wrappers:
 * `waiting` adds up, because each wrapper has its own queue; `used` and `limit` do not, because wrappers that
 * share a store see the same count.
 */
export interface QuotaState {
  /** The group's name in the operations table, such as `incidents`. */
  readonly group: string;
  /** The limits of the group on calls. */
  readonly windows: readonly QuotaWindow[];
  /** How long queries ran and may run, in milliseconds; absent if that is not limited. */
  readonly runningTime?: { readonly usedMs: number; readonly limitMs: number };
  /** How many calls are waiting. */
  readonly waiting: number;
  /** Milliseconds until the pause ends that the service asked for; 0 if there is none. */
  readonly pausedForMs: number;
  /** Milliseconds until the next call may be sent; 0 if one may be sent now. */
  readonly nextFreeMs: number;
  /** Who counts the calls of the group. */
  readonly counting: QuotaCounting;
}

/** The event of a limit that changed, or of the shared store that failed or recovered. */
export type QuotaChange =
  | {
      /** The limit of a group was changed. */
      readonly kind: 'limit';
      /** The quota group, such as `incidents`. */
      readonly group: string;
      /** The window of the limit. */
      readonly per: 'minute' | 'hour';
      /** The limit before the change, in calls. */
      readonly from: number;
      /** The limit after the change, in calls. */
      readonly to: number;
      /**
       * `announced`: the service's message named its limit; `throttled`: the service answered 429 below
       * the limit; `recovered`: the limit is back in full.
       */
      readonly reason: 'announced' | 'throttled' | 'recovered';
    }
  | {
      /** The shared store became unavailable or available; once each for an outage. */
      readonly kind: 'store';
      /** `lost`: unavailable; `back`: available again. */
      readonly state: 'lost' | 'back';
      /** The store's error; absent if it did not respond in time. May contain secrets. */
      readonly error?: unknown;
    };

/** Returns the state of every quota group that was used. */
export type ReadQuotas = () => readonly QuotaState[];

/**
 * Combines the states of several wrappers in one process into one state per group. Takes the fullest of each
 * window as a whole, so that `used` and `limit` belong together, and the sum of `waiting`.
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

/** The most important first. */
const COUNTINGS: readonly QuotaCounting[] = ['fallback', 'shared', 'local'];

// Multiplies instead of dividing, because a limit can be 0.
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
