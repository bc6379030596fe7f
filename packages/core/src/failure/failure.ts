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

/** A security provider that is missing from a partial response of Microsoft Graph. */
export interface ProviderFailure {
  /** The provider's vendor, such as `Microsoft`. */
  readonly vendor: string;
  /** The provider, such as `WDATP`. */
  readonly provider: string;
  /** The HTTP status that the provider returned to Graph. */
  readonly status: number;
  /** How long the provider took, in milliseconds. */
  readonly latencyMs: number;
}

/**
 * What is known about one failed attempt or call. Frozen data that can be logged: the service's `message`
 * and the texts in `values` may contain secrets, so they are getters that are not enumerable. `console.log`,
 * `util.inspect` with any options but `getters`, `JSON.stringify` and the spread syntax leave them out; read
 * them by name.
 */
export interface Failure {
  /**
   * The service's own error code, in the catalogue's spelling if the catalogue has it. For a response without a
   * code, `Http` and the status (`Http503`); for a failure without a response, Node's code (`ECONNRESET`) or
   * one of `Timeout`, `CircuitOpen`, `Throttled`, `Cancelled` and `Unknown`.
   */
  readonly code: string;
  /** The HTTP status; absent if there was no HTTP response. */
  readonly status?: number;
  /**
   * The service's message, at most 1,024 characters. It may echo the request, secrets included, so it is not
   * enumerable and this package never logs it.
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
   * True if the service may have carried out the request although the call failed: after a reset, a
   * timeout, a 502 or 504, or any other 5xx that has no Retry-After and is not in the service's own
   * error format. Absent if it certainly did not.
   */
  readonly ambiguous?: true;
  /**
   * True for a 401 that a new token cannot fix, such as a missing licence: `refreshToken` is not
   * called. Absent for any other failure.
   */
  readonly refreshUseless?: true;
  /**
   * How long the service asked to wait, in milliseconds from the response. Absent if it did not ask, or if the
   * verdict is `terminal`.
   */
  readonly retryAfterMs?: number;
  /**
   * The variable parts of the message by their names in the catalogue's template, such as `waitMs`, or the
   * `claims` that a 401 requires of the next token. Texts and lists are not enumerable, because they may echo
   * the request or contain the caller's address. Absent if the message matches no template.
   */
  readonly values?: MessageValues;
  /**
   * The security providers whose results are missing from a 206, as Graph's `Warning` header names them
   * (https://learn.microsoft.com/graph/api/resources/security-error-codes). Only a success has it: the
   * call is neither retried nor counted as failed.
   */
  readonly partial?: readonly ProviderFailure[];
  /** What a person should do, in one or a few sentences. Absent if there is nothing to say. */
  readonly advice?: string;
  /** The code's row in the catalogue; absent for a code that is not in it. */
  readonly entry?: CatalogueEntry;
}

type MutableFailure = { -readonly [Name in keyof Failure]: Failure[Name] };

/** Such as `429 TooManyRequests`; the code alone if the status adds nothing. */
export function statusAndCode({ code, status }: Failure): string {
  return status === undefined || code === `Http${status}` ? code : `${status} ${code}`;
}

/** A failure before it is frozen: a field that does not apply may be undefined. */
export type FailureFields = {
  readonly [Name in keyof Failure]: undefined extends Failure[Name]
    ? Failure[Name] | undefined
    : Failure[Name];
};

/** Keeps the service's message out of everything that lists properties, even those that are not enumerable. */
class MessageKeeper {
  readonly #message: string;

  static {
    // A failure is printed as a plain object, without the name of this class.
    Reflect.deleteProperty(MessageKeeper.prototype, 'constructor');
  }

  constructor(message: string) {
    this.#message = message;
  }

  get message(): string {
    return this.#message;
  }
}

/** Freezes a failure, and makes the fields that may contain secrets not enumerable. */
export function createFailure(fields: FailureFields): Failure {
  const { code, status, trackingId, verdict, source, ambiguous, refreshUseless } = fields;
  const { retryAfterMs, values, partial, advice, entry } = fields;
  // Sets one field after the other, in order: spreading, deleting or hiding them afterwards takes several times
  // as long.
  const failure = new MessageKeeper(fields.message) as MessageKeeper & MutableFailure;
  failure.code = code;
  if (status !== undefined) failure.status = status;
  if (trackingId !== undefined) failure.trackingId = trackingId;
  failure.verdict = verdict;
  failure.source = source;
  if (ambiguous !== undefined) failure.ambiguous = ambiguous;
  if (refreshUseless !== undefined) failure.refreshUseless = refreshUseless;
  if (retryAfterMs !== undefined) failure.retryAfterMs = retryAfterMs;
  if (values !== undefined) failure.values = withHiddenTexts(values);
  if (partial !== undefined) failure.partial = partial;
  if (advice !== undefined) failure.advice = advice;
  if (entry !== undefined) failure.entry = entry;
  return Object.freeze(failure);
}

/** A copy of a failure with changes. Spreading it would lose the fields that are not enumerable. */
export function changeFailure(failure: Failure, changes: Partial<FailureFields>): Failure {
  const { message, values } = failure;
  return createFailure({ ...failure, message, values, ...changes });
}

function withHiddenTexts(values: MessageValues): MessageValues {
  const copy: Record<string, MessageValues[string]> = {};
  for (const name of Object.getOwnPropertyNames(values)) {
    const value = values[name];
    if (typeof value === 'number') copy[name] = value;
    else Object.defineProperty(copy, name, { get: () => value });
  }
  return Object.freeze(copy);
}
