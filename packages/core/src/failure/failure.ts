import type { CatalogueEntry, MessageValues, Verdict } from '../catalogue/entry.ts';

/** Who said that the call failed. */
export type FailureSource =
  | 'api'
  | 'gateway'
  | 'network'
  | 'timeout'
  | 'circuit'
  | 'throttle'
  | 'cancelled'
  | 'unknown';

/** What is known about one failed attempt or call. Plain data, safe to serialise. */
export interface Failure {
  /**
   * The service's own code, in the catalogue's spelling where it is known. Where the answer carries
   * none, `Http` and the status (`Http503`); for what never was an HTTP answer Node's code
   * (`ECONNRESET`), else `Timeout`, `CircuitOpen`, `Throttled`, `Cancelled` or `Unknown`.
   */
  readonly code: string;
  /** The HTTP status; absent when there was no HTTP answer. */
  readonly status?: number;
  /**
   * What the service said, at most 1,024 characters. It may echo what was sent, so it belongs to the
   * caller alone: the wrapper itself never logs it.
   */
  readonly message: string;
  /** The ID to give to Microsoft. Opaque: not always a GUID. */
  readonly trackingId?: string;
  /** Whether it makes sense to send the same request again. */
  readonly verdict: Verdict;
  readonly source: FailureSource;
  /**
   * True when the request may have been carried out although the call failed: a reset, a timeout, a
   * gateway's 502 or 504. Absent when it certainly was not.
   */
  readonly ambiguous?: true;
  /**
   * True for a 401 that no new token can mend, such as a missing licence: `refreshToken` is not asked.
   */
  readonly refreshUseless?: true;
  /** How long the service asked to wait, in milliseconds from the answer on. */
  readonly retryAfterMs?: number;
  /** The variable parts of the message. */
  readonly values?: MessageValues;
  /** What a person should do about it. */
  readonly advice?: string;
  /** The code's row in the catalogue. */
  readonly entry?: CatalogueEntry;
}
