/** One window of a quota, as a store counts it. */
interface StoreWindow {
  readonly windowMs: number;
  readonly limit: number;
}
/** Asks for a place in every window of a group. */
interface TakeRequest {
  readonly group: string;
  /** Names the call among those of all processes: asking again for it takes no second place. */
  readonly permit: string;
  /** Names the process that asks. */
  readonly process: string;
  /** Without windows nothing is taken: the answer says only how things stand. */
  readonly windows: readonly StoreWindow[];
  /** How long the call may take to arrive at the service. It counts from then on, until it is settled. */
  readonly transitMs: number;
}
/** What a store answers to a question for a place. */
interface TakeAnswer {
  readonly granted: boolean;
  /** Milliseconds until a place may be free; 0 when granted. */
  readonly waitMs: number;
  /** When the place was taken, in milliseconds of the store's own clock. */
  readonly takenAt: number;
  /** Calls in each window, this one among them. */
  readonly used: readonly number[];
  /** How many processes asked lately, this one included. */
  readonly processes: number;
  /** Milliseconds until the pause of the group ends. */
  readonly pausedForMs: number;
  /** Limits that other processes learned from 429s. */
  readonly limits: readonly LearnedLimit[];
  /** Changes when the store has lost what it held. */
  readonly epoch: string;
}
interface LearnedLimit extends StoreWindow {
  readonly ageMs: number;
}
/** What a process tells all others. */
interface QuotaNews {
  /** The service asked for a pause of the group. */
  readonly pauseMs?: number;
  /** Limits that were learned from a 429. */
  readonly limits?: readonly StoreWindow[];
  /** Calls that this process sent, which the store may not know: those that it does know stay as they are. */
  readonly calls?: readonly {
    readonly permit: string;
    readonly ageMs: number;
  }[];
  /** How long calls count, in milliseconds: the longest window. */
  readonly keepMs: number;
}
/**
 * Counts the calls of all processes that share a quota, in windows that slide on the store's own clock.
 * Each method is atomic, and rejects when the store cannot say.
 */
interface QuotaStore {
  /** Takes one place in every window if all have room; otherwise leaves no trace. */
  take(request: TakeRequest): Promise<TakeAnswer>;
  /**
   * A call arrived at the service at the latest at `arrivedAt`, in milliseconds of the store's clock;
   * undefined: it was not sent after all.
   */
  settle(group: string, permit: string, arrivedAt: number | undefined): Promise<void>;
  /** Shares what a 429 taught: a pause for everybody, and lower limits. */
  report(group: string, news: QuotaNews): Promise<void>;
}
export { TakeAnswer as a, StoreWindow as i, QuotaNews as n, TakeRequest as o, QuotaStore as r, LearnedLimit as t };
