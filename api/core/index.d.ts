import { i as AttemptContext, n as ExecuteOptions, r as WrapOptions, t as AttemptFunction } from "./function-call.js";
import { n as Timer, t as Clock } from "./clock.js";
import { a as TakeAnswer, i as StoreWindow, n as QuotaNews, o as TakeRequest, r as QuotaStore, t as LearnedLimit } from "./store.js";
/** Whether sending the same request again can succeed (`retryable`) or cannot (`terminal`). */
type Verdict = "retryable" | "terminal";
/** The kind of problem that a code stands for. A closed set, safe as a metric label. */
type ErrorClass = "input" | "auth" | "permission" | "not_found" | "conflict" | "throttle" | "server" | "transport" | "local";
/** The variable parts of a message, by their names in the catalogue's template. */
type MessageValues = Readonly<Record<string, string | number | readonly string[]>>;
/**
 * How a variable part of a message is parsed.
 *
 * `number`: an integer. `list`: names separated by commas, possibly none. `timespan`: .NET's
 * `00:01:00`, parsed to milliseconds. `duration`: `8 seconds` or a timespan, parsed to milliseconds.
 */
type VariableKind = "number" | "list" | "timespan" | "duration";
/** One error code of the APIs, documented or seen in real responses. */
interface CatalogueEntry {
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
  readonly verdict: Verdict | "by-status";
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
/** An API family: Defender XDR, Defender for Endpoint, or Microsoft Graph security. */
type Family = "xdr" | "mde" | "graph";
/** The limits of one quota group. */
interface Quota {
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
interface Operation {
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
interface BodyParameter {
  /** The name in its exact spelling. */
  readonly name: string;
  /** Whether the operation fails without the parameter. @defaultValue false */
  readonly required?: boolean;
}
/**
 * Where a failure comes from: `api`, in the service's own error format; `gateway`, any other HTTP
 * error, such as a proxy's page; `network`, no HTTP response; `timeout`, no HTTP response in time;
 * `circuit` and `throttle`, not sent by this package; `cancelled`, aborted by the caller; `unknown`,
 * anything else, such as a bug in the program.
 */
type FailureSource = "api" | "gateway" | "network" | "timeout" | "circuit" | "throttle" | "cancelled" | "unknown";
/** A security provider that is missing from a partial response of Microsoft Graph. */
interface ProviderFailure {
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
interface Failure {
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
/** The state of one limit on calls. */
interface QuotaWindow {
  /** The length of the window. */
  readonly per: "minute" | "hour";
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
type QuotaCounting = "local" | "shared" | "fallback";
/**
 * The state of one quota group in one wrapper. {@link combineQuotas} combines those of several wrappers:
 * `waiting` adds up, because each wrapper has its own queue; `used` and `limit` do not, because wrappers that
 * share a store see the same count.
 */
interface QuotaState {
  /** The group's name in the operations table, such as `incidents`. */
  readonly group: string;
  /** The limits of the group on calls. */
  readonly windows: readonly QuotaWindow[];
  /** How long queries ran and may run, in milliseconds; absent if that is not limited. */
  readonly runningTime?: {
    readonly usedMs: number;
    readonly limitMs: number;
  };
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
type QuotaChange = {
  /** The limit of a group was changed. */
  readonly kind: "limit";
  /** The quota group, such as `incidents`. */
  readonly group: string;
  /** The window of the limit. */
  readonly per: "minute" | "hour";
  /** The limit before the change, in calls. */
  readonly from: number;
  /** The limit after the change, in calls. */
  readonly to: number;
  /**
   * `announced`: the service's message named its limit; `throttled`: the service answered 429 below
   * the limit; `recovered`: the limit is back in full.
   */
  readonly reason: "announced" | "throttled" | "recovered";
} | {
  /** The shared store became unavailable or available; once each for an outage. */
  readonly kind: "store";
  /** `lost`: unavailable; `back`: available again. */
  readonly state: "lost" | "back";
  /** The store's error; absent if it did not respond in time. May contain secrets. */
  readonly error?: unknown;
};
/** Returns the state of every quota group that was used. */
type ReadQuotas = () => readonly QuotaState[];
/**
 * Combines the states of several wrappers in one process into one state per group. Takes the fullest of each
 * window as a whole, so that `used` and `limit` belong together, and the sum of `waiting`.
 */
export declare function combineQuotas(states: readonly QuotaState[]): readonly QuotaState[];
/** The client that made a call: an adapter's name, or `function` for `execute` and `wrap`. */
type ClientKind = "fetch" | "function" | "axios" | "graph" | "undici";
/**
 * How a call ended. `failure`: it was sent and failed; `rejected`: it was not sent, because of an open
 * circuit or a used-up quota; `cancelled`: the caller aborted it, or closed the wrapper.
 */
type CallOutcome = "success" | "failure" | "cancelled" | "rejected";
/** A circuit allows all calls (`closed`), none (`open`), or one to probe the service (`half-open`). */
type CircuitState = "closed" | "open" | "half-open";
/** An HTTP request as it will be sent. Contains no secrets. */
interface HttpRequestInfo {
  /** The HTTP method as sent, such as `GET`. */
  readonly method: string;
  /** `http` or `https`. */
  readonly scheme: string;
  /** The host name without the port, such as `api.security.microsoft.com`. */
  readonly host: string;
  /** The port, the scheme's default one included. */
  readonly port: number;
  /**
   * The URL without user name and password. Query values are replaced by `REDACTED` unless they are
   * known to be harmless. Computed when it is read.
   */
  readonly url: string;
  /** The documented route, such as `/api/machines/{id}/isolate`; absent for an unknown path. */
  readonly template?: string;
}
/** The event of a call that begins. A call consists of one or more attempts. */
interface CallStart {
  /** The operation's name in the catalogue, or the name that the caller passed to `execute` or `wrap`. */
  readonly operation: string;
  /** The client that made the call. */
  readonly client: ClientKind;
  /** The API that is called; absent for an unknown host or operation. */
  readonly family?: Family;
  /** The quota group of the call, such as `incidents`. */
  readonly quotaGroup: string;
  /** The key of the call's circuit: host and operation. Absent if circuits are turned off. */
  readonly circuit?: string;
  /** The HTTP request; absent for `execute` and `wrap`, which do not see it. */
  readonly request?: HttpRequestInfo;
}
/** The event of an attempt that begins. */
interface AttemptStart {
  /** The number of the attempt in its call, from 1. */
  readonly attempt: number;
  /** How long the call waited before this attempt, in milliseconds; 0 for the first attempt. */
  readonly delayMs: number;
  /** The failure of the previous attempt; absent for the first attempt. */
  readonly previous?: Failure;
}
/** What is known about an HTTP response. Free of secrets. Its fields are read when they are used. */
interface HttpResponseInfo {
  /** The service's ID of the request, from the headers; undefined if there is none. */
  readonly requestId: string | undefined;
  /** The version of HTTP, such as `1.1` or `2`; undefined if the client does not expose it, like fetch. */
  readonly protocolVersion: string | undefined;
}
/** The event of an attempt that ended: its response headers arrived, or it failed. */
interface AttemptEnd {
  /** The number of the attempt in its call, from 1. */
  readonly attempt: number;
  /** How long the attempt took, in milliseconds. */
  readonly durationMs: number;
  /** The HTTP status; absent if there was no response, or the client does not expose it. */
  readonly status?: number;
  /** More about the response; absent if there is no `status`. */
  readonly response?: HttpResponseInfo;
  /**
   * The security providers of Graph whose results are missing from a 206; absent for a complete response.
   */
  readonly partial?: readonly ProviderFailure[];
  /** Why the attempt failed; absent if it succeeded. */
  readonly failure?: Failure;
  /** What the attempt rejected with; absent if it resolved. May contain secrets: do not log it as it is. */
  readonly error?: unknown;
}
/**
 * What determined the wait before a retry: the service (`retry-after`), the `backoff`, or a `token-refresh`,
 * after which the retry follows at once.
 */
type WaitSource = "retry-after" | "backoff" | "token-refresh";
/** The event of a scheduled retry. Its wait begins now. */
interface RetryScheduled {
  /** The number of the attempt that follows: 2 or more. */
  readonly nextAttempt: number;
  /** The wait before that attempt, in milliseconds. */
  readonly delayMs: number;
  /** What determined the wait. */
  readonly source: WaitSource;
  /** The failure that is retried. */
  readonly failure: Failure;
}
/** The event of an attempt that waits for its quota before it is sent. */
interface ThrottleWait {
  /** The number of the attempt in its call, from 1. */
  readonly attempt: number;
  /** The quota group that the call waits for, such as `incidents`. */
  readonly group: string;
  /** The expected wait, in milliseconds. */
  readonly delayMs: number;
  /**
   * `pause`: the service asked all calls of the group to wait. `quota`: the call waits for its turn,
   * which is normal for a bulk job.
   *
   * @defaultValue `pause`
   */
  readonly reason?: "pause" | "quota";
}
/**
 * Why a failed call was not retried. `terminal`: a retry cannot succeed. `retries-exhausted` and
 * `budget-exhausted`: `maxRetries` or the retry budget is used up. `deadline`: no time left.
 * `wait-too-long`: the service asked for a longer wait than `retry.maxRetryAfterMs` or the deadline
 * allows. `not-replayable`: the request may have been carried out and is not idempotent, or its body
 * cannot be sent twice. `circuit-open` and `throttled`: this package refused to send it. `cancelled`:
 * the caller aborted. `closed`: `close` ended the call, or its wait for a retry.
 */
type GiveUpReason = "terminal" | "retries-exhausted" | "budget-exhausted" | "deadline" | "wait-too-long" | "not-replayable" | "circuit-open" | "throttled" | "cancelled" | "closed";
/** The event of a call that ended. */
interface CallEnd {
  /** How the call ended. */
  readonly outcome: CallOutcome;
  /** How many attempts were sent; 0 for a call that was refused. */
  readonly attempts: number;
  /** The time from the call's start to its end in milliseconds, waits included. */
  readonly durationMs: number;
  /** Why the call failed; absent if it succeeded. */
  readonly failure?: Failure;
  /** Why there was no further attempt; absent if the call succeeded. */
  readonly giveUpReason?: GiveUpReason;
}
/** The event of a circuit that changed its state. */
interface CircuitChange {
  /** The circuit's key: host and operation. At most `circuit.maxCircuits` different ones. */
  readonly circuit: string;
  /** The operation whose calls go through the circuit. */
  readonly operation: string;
  /** The host that the calls go to; absent for `execute` and `wrap`. */
  readonly host?: string;
  /** The state before the change. */
  readonly from: CircuitState;
  /** The state after the change. */
  readonly to: CircuitState;
  /** How long the circuit stays open, in milliseconds; absent unless it opens. */
  readonly openMs?: number;
  /** The failure that opened the circuit; absent unless it opens. */
  readonly failure?: Failure;
}
/**
 * Observes calls. Every hook is optional and runs synchronously, so it must be fast. A hook cannot break a
 * call: anything that it throws or rejects with is passed to the option `onObserverError`.
 *
 * @example
 * ```ts
 * const observer: Observer = {
 *   call: ({ operation }) => ({
 *     end: ({ outcome, durationMs }) => console.log(operation, outcome, durationMs),
 *   }),
 * };
 * createResilience({ observers: [observer] });
 * ```
 */
interface Observer {
  /** Called when a call begins. Returns an observer for this call, or nothing to ignore the call. */
  call?(call: CallStart): CallObserver | undefined;
  /** Called when a circuit opens, half-opens or closes. */
  circuit?(change: CircuitChange): void;
  /** Called when the limit of a quota changes, or the shared quota store fails or recovers. */
  quota?(change: QuotaChange): void;
  /**
   * Called once by `createResilience` if quotas are on. `read` returns the current state of all quotas; call it
   * as often as needed, such as for each scrape.
   */
  quotas?(read: ReadQuotas): void;
  /**
   * Called by `resilience.close` after the last call has ended, to send buffered data. `close` waits for the
   * promise, but no longer than its `flushTimeoutMs`.
   */
  flush?(): Promise<void> | void;
}
/** Observes one call. Every hook is optional. */
interface CallObserver {
  /** Called when an attempt begins. Returns an observer for this attempt, or nothing to ignore it. */
  attempt?(attempt: AttemptStart): AttemptObserver | undefined;
  /** Called when a retry is scheduled, before its wait. Not called if there is no further attempt. */
  retry?(retry: RetryScheduled): void;
  /** Called when an attempt has to wait for its quota, before that wait. */
  throttled?(wait: ThrottleWait): void;
  /** Called exactly once, when the call ends. */
  end?(end: CallEnd): void;
}
/** Observes one attempt. Every hook is optional. */
interface AttemptObserver {
  /**
   * Runs the attempt inside a context of the observer, such as an active span. Must call `fn` exactly
   * once and return its result. If it does not, the attempt is sent anyway, exactly once.
   */
  run?<T>(fn: () => T): T;
  /** May add headers to the request, such as `traceparent`. Not called for `execute` and `wrap`. */
  headers?(headers: Headers): void;
  /** Called exactly once, when the attempt ends. */
  end?(end: AttemptEnd): void;
}
/** Maps a host, such as `127.0.0.1:8080`, to the API family that it serves, or to `all` of them. */
type HostMap = Readonly<Record<string, Family | "all">>;
/** The source of randomness: returns a number from 0 (inclusive) to 1 (exclusive), like `Math.random`. */
type Random = () => number;
/** How long to wait before the next attempt when the service did not say. */
interface BackoffSettings {
  /**
   * The median of the first wait, in milliseconds. It doubles from retry to retry.
   *
   * @defaultValue 1,000
   */
  readonly initialDelayMs: number;
  /** The longest wait, in milliseconds. @defaultValue 30,000 */
  readonly maxDelayMs: number;
}
/** How many retries a wrapper may add to its calls. */
interface BudgetSettings {
  /** How many retries each call of the last minute allows. @defaultValue 0.2 */
  readonly ratio: number;
  /** How many retries per minute are always allowed, for clients with few calls. @defaultValue 30 */
  readonly minPerMinute: number;
}
/** When a circuit opens, and for how long. */
interface CircuitSettings {
  /** The share of failed attempts, from 0 to 1, at which the circuit opens. @defaultValue 0.8 */
  readonly failureRatio: number;
  /** How many attempts the window must hold before the circuit can open. @defaultValue 10 */
  readonly minimumAttempts: number;
  /** The length of the sliding window, in milliseconds. @defaultValue 60,000 */
  readonly windowMs: number;
  /**
   * How long the circuit stays open the first time, in milliseconds, plus up to 10 % jitter; it doubles each
   * time the probe fails.
   *
   * @defaultValue 15,000
   */
  readonly openMs: number;
  /** The longest time that the circuit stays open, in milliseconds before jitter. @defaultValue 120,000 */
  readonly maxOpenMs: number;
  /** How many circuits one wrapper keeps; beyond that it forgets the oldest closed one. @defaultValue 1,000 */
  readonly maxCircuits: number;
}
/** How calls are held after a 429, and how many may wait. */
interface ThrottleSettings {
  /** Whether a 429 pauses its whole quota group. */
  readonly pause: boolean;
  /** How many calls may wait in one group; further ones are rejected. */
  readonly maxWaiting: number;
}
/** How calls stay within their quotas. */
interface QuotaOptions {
  /**
   * Limits by quota group, replacing the documented ones: `{ incidents: { perMinute: 50 } }`. `false` stops
   * counting the group. All other groups keep their documented limits.
   */
  readonly groups?: Readonly<Record<string, Quota | false>>;
  /**
   * Counts the calls of all processes and machines that share the quota of one tenant and application:
   * `redisQuotaStore` of `@defender-resilience/core/redis`, `memoryQuotaStore` of
   * `@defender-resilience/core/memory`, or your own.
   *
   * @defaultValue none: this process counts alone
   */
  readonly store?: QuotaStore;
  /**
   * How many processes share the store. While it is unavailable, each sends its part of the limit.
   *
   * @defaultValue as many as the store saw recently; 8 if it was never reached
   */
  readonly expectedProcesses?: number;
  /**
   * How long the store may be slow or fail, in milliseconds, before each process continues with its part of the
   * limit.
   *
   * @defaultValue 2,000
   */
  readonly storeTimeoutMs?: number;
  /**
   * The share of each limit that is reserved for calls with a priority above 0: 0.02 reserves two of a hundred.
   * An urgent call is then sent at once, even if a bulk job has used up the rest of the minute.
   *
   * @defaultValue 0: an urgent call is sent next
   */
  readonly reserve?: number;
  /**
   * How long a minute of the quotas lasts, in milliseconds; an hour is 60 of them. Only for tests against a
   * simulator with the same shortened minutes.
   *
   * @defaultValue 60,000
   */
  readonly minuteMs?: number;
  /**
   * The longest time that a call takes to arrive at the service, in milliseconds. A call counts until one
   * window after its arrival: at the latest when its response arrives, or after this time.
   *
   * @defaultValue 5,000
   */
  readonly transitMs?: number;
}
/** How failed attempts are retried. */
interface RetrySettings extends BackoffSettings {
  /** The maximum number of retries; a call makes one more attempt than that. @defaultValue 3 */
  readonly maxRetries: number;
  /**
   * The median wait before the first retry of a 429 without Retry-After, in milliseconds. It doubles
   * with each retry.
   *
   * @defaultValue 10,000
   */
  readonly throttleInitialDelayMs: number;
  /**
   * The maximum wait before a retry of a 429 without Retry-After, in milliseconds.
   *
   * @defaultValue 60,000
   */
  readonly throttleMaxDelayMs: number;
  /**
   * Give up when Retry-After exceeds this, in milliseconds: the call fails at once, and its failure's
   * `retryAfterMs` is the wait.
   *
   * @defaultValue 180,000
   */
  readonly maxRetryAfterMs: number;
}
/** The options for one operation. */
interface OperationOptions {
  /**
   * The timeout of one attempt of this operation, in milliseconds.
   *
   * @defaultValue the option `attemptTimeoutMs` of `createResilience`
   */
  readonly attemptTimeoutMs?: number;
  /**
   * The timeout of a whole call of this operation, in milliseconds.
   *
   * @defaultValue the option `deadlineMs` of `createResilience`
   */
  readonly deadlineMs?: number;
  /**
   * The maximum number of retries of a call of this operation.
   *
   * @defaultValue the option `retry.maxRetries` of `createResilience`
   */
  readonly maxRetries?: number;
  /**
   * Whether sending the request twice has the same effect as sending it once, so that it can be
   * retried after a failure that may have carried it out.
   *
   * @defaultValue as the operations table says, else true for GET, HEAD, OPTIONS, PUT and DELETE
   */
  readonly idempotent?: boolean;
  /**
   * Among calls that wait for the same quota, those with the highest priority are sent first.
   *
   * @defaultValue as the operations table says, else 0
   */
  readonly priority?: number;
}
/** Whose token it is, according to the token itself. Not verified: never rely on it as proof. */
interface TokenIdentity {
  /** The tenant's ID (`tid`). */
  readonly tenantId?: string;
  /** The object ID of the user, or of the app's service principal (`oid`). */
  readonly objectId?: string;
  /** The app's client ID (`appid`, `azp`). */
  readonly clientId?: string;
}
/** The argument of `refreshToken`. */
interface RefreshContext {
  /** The operation's name, such as `incidents.list`. */
  readonly operation: string;
  /** The API that refused the token; absent for an unknown operation. */
  readonly family?: Family;
  /** The host that refused the token; for `execute` and `wrap` the option `host`, else absent. */
  readonly host?: string;
  /** The failure of the 401. */
  readonly failure: Failure;
  /** Aborts when no call waits for the token any more, or after the call's attempt timeout. */
  readonly signal: AbortSignal;
  /**
   * The claims that the new token must have, as JSON. Pass them to `getToken(scopes, { claims })`; without them
   * it returns a cached token, which is refused again. Absent unless the 401 asks for claims.
   */
  readonly claims?: string;
  /** Whose token was refused; absent for `execute` and `wrap`, and if the token does not say. */
  readonly identity?: TokenIdentity;
}
/** The result of `refreshToken`: a token, or an object with one, as `@azure/identity` returns it. */
type RefreshedToken = string | {
  readonly token: string;
} | null | undefined;
/**
 * Gets a new access token after a 401. Returns null or undefined if there is none; then the call fails with the
 * 401, as it does when the result is not a token.
 */
type RefreshToken = (context: RefreshContext) => Promise<RefreshedToken> | RefreshedToken;
/** The options of `createResilience`. Every one has a default. */
interface ResilienceOptions {
  /**
   * The timeout of one attempt, until its response headers arrive, in milliseconds.
   *
   * @defaultValue 60,000; for advanced hunting 240,000, because the service gives up after 180 s to 200 s. A
   * value given here applies to all operations that have none in `operations`.
   */
  readonly attemptTimeoutMs?: number;
  /**
   * The timeout of a whole call with all its attempts and waits, in milliseconds. At least
   * `attemptTimeoutMs`.
   *
   * @defaultValue 300,000; for advanced hunting 900,000
   */
  readonly deadlineMs?: number;
  /** How failed attempts are retried. @defaultValue up to 3 retries, after 1 s, 2 s and 4 s with jitter */
  readonly retry?: Partial<RetrySettings>;
  /**
   * Limits retries to a share of the recent calls, so that they do not multiply the load on a service that is
   * down.
   *
   * @defaultValue 20 % of the calls of the last minute, and always 30 per minute
   */
  readonly budget?: Partial<BudgetSettings>;
  /**
   * When calls are refused because the service is down. There is one circuit per host and operation.
   * `false` turns circuits off.
   *
   * @defaultValue opens at 80 % failures of at least 10 attempts in 60 s, for 15 s at first
   */
  readonly circuit?: Partial<CircuitSettings> | false;
  /**
   * How calls are held after a 429, and how many may wait in one quota group. `false` switches the
   * pauses off.
   *
   * @defaultValue a 429 pauses its quota group, except if `retry.maxRetries` is 0 and quotas are off: the code
   * that retries instead also does the waiting
   */
  readonly throttle?: Partial<ThrottleSettings> | false;
  /**
   * Makes calls wait their turn before they are sent, so that the quota is used fully but never exceeded.
   * `'documented'` applies Microsoft's documented limits; an object configures more.
   *
   * @defaultValue `false`: calls are sent at once, and held only after a 429
   */
  readonly quota?: QuotaOptions | "documented" | false;
  /**
   * Whether a wrapped fetch rejects with a `DefenderApiError` for an HTTP error. If not, it resolves with the
   * `Response`, as fetch does.
   *
   * @defaultValue `false`
   */
  readonly throwHttpErrors?: boolean;
  /**
   * Called after a 401, at most once per call, and once for all calls that were refused together with
   * tokens of the same identity for the same API and host. The request is sent again with the new token.
   *
   * HTTP clients call it only if a request to a known host (Microsoft's, or one in `hosts`) had a bearer token.
   * `execute` and `wrap` call the function again with the new token as `context.token`. Not called for a 401
   * that a new token cannot fix, such as a missing licence.
   *
   * Tokens of different tenants and users are kept apart if they are JWTs; with other tokens, create one
   * wrapper per identity. Errors and invalid results are passed to `onObserverError`.
   *
   * @defaultValue none: a 401 fails the call
   */
  readonly refreshToken?: RefreshToken;
  /** Options for single operations, by their names in the operations table or your own. */
  readonly operations?: Readonly<Record<string, OperationOptions>>;
  /**
   * Additional hosts that serve the APIs, such as a proxy, and the API family that each one serves:
   * `{ 'localhost:8080': 'all' }`. Microsoft's hosts are known.
   *
   * @defaultValue none
   */
  readonly hosts?: HostMap;
  /** The observers of all calls: for OpenTelemetry, Prometheus or logs, or your own. @defaultValue none */
  readonly observers?: readonly Observer[];
  /** Called when an observer threw. @defaultValue emits a process warning, once per hook and kind of error */
  readonly onObserverError?: (error: unknown, hook: string) => void;
  /** The source of time, for tests. @defaultValue the real time */
  readonly clock?: Clock;
  /** The source of randomness for jitter, for tests. @defaultValue `Math.random` */
  readonly random?: Random;
}
/** The codes on Microsoft's page of common error codes, in the order of the page. */
type DocumentedCode = "BadRequest" | "ODataError" | "InvalidInput" | "InvalidRequestBody" | "InvalidHashValue" | "InvalidDomainName" | "InvalidIpAddress" | "InvalidUrl" | "MaximumBatchSizeExceeded" | "MissingRequiredParameter" | "OsPlatformNotSupported" | "ClientVersionNotSupported" | "Unauthorized" | "Forbidden" | "DisabledFeature" | "DisallowedOperation" | "NotFound" | "ResourceNotFound" | "InternalServerError";
/** Codes that are not on Microsoft's page of common error codes, but that the services send. */
type ObservedCode = "TooManyRequests" | "ActiveRequestAlreadyExists" | "AuthenticationFailed" | "InvalidAuthenticationToken" | "Authentication_MSGraphPermissionMissing" | "Authentication_RequestFromNonPremiumTenantOrB2CTenant" | "Authorization_RequestDenied" | "UnknownError" | "serviceNotAvailable" | "Directory_ExpiredPageToken" | "DirectoryPageTokenNotFoundException" | "resyncRequired";
/** An error code in the catalogue's spelling. */
type ErrorCode = DocumentedCode | ObservedCode;
/**
 * The error codes of the APIs: the documented ones in the order of Microsoft's page
 * (https://learn.microsoft.com/defender-xdr/api-error-codes), then those seen in real responses.
 */
export declare const catalogue: readonly CatalogueEntry[];
/** Finds the catalogue's row for a code or an alias of it, in any case; undefined if there is none. */
export declare function findErrorCode(code: string): CatalogueEntry | undefined;
/**
 * The operations of the three APIs: the routes that Microsoft documents, their quotas, and whether they
 * can be sent twice.
 */
export declare const operations: readonly Operation[];
/** The parts of a request that identify its operation. */
interface RoutedRequest {
  /** In upper or lower case. */
  readonly method: string;
  /** As in `URL.host`. */
  readonly host: string;
  /** As in `URL.pathname`. */
  readonly path: string;
}
/**
 * Finds the operation of a request. Never throws and has a bounded number of results: an unknown path
 * of a known host is `other`, and all requests to an unknown host share one operation named after the
 * host, so that no part of a path ends up in a metric.
 *
 * @param hosts - additional hosts and the API family that each one serves; keys in lower case
 *
 * @example
 * ```ts
 * const { host, pathname } = new URL('https://api.security.microsoft.com/api/incidents/7');
 * operationFor({ method: 'GET', host, path: pathname }).name; // 'incidents.get'
 * ```
 */
export declare function operationFor(request: RoutedRequest, hosts?: HostMap): Operation;
/** Any function that is called like `fetch`. */
type Fetch = typeof globalThis.fetch;
/** The options of `wrapFetch`. */
interface WrapFetchOptions {
  /**
   * Reads the JSON body of a success, up to 1 MiB, before the response is returned, so that a body that
   * breaks off is retried like any other network failure. For clients that read the whole body anyway, such
   * as ky. The caller still gets an unread response.
   *
   * @defaultValue false: every success is returned as soon as its headers arrive
   */
  readonly bufferJson?: boolean;
}
/**
 * Returns what a wrapped call found out about the `Response` that it resolved with or the error that
 * it rejected with. Undefined for a success, and for anything that no wrapped call has seen. A success
 * with `partial` is one from which some of Graph's security providers are missing. Never throws.
 */
export declare function failureOf(x: unknown): Failure | undefined;
/** The options of `classify`. */
interface ClassifyOptions {
  /**
   * Returns the current time in milliseconds since 1970, to turn a Retry-After date into a wait.
   *
   * @defaultValue the real time
   */
  readonly now?: () => number;
}
/**
 * Explains an HTTP response or an error: its code, whether a retry can help, how long to wait, and what
 * to do. Synchronous and without I/O; reads at most 64 KiB of a body, and never throws.
 *
 * Takes a `Response` (by its status and headers, because its body cannot be read synchronously), a `{ status,
 * headers?, body? }`, or an error thrown by fetch, undici, axios, got, ky, superagent, the Microsoft Graph and
 * Azure SDKs, MSAL, or Node itself. If a wrapped call has already classified the object, returns that result,
 * as `failureOf` does.
 *
 * @returns undefined for a success (a status below 400), and for what is neither a response nor an error
 *
 * @example
 * ```ts
 * const body = await response.text();
 * const failure = classify({ status: response.status, headers: response.headers, body });
 * if (failure?.verdict === 'retryable') console.log(`try again in ${failure.retryAfterMs ?? 1_000} ms`);
 * ```
 */
export declare function classify(x: unknown, options?: ClassifyOptions): Failure | undefined;
/**
 * Finds the failed responses in a Graph `$batch`, whose own status is 200 even if all of them failed.
 *
 * @param batchResponse - the parsed document: `{ responses: [{ id, status, headers, body }] }`
 * @returns the failures by the ID of their request; empty if all succeeded. Never throws
 * @example
 * ```ts
 * const document = await client.api('/$batch').post({ requests });
 * for (const [id, failure] of failuresOf(document)) console.error(id, failure.code, failure.advice);
 * ```
 */
export declare function failuresOf(batchResponse: unknown, options?: ClassifyOptions): ReadonlyMap<string, Failure>;
/** Why a call had to wait: the service asked for a `pause`, or the `quota` is used up. */
type ThrottleCause = "pause" | "quota";
/**
 * Why a call was refused instead of waiting: `queue-full`, too many calls are waiting; `wait-too-long`,
 * the wait exceeds `retry.maxRetryAfterMs` or the deadline.
 */
type ThrottleRefusal = "queue-full" | "wait-too-long";
/** The properties of a `DefenderApiError` besides its failure. */
interface ErrorDetails {
  /** The operation's name, such as `machines.isolate`. */
  readonly operation?: string;
  /** The client's own error, or the `Response`. */
  readonly cause?: unknown;
}
/**
 * This package refused or abandoned a call, without an error from the API. The base class of
 * `CircuitOpenError`, `ThrottledError`, `AttemptTimeoutError`, `DeadlineExceededError` and `ClosedError`.
 */
export declare class ResilienceError extends Error {
  #private;
  readonly name: string;
  /** `CircuitOpen`, `Throttled`, `Timeout` or `Closed`. */
  readonly code: string;
  /** The operation's name, such as `machines.isolate`. */
  readonly operation: string;
  constructor(failure: Failure, operation: string);
  get failure(): Failure;
}
/** The circuit is open because recent calls failed: the call was not sent. */
export declare class CircuitOpenError extends ResilienceError {
  /** Milliseconds until the circuit allows a call again. */
  readonly retryAfterMs: number;
  constructor({ operation, retryAfterMs }: {
    operation: string;
    retryAfterMs: number;
  });
}
/** The call's quota group is paused or used up, and the call cannot wait: it was not sent. */
export declare class ThrottledError extends ResilienceError {
  /** Milliseconds until the call could have been sent, as far as is known. */
  readonly retryAfterMs: number;
  /** Why the call did not wait: too many calls are waiting, or the wait is too long. */
  readonly reason: ThrottleRefusal;
  /** `pause`: the service asked for a pause; `quota`: the quota is used up. */
  readonly heldBy: ThrottleCause;
  constructor({ operation, retryAfterMs, reason, heldBy }: {
    operation: string;
    retryAfterMs: number;
    reason: ThrottleRefusal;
    heldBy?: ThrottleCause;
  });
}
/**
 * `close` has closed the wrapper. The call was not sent, or it was aborted because it took longer than
 * `close` waits; `failure.ambiguous` is true for a call that may have been carried out.
 */
export declare class ClosedError extends ResilienceError {
  constructor({ operation, sent }: {
    operation: string;
    sent: boolean;
  });
}
/** One attempt got no response in time. The service may have executed the request. */
export declare class AttemptTimeoutError extends ResilienceError {
  readonly timeoutMs: number;
  constructor({ operation, timeoutMs }: {
    operation: string;
    timeoutMs: number;
  });
}
/** The call with all its attempts and waits exceeded its deadline. */
export declare class DeadlineExceededError extends ResilienceError {
  readonly timeoutMs: number;
  constructor({ operation, timeoutMs }: {
    operation: string;
    timeoutMs: number;
  });
}
/**
 * The API returned an error. The message names the operation, status, code and tracking ID, but neither the URL
 * nor the service's message, which may echo the request. The service's message is `failure.message`; printing
 * or serialising the error does not show it.
 */
export declare class DefenderApiError extends Error {
  #private;
  readonly name: string;
  /** The service's own code, as in `failure.code`. */
  readonly code: string;
  /** The HTTP status; absent if there was no HTTP response. */
  readonly status?: number;
  /** The ID to give to Microsoft support. */
  readonly trackingId?: string;
  /** The operation's name, such as `machines.isolate`. */
  readonly operation?: string;
  constructor(failure: Failure, details?: ErrorDetails);
  get failure(): Failure;
}
/** One value that `metricCode` can return. */
interface MetricCode {
  /** The value, such as `TooManyRequests`, `Http503` or `_OTHER`. */
  readonly code: string;
  /** What kind of problem the code stands for. */
  readonly class: ErrorClass;
}
/**
 * Every value that `metricCode` can return, once each, so that a metric can start them all at zero.
 * `_OTHER` always comes from the service, hence its class `server`.
 */
export declare const metricCodes: readonly MetricCode[];
/**
 * Returns a code that is safe as a metric label: one of `metricCodes`, whatever the service sent.
 *
 * The catalogue's code; for a response without a code, `Http` and a common status; without a response,
 * `Network`, `Timeout`, `CircuitOpen`, `Throttled`, `Cancelled` or `Unknown`; otherwise `_OTHER`.
 */
export declare function metricCode(failure: Pick<Failure, "code" | "status" | "source">): string;
/** A logger like `console`, whose methods take the message first. */
interface ConsoleLogger {
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}
/** A logger like pino, whose methods take the fields first. */
interface PinoLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  bindings(): object;
  /** Writes buffered lines, then calls back; `resilience.close` waits for it. */
  flush?(done?: (error?: Error) => void): void;
}
/** The options of `logObserver`. */
interface LogObserverOptions {
  /**
   * The logger: `console`, pino, or an object with the same `info`, `warn` and `error`. A logger with a method
   * `bindings` is treated as pino.
   *
   * @defaultValue `console`
   */
  readonly logger?: ConsoleLogger | PinoLogger;
}
/**
 * Creates an observer that logs failures, retries, pauses, changes of circuits and quotas, and calls
 * that succeeded after a retry. Calls that succeed at once are not logged.
 *
 * Logs codes, numbers, operation names and tracking IDs, but never a token, URL, query or body, nor the
 * service's message.
 *
 * @throws TypeError if an option is invalid
 *
 * @example
 * ```ts
 * createResilience({ observers: [logObserver({ logger: pino() })] });
 * ```
 */
export declare function logObserver(options?: LogObserverOptions): Observer;
/** The current state of a wrapper: plain data, for a health endpoint. */
interface ResilienceSnapshot {
  /** Whether `close` was called: further calls are refused. */
  readonly closed: boolean;
  /** How many calls have begun and not ended. */
  readonly inFlight: number;
  /** The retry budget of the last minute: calls, retries, and how many retries are allowed. */
  readonly budget: {
    readonly calls: number;
    readonly retries: number;
    readonly allowed: number;
  };
  /** The circuits that were used, at most `circuit.maxCircuits`; empty if circuits are off. */
  readonly circuits: readonly {
    /** Host and operation. */
    readonly circuit: string;
    readonly state: CircuitState;
    /** How many attempts in the window count for the circuit. */
    readonly attempts: number;
    /** How many of them failed. */
    readonly failures: number;
    /** Milliseconds until a probe may be sent; 0 unless the circuit is open. */
    readonly openForMs: number;
  }[];
  /** The quota groups that are paused, or in which calls still wait. */
  readonly throttles: readonly {
    /** Host and quota group. */
    readonly group: string;
    /** Milliseconds until the pause ends; 0 when only waiting calls are left. */
    readonly pausedForMs: number;
    /** How many calls wait. */
    readonly waiting: number;
  }[];
  /** The state of the quotas that were used; empty without the `quota` option. */
  readonly quotas: readonly QuotaState[];
}
/** The options of `close`. */
interface CloseOptions {
  /**
   * How long active calls may take to end before they are aborted, in milliseconds; 0 aborts them at once.
   *
   * @defaultValue 10,000
   */
  readonly timeoutMs?: number;
  /**
   * How long `close` waits afterwards for the observers and the quota store, in milliseconds.
   *
   * @defaultValue 2,000
   */
  readonly flushTimeoutMs?: number;
}
/**
 * One wrapper with its circuits, retry budget, quotas and observers, which all calls through it share. Created
 * by {@link createResilience}; a program creates one for each tenant or user and keeps it.
 */
interface Resilience extends AsyncDisposable {
  /** The built-in fetch, wrapped as `wrapFetch` wraps it. The same function each time. */
  readonly fetch: Fetch;
  /**
   * Makes a fetch resilient: same arguments, same results, same errors and same name as `fetch`. An HTTP error
   * is returned as an unread `Response`; a rejection is the error of `fetch` itself. `failureOf` explains both.
   *
   * @param fetch - the built-in fetch, undici's, or any function that is called like it
   * @param options - `bufferJson` for clients that read the whole body anyway, such as ky
   * @throws TypeError when `fetch` is not a function
   * @example
   * ```ts
   * const fetch = resilience.wrapFetch(globalThis.fetch);
   * const response = await fetch('https://api.security.microsoft.com/api/incidents');
   * if (!response.ok) console.error(failureOf(response)?.advice);
   * ```
   */
  wrapFetch(fetch: Fetch, options?: WrapFetchOptions): Fetch;
  /**
   * Makes a function resilient: same parameters, same result, same errors, but always a promise.
   *
   * @param operation - a name from the operations table (`incidents.get`), or your own; a fixed text,
   * never one with IDs in it
   * @param fn - called once for each attempt, with the same `this` and arguments
   * @param options - for every call of the function
   * @throws TypeError when the name is missing or `fn` is not a function
   * @example
   * ```ts
   * const getIncident = resilience.wrap('incidents.get', (id: number) => sdk.getIncident(id));
   * const incident = await getIncident(7);
   * ```
   */
  wrap<Self, Args extends readonly unknown[], Result>(operation: string, fn: (this: Self, ...args: Args) => PromiseLike<Result> | Result, options?: WrapOptions<Result>): (this: Self, ...args: Args) => Promise<Result>;
  /**
   * Runs `fn`, and runs it again if that can help. Rejects with the last error of `fn` itself, unchanged;
   * `failureOf(error)` explains it.
   *
   * @param operation - a name from the operations table (`incidents.get`), or your own; a fixed text,
   * never one with IDs in it
   * @param fn - makes one attempt; receives its number and an `AbortSignal` that aborts when the time is up
   * @throws CircuitOpenError, ThrottledError if the call was refused before anything was sent
   * @throws AttemptTimeoutError, DeadlineExceededError if the time was up
   * @throws TypeError, at once, if the name is missing, `fn` is not a function, or an option is invalid
   * @example
   * ```ts
   * const incident = await resilience.execute(
   *   'incidents.get',
   *   ({ signal }) => sdk.getIncident(7, { signal }),
   *   { deadlineMs: 30_000 },
   * );
   * ```
   */
  execute<T>(operation: string, fn: AttemptFunction<T>, options?: ExecuteOptions<T>): Promise<T>;
  /** Returns the current state, for a health endpoint. */
  snapshot(): ResilienceSnapshot;
  /**
   * Shuts the wrapper down, as at the end of a process. New calls reject with `ClosedError`. Waits end at once:
   * a call that waits for a retry ends with its last failure, one that was never sent with `ClosedError`.
   * Active calls have `timeoutMs` to end; then they are aborted and reject with `ClosedError`. Finally the
   * observers send buffered data (`Observer.flush`).
   *
   * When the promise resolves, the wrapper has no timers left. It never rejects: observers' errors are passed
   * to `onObserverError`. A second `close` returns the same promise and can only shorten the remaining time.
   * Does not close the connection of a quota store, which belongs to its creator, nor interrupt the body of a
   * response that the caller already has.
   *
   * @param options - how long active calls and observers may take; 10 s and 2 s by default
   * @throws TypeError that names every invalid option
   * @example
   * ```ts
   * process.once('SIGTERM', async () => {
   *   server.close();
   *   await resilience.close({ timeoutMs: 20_000 });
   * });
   * ```
   */
  close(options?: CloseOptions): Promise<void>;
  /** {@link close} with its defaults, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
/**
 * Creates a wrapper for calls to the Defender APIs: retries, circuit breaking, throttling and telemetry for the
 * calls that a program already makes.
 *
 * @param options - each has a default; none is needed
 * @throws TypeError that names every invalid option at once
 * @example
 * ```ts
 * const resilience = createResilience({ observers: [logObserver({ logger: console })] });
 * const response = await resilience.fetch('https://api.security.microsoft.com/api/incidents');
 * ```
 */
export declare function createResilience(options?: ResilienceOptions): Resilience;
export type { AttemptContext, AttemptEnd, AttemptFunction, AttemptObserver, AttemptStart, BackoffSettings, BodyParameter, BudgetSettings, CallEnd, CallObserver, CallOutcome, CallStart, CatalogueEntry, CircuitChange, CircuitSettings, CircuitState, ClassifyOptions, ClientKind, Clock, CloseOptions, ConsoleLogger, ErrorClass, ErrorCode, ErrorDetails, ExecuteOptions, Failure, FailureSource, Family, Fetch, GiveUpReason, HostMap, HttpRequestInfo, HttpResponseInfo, LearnedLimit, LogObserverOptions, MessageValues, MetricCode, Observer, Operation, OperationOptions, PinoLogger, ProviderFailure, Quota, QuotaChange, QuotaCounting, QuotaNews, QuotaOptions, QuotaState, QuotaStore, QuotaWindow, Random, ReadQuotas, RefreshContext, RefreshToken, RefreshedToken, Resilience, ResilienceOptions, ResilienceSnapshot, RetryScheduled, RetrySettings, StoreWindow, TakeAnswer, TakeRequest, ThrottleCause, ThrottleRefusal, ThrottleSettings, ThrottleWait, Timer, TokenIdentity, VariableKind, Verdict, WaitSource, WrapFetchOptions, WrapOptions };
