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

/** The state of one quota group. */
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
       * `told`: the service's message named its limit; `throttled`: the service refused a call below
       * the limit; `recovered`: the limit went back up.
       */
      readonly reason: 'told' | 'throttled' | 'recovered';
    }
  | {
      /** The shared store became unavailable or available; once each for an outage. */
      readonly kind: 'store';
      /** `lost`: unavailable; `back`: available again. */
      readonly state: 'lost' | 'back';
      /** What the store failed with; absent if it did not respond in time. May hold secrets. */
      readonly error?: unknown;
    };

/** Returns the state of every quota group that was used. */
export type ReadQuotas = () => readonly QuotaState[];
