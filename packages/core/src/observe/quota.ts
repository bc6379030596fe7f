/** How much of one limit on calls is in use. */
export interface QuotaWindow {
  readonly per: 'minute' | 'hour';
  /** How many calls are let through in the window now: the configured limit, or what was learned. */
  readonly limit: number;
  /** Calls in the window that is over now, as far as this process knows. */
  readonly used: number;
  readonly remaining: number;
}

/**
 * Who counts a group's calls: this process alone, all processes through the shared limiter, or each
 * process its share of the limit, because the limiter's store is away.
 */
export type QuotaCounting = 'local' | 'shared' | 'fallback';

/** What a wrapper knows of one quota group now. */
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

/** Something that a quota learned. */
export type QuotaChange =
  | {
      readonly kind: 'limit';
      readonly group: string;
      readonly per: 'minute' | 'hour';
      readonly from: number;
      readonly to: number;
      /** `told`: the service told its limit; `throttled`: it refused a call; `recovered`: back to full. */
      readonly reason: 'told' | 'throttled' | 'recovered';
    }
  | {
      /** The shared limiter's store cannot be reached, or can be reached again. Once for each outage. */
      readonly kind: 'store';
      readonly state: 'lost' | 'back';
      /** What the limiter rejected with; absent when it did not answer in time. */
      readonly error?: unknown;
    };

/** Tells the state of every quota group that was used. */
export type ReadQuotas = () => readonly QuotaState[];
