/** One window of a quota, as a store counts it. */
interface StoreWindow {
  readonly windowMs: number;
  readonly limit: number;
}
/** Asks for a place in every window of a group. */
interface TakeRequest {
  readonly group: string;
  /** Identifies the call among those of all processes: a repeated request takes no second place. */
  readonly permit: string;
  /** Identifies the process that asks. */
  readonly process: string;
  /** If empty, nothing is taken, and the answer only describes the current state. */
  readonly windows: readonly StoreWindow[];
  /**
   * How long the call may take to arrive at the service, in milliseconds. Until it is settled, it counts as
   * arriving then.
   */
  readonly transitMs: number;
}
/** A store's answer to a request for a place. */
interface TakeAnswer {
  readonly granted: boolean;
  /** Milliseconds until a place may be free; 0 if granted. */
  readonly waitMs: number;
  /** When the place was taken, in milliseconds of the store's own clock. */
  readonly takenAt: number;
  /** The number of calls in each window, including this one if it was granted. */
  readonly used: readonly number[];
  /** How many processes asked recently, including this one. */
  readonly processes: number;
  /** Milliseconds until the pause of the group ends. */
  readonly pausedForMs: number;
  /** The limits that other processes learned from 429s. */
  readonly limits: readonly LearnedLimit[];
  /** Changes when the store has lost its data. */
  readonly epoch: string;
}
interface LearnedLimit extends StoreWindow {
  readonly ageMs: number;
}
/** What a process reports to all others. */
interface QuotaNews {
  /** The service asked for a pause of the group. */
  readonly pauseMs?: number;
  /** The limits that a 429 has lowered. */
  readonly limits?: readonly StoreWindow[];
  /** Calls of this process that the store may have lost. Those that it still has stay unchanged. */
  readonly calls?: readonly {
    readonly permit: string;
    readonly ageMs: number;
  }[];
  /** How long calls count, in milliseconds: the longest window. */
  readonly keepMs: number;
}
/**
 * Counts the calls of all processes that share a quota, in windows that slide on the store's own clock. Each
 * method is atomic, and rejects if the store cannot answer.
 */
interface QuotaStore {
  /** Takes one place in every window if all have room; otherwise counts nothing. */
  take(request: TakeRequest): Promise<TakeAnswer>;
  /**
   * A call arrived at the service by `arrivedAt`, in milliseconds of the store's clock; undefined: it was not
   * sent after all.
   */
  settle(group: string, permit: string, arrivedAt: number | undefined): Promise<void>;
  /** Shares what a 429 has shown: a pause for all processes, and lower limits. */
  report(group: string, news: QuotaNews): Promise<void>;
}
export { TakeAnswer as a, StoreWindow as i, QuotaNews as n, TakeRequest as o, QuotaStore as r, LearnedLimit as t };
