import type { CatalogueEntry, MessageValues, Verdict } from '../catalogue/entry.ts';

/**
 * Where a failure comes from: `api`, in the service's own error format; `gateway`, any other HTTP
 * error, such as a proxy's page; `network`, no HTTP response; `timeout`, no HTTP response in time;
 * `circuit` and `throttle`, not sent by this package; `cancelled`, aborted by the caller; `unknown`,
 * anything else, such as a bug in the program.
 */
export type FailureSource =
  | 'api'
  | 'gateway'
  | 'network'
  | 'timeout'
  | 'circuit'
  | 'throttle'
  | 'cancelled'
  | 'unknown';

/** What is known about one failed attempt or call. Plain, frozen data. */
export interface Failure {
  /**
   * The service's own error code, in the catalogue's spelling if the catalogue has it. A response
   * without a code gives `Http` and the status (`Http503`); a failure without a response gives Node's
   * code (`ECONNRESET`) or one of `Timeout`, `CircuitOpen`, `Throttled`, `Cancelled` and `Unknown`.
   */
  readonly code: string;
  /** The HTTP status; absent if there was no HTTP response. */
  readonly status?: number;
  /**
   * The service's message, at most 1,024 characters. It may echo what was sent, secrets included, so
   * this package never logs it.
   */
  readonly message: string;
  /**
   * The ID to give to Microsoft support. Opaque, and not always a GUID; at most 128 characters. Absent
   * if the response has none.
   */
  readonly trackingId?: string;
  /** Whether sending the same request again can succeed. */
  readonly verdict: Verdict;
  /** Where the failure comes from: the API, a gateway, the network, this package or the caller. */
  readonly source: FailureSource;
  /**
   * True if the service may have executed the request although the call failed, as after a reset, a
   * timeout, or a gateway's 502 or 504. Absent if it certainly did not.
   */
  readonly ambiguous?: true;
  /**
   * True for a 401 that a new token cannot fix, such as a missing licence: `refreshToken` is not
   * called. Absent for any other failure.
   */
  readonly refreshUseless?: true;
  /**
   * How long the service asked to wait, in milliseconds from the response on. Absent if it did not
   * ask, or if the verdict is `terminal`.
   */
  readonly retryAfterMs?: number;
  /**
   * The variable parts of the message by the names in the catalogue's template, such as `waitMs`, or the
   * `claims` that a 401 asks the next token to have. Absent if the message matches no template.
   */
  readonly values?: MessageValues;
  /** What a person should do, in one or a few sentences. Absent if there is nothing to say. */
  readonly advice?: string;
  /** The code's row in the catalogue; absent for a code that the catalogue does not have. */
  readonly entry?: CatalogueEntry;
}
