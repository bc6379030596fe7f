/** Whether it makes sense to send the same request again. */
export type Verdict = 'retryable' | 'terminal';

/** What kind of trouble a code stands for. A closed set: fit for a metric's label. */
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

/** The variable parts of a message, by the names that the catalogue's template gives them. */
export type MessageValues = Readonly<Record<string, string | number | readonly string[]>>;

/**
 * How a variable part of a message is to be read.
 *
 * `number`: a whole number. `list`: names parted by commas, possibly none. `timespan`: .NET's
 * `00:01:00`, as a number of milliseconds. `duration`: `8 seconds` or a timespan, as a number of
 * milliseconds.
 */
export type VariableKind = 'number' | 'list' | 'timespan' | 'duration';

/** One error code that the APIs are documented, or were seen, to answer with. */
export interface CatalogueEntry {
  /** The code in its canonical spelling, such as `ResourceNotFound`. */
  readonly code: string;
  /** Other codes that mean the same, such as `"429"` for `TooManyRequests`. */
  readonly aliases?: readonly string[];
  /** The HTTP status that the code comes with. */
  readonly status: number;
  /** Further HTTP statuses that the code was seen with. */
  readonly otherStatuses?: readonly number[];
  /** Whether the code is on the seed page of documented error codes. */
  readonly documented: boolean;
  /** The API families that answer with the code. */
  readonly families: readonly Family[];
  readonly class: ErrorClass;
  /**
   * `by-status`: the code says nothing of its own, so the status alone decides, as it does for a code
   * that the catalogue does not know.
   */
  readonly verdict: Verdict | 'by-status';
  /**
   * The message as it is documented, its variable parts in braces: `Hash value {hash} is invalid.`
   * Microsoft reserves the right to change messages, so a template that does not match changes
   * nothing but the `values`.
   */
  readonly template: string;
  /** Further message texts that are documented or were seen with this code. */
  readonly otherTemplates?: readonly string[];
  /** The variables of the templates that are more than plain text. */
  readonly variables?: Readonly<Record<string, VariableKind>>;
  /** What it means, in one sentence. */
  readonly meaning: string;
  /** What a person should do about it. */
  readonly advice: string;
  /** The page that documents the code. */
  readonly docs: string;
  /** Where the row's facts come from: the page that documents it, or where it was seen. */
  readonly source: string;
  /** Where its other texts, statuses and causes were seen. */
  readonly otherSources?: readonly string[];
}

/** A row of the tables of codes, which are keyed by code. */
export type CodeRow = Omit<CatalogueEntry, 'code'>;

/** An API family: Defender XDR, Defender for Endpoint, or Microsoft Graph security. */
export type Family = 'xdr' | 'mde' | 'graph';

/** How many calls a quota allows, as documented. */
export interface Quota {
  readonly perMinute?: number;
  readonly perHour?: number;
  /** How long queries may run in an hour, in milliseconds. */
  readonly runningMsPerHour?: number;
  /** The same for a day. */
  readonly runningMsPerDay?: number;
}

/** One operation of the APIs, as the operations table knows it. */
export interface Operation {
  /** The low-cardinality name, such as `incidents.list`; `other` for whatever the table does not know. */
  readonly name: string;
  readonly family?: Family;
  /** The HTTP method in capitals. */
  readonly method?: string;
  /** The canonical route, such as `/api/machines/{id}/isolate`: fit for `url.template`. */
  readonly route?: string;
  /** The group of operations that share one documented quota, such as `incidents`. */
  readonly quotaGroup: string;
  readonly quota?: Quota;
  /** Which calls go first where they wait for the same quota: the higher number. Undefined: 0. */
  readonly priority?: number;
  /**
   * Whether sending it twice does no more than sending it once. Undefined: as the HTTP method says.
   */
  readonly idempotent?: boolean;
  /** Milliseconds until an attempt is given up; undefined: the wrapper's own default. */
  readonly attemptTimeoutMs?: number;
  /** Milliseconds until the whole call is given up; undefined: the wrapper's own default. */
  readonly deadlineMs?: number;
  /** The body's documented parameters in their exact spelling: XDR and MDE compare letter case. */
  readonly bodyParameters?: readonly BodyParameter[];
  /** What to look up before sending a call again whose end is unknown. */
  readonly ambiguityAdvice?: string;
  readonly docs?: string;
}

/** One parameter of a JSON body. */
export interface BodyParameter {
  readonly name: string;
  readonly required?: boolean;
}
