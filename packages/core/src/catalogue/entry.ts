/** Whether sending the same request again can succeed (`retryable`) or cannot (`terminal`). */
export type Verdict = 'retryable' | 'terminal';

/** The kind of problem that a code stands for. A closed set, safe as a metric label. */
export type ErrorClass =
  | 'input'
  | 'auth'
  | 'permission'
  | 'not_found'
  | 'conflict'
  | 'throttle'
  | 'server'
  | 'transport'
  | 'local';

/** The variable parts of a message, by their names in the catalogue's template. */
export type MessageValues = Readonly<Record<string, string | number | readonly string[]>>;

/**
 * How a variable part of a message is parsed.
 *
 * `number`: an integer. `list`: names separated by commas, possibly none. `timespan`: .NET's
 * `00:01:00`, parsed to milliseconds. `duration`: `8 seconds` or a timespan, parsed to milliseconds.
 */
export type VariableKind = 'number' | 'list' | 'timespan' | 'duration';

/** One error code of the APIs, documented or seen in real responses. */
export interface CatalogueEntry {
  /** The code in its documented spelling, such as `ResourceNotFound`. */
  readonly code: string;
  /** Other codes that mean the same, such as `"429"` for `TooManyRequests`. */
  readonly aliases?: readonly string[];
  /** The HTTP status that the code comes with. */
  readonly status: number;
  /** Further HTTP statuses that the code was seen with. */
  readonly otherStatuses?: readonly number[];
  /**
   * Whether the code is on Microsoft's page of common error codes,
   * https://learn.microsoft.com/defender-xdr/api-error-codes.
   */
  readonly documented: boolean;
  /** The API families that send the code. */
  readonly families: readonly Family[];
  /** The kind of problem, such as `permission`. */
  readonly class: ErrorClass;
  /**
   * Whether sending the same request again can succeed. `by-status`: the code alone does not say, so the
   * status decides, as for a code that is not in the catalogue.
   */
  readonly verdict: Verdict | 'by-status';
  /**
   * The documented message with its variable parts in braces: `Hash value {hash} is invalid.` Empty if the
   * code has no message. Microsoft may change messages; if one does not match, the failure has no `values`.
   */
  readonly template: string;
  /** Other messages that are documented or were seen with this code. */
  readonly otherTemplates?: readonly string[];
  /** How the variables of the templates are parsed; all others are plain text. */
  readonly variables?: Readonly<Record<string, VariableKind>>;
  /** What it means, in one sentence. */
  readonly meaning: string;
  /** What a person should do about it. */
  readonly advice: string;
  /** The page that documents the code. */
  readonly docs: string;
  /** The page that documents the code, or where it was seen. */
  readonly source: string;
  /** Where its other messages, statuses and causes were seen. */
  readonly otherSources?: readonly string[];
}

/** A row of the code tables, which are keyed by code. */
export type CodeRow = Omit<CatalogueEntry, 'code'>;

/** An API family: Defender XDR, Defender for Endpoint, or Microsoft Graph security. */
export type Family = 'xdr' | 'mde' | 'graph';

/** The limits of one quota group. */
export interface Quota {
  /** How many calls the service accepts in a minute. Absent: no limit by the minute. */
  readonly perMinute?: number;
  /** How many calls the service accepts in an hour. Absent: no limit by the hour. */
  readonly perHour?: number;
  /** How long queries may run in an hour, in milliseconds. Absent: no limit. */
  readonly runningMsPerHour?: number;
  /** How long queries may run in a day, in milliseconds. Absent: no limit. */
  readonly runningMsPerDay?: number;
}

/** One operation of the APIs: a row of the operations table. */
export interface Operation {
  /** The name, such as `incidents.list`; `other` for any request that is not in the table. */
  readonly name: string;
  /** The API that the operation belongs to; absent if it is unknown. */
  readonly family?: Family;
  /** The HTTP method in upper case. */
  readonly method?: string;
  /** The documented route, such as `/api/machines/{id}/isolate`. Contains no IDs: safe as a metric label. */
  readonly route?: string;
  /** The name of the group of operations that share one quota, such as `incidents`. */
  readonly quotaGroup: string;
  /** The limits on the operation's page in Microsoft's documentation (`docs`); absent if it states none. */
  readonly quota?: Quota;
  /** Among calls that wait for the same quota, the highest priority is sent first. @defaultValue 0 */
  readonly priority?: number;
  /**
   * Whether sending the request twice has the same effect as sending it once.
   *
   * @defaultValue true for GET, HEAD, OPTIONS, PUT and DELETE, otherwise false
   */
  readonly idempotent?: boolean;
  /** The timeout of one attempt, in milliseconds. @defaultValue the option `attemptTimeoutMs` */
  readonly attemptTimeoutMs?: number;
  /** The timeout of the whole call, in milliseconds. @defaultValue the option `deadlineMs` */
  readonly deadlineMs?: number;
  /** The documented parameters of the JSON body, whose names are case-sensitive in XDR and MDE. */
  readonly bodyParameters?: readonly BodyParameter[];
  /** What to check before sending the request again after a failure that may have carried it out. */
  readonly ambiguityAdvice?: string;
  /** The operation's page in Microsoft's documentation. */
  readonly docs?: string;
}

/** One parameter of a JSON body. */
export interface BodyParameter {
  /** The name in its exact spelling. */
  readonly name: string;
  /** Whether the operation fails without the parameter. @defaultValue false */
  readonly required?: boolean;
}
