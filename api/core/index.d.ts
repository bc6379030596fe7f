import { n as Timer, t as Clock } from "./clock.js";
/** Whether it makes sense to send the same request again. */
type Verdict = "retryable" | "terminal";
/** What kind of trouble a code stands for. A closed set: fit for a metric's label. */
type ErrorClass = "input" | "auth" | "permission" | "not_found" | "conflict" | "throttle" | "server" | "transport" | "local";
/** The variable parts of a message, by the names that the catalogue's template gives them. */
type MessageValues = Readonly<Record<string, string | number | readonly string[]>>;
/**
 * How a variable part of a message is to be read.
 *
 * `number`: a whole number. `list`: names parted by commas, possibly none. `timespan`: .NET's
 * `00:01:00`, as a number of milliseconds. `duration`: `8 seconds` or a timespan, as a number of
 * milliseconds.
 */
type VariableKind = "number" | "list" | "timespan" | "duration";
/** One error code that the APIs are documented, or were seen, to answer with. */
interface CatalogueEntry {
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
  readonly verdict: Verdict | "by-status";
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
/** An API family: Defender XDR, Defender for Endpoint, or Microsoft Graph security. */
type Family = "xdr" | "mde" | "graph";
/** How many calls a quota allows, as documented. */
interface Quota {
  readonly perMinute?: number;
  readonly perHour?: number;
  /** How long queries may run in an hour, in milliseconds. */
  readonly runningMsPerHour?: number;
  /** The same for a day. */
  readonly runningMsPerDay?: number;
}
/** One operation of the APIs, as the operations table knows it. */
interface Operation {
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
interface BodyParameter {
  readonly name: string;
  readonly required?: boolean;
}
/** Who said that the call failed. */
type FailureSource = "api" | "gateway" | "network" | "timeout" | "circuit" | "throttle" | "cancelled" | "unknown";
/** What is known about one failed attempt or call. Plain data, safe to serialise. */
interface Failure {
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
  readonly tokenUseless?: true;
  /** How long the service asked to wait, in milliseconds from the answer on. */
  readonly retryAfterMs?: number;
  /** The variable parts of the message. */
  readonly values?: MessageValues;
  /** What a person should do about it. */
  readonly advice?: string;
  /** The code's row in the catalogue. */
  readonly entry?: CatalogueEntry;
}
/** How much of one limit on calls is used. */
interface QuotaWindow {
  readonly per: "minute" | "hour";
  /** How many calls the window lets through now: the configured limit, or a lower one that was learned. */
  readonly limit: number;
  /** Calls in the window that ends now, as far as this process knows. */
  readonly used: number;
  readonly remaining: number;
}
/**
 * Who counts a group's calls: this process alone, all processes through the shared limiter, or each
 * process its share of the limit, because the limiter's store is away.
 */
type QuotaCounting = "local" | "shared" | "fallback";
/**
 * What one wrapper knows of one quota group now. Where several wrappers name the same group, `waiting`
 * adds up, since each has a queue of its own; `used` and `limit` do not: wrappers that share a store see
 * the same count, others have different quotas. {@link combineQuotas} puts them together.
 */
interface QuotaState {
  /** As in the operations table, such as `incidents`. */
  readonly group: string;
  readonly windows: readonly QuotaWindow[];
  /** The running time of queries, where it is limited, in milliseconds. */
  readonly runningTime?: {
    readonly usedMs: number;
    readonly limitMs: number;
  };
  /** Calls that wait for their turn. */
  readonly waiting: number;
  /** Milliseconds until the service's pause ends; 0 when there is none. */
  readonly pausedForMs: number;
  /** Milliseconds until the next call may be sent; 0 when one may be sent now. */
  readonly nextFreeMs: number;
  readonly counting: QuotaCounting;
}
/** What a quota learned. */
type QuotaChange = {
  readonly kind: "limit";
  readonly group: string;
  readonly per: "minute" | "hour";
  readonly from: number;
  readonly to: number;
  /**
   * `announced`: the service said its limit; `throttled`: it answered 429; `recovered`: the limit is
   * back in full.
   */
  readonly reason: "announced" | "throttled" | "recovered";
} | {
  /** The shared limiter's store cannot be reached, or can be reached again. Once for each outage. */
  readonly kind: "store";
  readonly state: "lost" | "back";
  /** What the limiter rejected with; absent when it did not answer in time. */
  readonly error?: unknown;
};
/** Returns the state of every quota group that was used. */
type ReadQuotas = () => readonly QuotaState[];
/**
 * One state for each group, of the states of several wrappers in one process. Of each window the fullest
 * is taken, whole, so that `used` and `limit` belong together; `waiting` is the sum.
 */
export declare function combineQuotas(states: readonly QuotaState[]): readonly QuotaState[];
/** How a call came in. */
type ClientKind = "fetch" | "function" | "axios" | "graph" | "undici";
/** How a logical call ended. */
type CallOutcome = "success" | "failure" | "cancelled" | "rejected";
/** The state of a circuit. */
type CircuitState = "closed" | "open" | "half-open";
/** What is known of an HTTP request before it is sent. Free of secrets. */
interface HttpRequestInfo {
  /** The method as it goes over the wire, such as `GET`. */
  readonly method: string;
  /** `http` or `https`. */
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  /**
   * The URL without user name and password, every query value that is not known to be harmless
   * replaced by `REDACTED`. Computed when it is read.
   */
  readonly url: string;
  /** The catalogue's route, such as `/api/machines/{id}/isolate`; absent for unknown paths. */
  readonly template?: string;
}
/** One logical call begins. */
interface CallStart {
  /** A low-cardinality name from the catalogue, or the one that the caller gave. */
  readonly operation: string;
  readonly client: ClientKind;
  readonly family?: Family;
  readonly quotaGroup: string;
  /** The circuit that the call goes through; absent where circuits are switched off. */
  readonly circuit?: string;
  /** Absent for `execute` and `wrap`, which do not know of HTTP. */
  readonly request?: HttpRequestInfo;
}
/** One attempt begins. */
interface AttemptStart {
  /** Counts from 1. */
  readonly attempt: number;
  /** The wait before this attempt, in milliseconds; 0 for the first. */
  readonly delayMs: number;
  /** The failure of the attempt before; absent for the first. */
  readonly previous?: Failure;
}
/** One attempt ended: its answer's headers are there, or it failed. */
interface AttemptEnd {
  readonly attempt: number;
  readonly durationMs: number;
  /** The HTTP status, where the client tells it. */
  readonly status?: number;
  /** Absent when the attempt succeeded. */
  readonly failure?: Failure;
  /** What the attempt rejected with, if it did. May hold secrets: never record it as it is. */
  readonly error?: unknown;
}
/** Where a wait before the next attempt comes from. */
type WaitSource = "retry-after" | "backoff" | "token-refresh";
/** A retry was decided; the wait begins now. */
interface RetryScheduled {
  /** The number of the attempt that will come next: 2 or more. */
  readonly nextAttempt: number;
  readonly delayMs: number;
  readonly source: WaitSource;
  /** The failure that is retried. */
  readonly failure: Failure;
}
/** The call is held back before it is sent. */
interface ThrottleWait {
  readonly attempt: number;
  /** The quota group that it waits for. */
  readonly group: string;
  /** How long the call waits, in milliseconds, as far as is known now. */
  readonly delayMs: number;
  /**
   * `pause`: the service asked for it; `quota`: the call waits for its turn, which is the ordinary
   * course of a bulk job. Absent: `pause`.
   */
  readonly reason?: "pause" | "quota";
}
/** Why a failed call was not tried again. */
type GiveUpReason = "terminal" | "retries-exhausted" | "budget-exhausted" | "deadline" | "wait-too-long" | "not-replayable" | "circuit-open" | "throttled" | "cancelled";
/** One logical call ended. */
interface CallEnd {
  readonly outcome: CallOutcome;
  /** How many attempts were sent; 0 when the wrapper refused the call. */
  readonly attempts: number;
  /** From the call's start to its end, waits included. */
  readonly durationMs: number;
  /** Absent when the call succeeded. */
  readonly failure?: Failure;
  /** Why there was no further attempt; absent when the call succeeded. */
  readonly giveUpReason?: GiveUpReason;
}
/** A circuit changed its state. */
interface CircuitChange {
  /** The circuit's key: host and operation. Bounded by the wrapper's `circuit.maxCircuits`. */
  readonly circuit: string;
  readonly operation: string;
  readonly host?: string;
  readonly from: CircuitState;
  readonly to: CircuitState;
  /** How long the circuit stays open, in milliseconds; only when it opens. */
  readonly openMs?: number;
  /** The failure that opened it. */
  readonly failure?: Failure;
}
/**
 * Watches calls. Every hook is optional, runs synchronously, must be quick, and cannot break the call:
 * what it throws is reported to the wrapper's `onObserverError` and otherwise ignored.
 */
interface Observer {
  /** One logical call begins. What it returns watches this call alone. */
  call?(call: CallStart): CallObserver | undefined;
  /** A circuit opened, let a probe through, or closed. */
  circuit?(change: CircuitChange): void;
  /** A quota's limit was corrected, or the store that processes share was lost or found again. */
  quota?(change: QuotaChange): void;
  /**
   * Called once, when a wrapper with quotas is made: `read` tells how full they are whenever it is
   * called, such as at a scrape.
   */
  quotas?(read: ReadQuotas): void;
}
/** Watches one logical call. */
interface CallObserver {
  /** An attempt begins. What it returns watches this attempt alone. */
  attempt?(attempt: AttemptStart): AttemptObserver | undefined;
  /** Called when a retry was decided, before its wait. Not called when the call gives up. */
  retry?(retry: RetryScheduled): void;
  /** Called when the call is held by the throttle gate or its quota, before its wait. */
  throttled?(wait: ThrottleWait): void;
  /** Called exactly once. */
  end?(end: CallEnd): void;
}
/** Watches one attempt. */
interface AttemptObserver {
  /**
   * Runs the attempt inside the observer's context, such as an active span. Must call `fn` exactly
   * once and return what it returns; an observer that does not is passed over.
   */
  run?<T>(fn: () => T): T;
  /** May add headers to the request, such as `traceparent`. Called for HTTP clients only. */
  headers?(headers: Headers): void;
  /** Called exactly once. */
  end?(end: AttemptEnd): void;
}
/** Hosts in lower case, such as `127.0.0.1:8080`, and the family that they serve, or `all`. */
type HostMap = Readonly<Record<string, Family | "all">>;
/** Where chance comes from: a number from 0 (inclusive) to 1 (exclusive), as `Math.random` gives. */
type Random = () => number;
/** How long to wait before the next attempt where the service did not say. */
interface BackoffSettings {
  /** The median of the first wait, in milliseconds. @defaultValue 1,000 */
  readonly initialDelayMs: number;
  /** The longest wait, in milliseconds. @defaultValue 30,000 */
  readonly maxDelayMs: number;
}
/** How many retries a wrapper may add to the calls it is given. */
interface BudgetSettings {
  /** Retries allowed for each call of the last minute. @defaultValue 0.2 */
  readonly ratio: number;
  /** Retries a minute that are allowed in any case, for clients of few calls. @defaultValue 30 */
  readonly minPerMinute: number;
}
/** When a circuit opens, and for how long. */
interface CircuitSettings {
  /** The share of failures, from 0 to 1, at which the circuit opens. @defaultValue 0.8 */
  readonly failureRatio: number;
  /** How many attempts the window must hold before the circuit can open. @defaultValue 10 */
  readonly minimumAttempts: number;
  /** The window that is looked at, in milliseconds; it really slides. @defaultValue 60,000 */
  readonly windowMs: number;
  /**
   * How long the circuit stays open the first time, in milliseconds; each further time doubles it.
   *
   * @defaultValue 15,000
   */
  readonly openMs: number;
  /** The longest that it stays open before its jitter, in milliseconds. @defaultValue 120,000 */
  readonly maxOpenMs: number;
  /** How many circuits one wrapper keeps; beyond it the oldest closed one is forgotten. @defaultValue 1,000 */
  readonly maxCircuits: number;
}
/** How calls are held after a 429, and how many may wait. */
interface ThrottleSettings {
  /** Whether a 429 pauses its whole quota group. */
  readonly pause: boolean;
  /** How many calls may wait in one group; further ones are rejected. */
  readonly maxWaiting: number;
}
/** How calls keep within their quotas. */
interface QuotaOptions {
  /**
   * Limits by quota group, in place of the documented ones: `{ incidents: { perMinute: 50 } }`.
   * `false`: the group is not counted. All other groups have their documented limits.
   */
  readonly groups?: Readonly<Record<string, Quota | false>>;
  /**
   * The share of each limit that is kept for calls of a priority above 0: 0.02 keeps two of a hundred.
   * An urgent call is then sent at once, even where a bulk job has used up its part of the minute.
   *
   * @defaultValue 0: an urgent call is the next to be sent
   */
  readonly reserve?: number;
  /**
   * How long a minute of the quotas lasts, in milliseconds; their hour is 60 of them. Only for tests
   * against a simulator with the same shortened minutes.
   *
   * @defaultValue 60,000
   */
  readonly minuteMs?: number;
  /**
   * How long a call may take at most to arrive at the service, in milliseconds. A call counts until one
   * window after its arrival, which is known from its answer; without an answer it counts as arrived
   * after this time.
   *
   * @defaultValue 5,000
   */
  readonly transitMs?: number;
}
/** How failed attempts are repeated. */
interface RetrySettings extends BackoffSettings {
  /** How often a failed attempt is repeated; attempts are one more. @defaultValue 3 */
  readonly maxRetries: number;
  /** The first wait after a 429 that tells none, in milliseconds. @defaultValue 10,000 */
  readonly throttleInitialDelayMs: number;
  /** The longest wait after a 429 that tells none, in milliseconds. @defaultValue 60,000 */
  readonly throttleMaxDelayMs: number;
  /**
   * A told wait that is longer than this, in milliseconds, is not waited for: the call fails at once.
   *
   * @defaultValue 180,000
   */
  readonly maxRetryAfterMs: number;
}
/** What differs for one operation. */
interface OperationOptions {
  readonly attemptTimeoutMs?: number;
  readonly deadlineMs?: number;
  readonly maxRetries?: number;
  /** Whether sending it twice does no more than sending it once. */
  readonly idempotent?: boolean;
  /** Which calls go first where they wait for the same quota: the higher number. */
  readonly priority?: number;
}
/** What `refreshToken` is told. */
interface RefreshContext {
  readonly operation: string;
  readonly family?: Family;
  /** The host that refused the token; absent for `execute` and `wrap`. */
  readonly host?: string;
  readonly failure: Failure;
}
/** Gets a new access token after a 401. */
type RefreshToken = (context: RefreshContext) => Promise<string | undefined> | string | undefined;
/** The options of `createResilience`. Every one has a default. */
interface ResilienceOptions {
  /**
   * How long one attempt may take until its headers are there, in milliseconds.
   *
   * @defaultValue 60,000; for advanced hunting 240,000, because the service itself gives up at 180 s
   * to 200 s. Given here, it holds for every operation that `operations` does not name.
   */
  readonly attemptTimeoutMs?: number;
  /**
   * How long a call may take with all its attempts and waits, in milliseconds. At least
   * `attemptTimeoutMs`.
   *
   * @defaultValue 300,000; for advanced hunting 900,000
   */
  readonly deadlineMs?: number;
  /** How failed attempts are repeated; see the table of options for the fields' defaults. */
  readonly retry?: Partial<RetrySettings>;
  /** How many retries may be added to the calls of the last minute. */
  readonly budget?: Partial<BudgetSettings>;
  /** When calls are refused because the service is down; `false` switches circuits off. */
  readonly circuit?: Partial<CircuitSettings> | false;
  /**
   * How calls are held after a 429, and how many may wait in one quota group. `false` switches the
   * pauses off.
   *
   * @defaultValue a 429 pauses its quota group, except where `retry.maxRetries` is 0 and quotas are off:
   * whoever retries elsewhere waits there as well
   */
  readonly throttle?: Partial<ThrottleSettings> | false;
  /**
   * Lets calls wait their turn before they are sent, so that the quota is used up and never crossed:
   * `'documented'` keeps to Microsoft's documented limits, an object says more.
   *
   * @defaultValue `false`: calls are sent at once, and held only after a 429
   */
  readonly quota?: QuotaOptions | "documented" | false;
  /**
   * Whether a wrapped fetch rejects with a `DefenderApiError` when the API answers with an HTTP error.
   * Without it, the fetch resolves with the `Response`, as the bare fetch does.
   *
   * @defaultValue `false`
   */
  readonly throwHttpErrors?: boolean;
  /**
   * Called after a 401, at most once in a call and once at a time for each host. For fetch, the token
   * that it gives replaces the one of the refused request; for `execute` and `wrap`, the function runs
   * again and finds it as `context.token`. Not called for a 401 that no token can mend (a licence).
   */
  readonly refreshToken?: RefreshToken;
  /** What differs for single operations, by their names in the operations table or your own. */
  readonly operations?: Readonly<Record<string, OperationOptions>>;
  /**
   * Further hosts (`localhost:8080`) that serve the APIs, such as a proxy, and which family they
   * serve. Microsoft's own hosts are known.
   */
  readonly hosts?: HostMap;
  /** Who watches the calls: the OpenTelemetry, Prometheus and log observers, or your own. */
  readonly observers?: readonly Observer[];
  /** Told when an observer threw. @defaultValue a process warning, once for each observer and hook */
  readonly onObserverError?: (error: unknown, hook: string) => void;
  /** @defaultValue the time of this process */
  readonly clock?: Clock;
  /** @defaultValue `Math.random` */
  readonly random?: Random;
}
/** What the caller's function is told about the attempt that it makes. */
interface AttemptContext {
  /** The operation's name. */
  readonly operation: string;
  /** Counts from 1. */
  readonly attempt: number;
  /**
   * Aborts when the caller's own signal does, or when the attempt's or the call's time is up. Made
   * when it is first read.
   */
  readonly signal: AbortSignal;
  /** The token that `refreshToken` gave in this call; absent before. */
  readonly token?: string;
}
/** Codes that the seed page does not name, but that the services do answer with. */
type ObservedCode = "TooManyRequests" | "ActiveRequestAlreadyExists" | "AuthenticationFailed" | "InvalidAuthenticationToken" | "Authentication_MSGraphPermissionMissing" | "Authentication_RequestFromNonPremiumTenantOrB2CTenant" | "Authorization_RequestDenied" | "UnknownError" | "serviceNotAvailable";
/** The documented codes of every other status: the service refuses, does not find, or fails. */
type RefusalCode = "Unauthorized" | "Forbidden" | "DisabledFeature" | "DisallowedOperation" | "NotFound" | "ResourceNotFound" | "InternalServerError";
/** The documented codes of status 400: the request itself is at fault. */
type RequestCode = "BadRequest" | "ODataError" | "InvalidInput" | "InvalidRequestBody" | "InvalidHashValue" | "InvalidDomainName" | "InvalidIpAddress" | "InvalidUrl" | "MaximumBatchSizeExceeded" | "MissingRequiredParameter" | "OsPlatformNotSupported" | "ClientVersionNotSupported";
/** A code of the catalogue, in its canonical spelling. */
type ErrorCode = RequestCode | RefusalCode | ObservedCode;
/**
 * Every error code that the APIs are documented, or were seen, to answer with: the documented ones
 * first, in the order of Microsoft's page.
 */
export declare const catalogue: readonly CatalogueEntry[];
/** The row of a code or of one of its aliases, in any letter case; undefined where there is none. */
export declare function findErrorCode(code: string): CatalogueEntry | undefined;
/**
 * The message that a service answering with this code would send.
 *
 * It fills the template that uses the most of the values and leaves none of its variables open; where
 * there is none, the documented template, in which a missing value stays as `{name}`.
 */
export declare function formatMessage(entry: CatalogueEntry, values: MessageValues): string;
/**
 * The operations of the three APIs: the routes that Microsoft documents, their quotas, and what a
 * wrapper must know to call them twice.
 */
export declare const operations: readonly Operation[];
/** The parts of a request that tell its operation. */
interface RoutedRequest {
  /** In any letter case. */
  readonly method: string;
  /** As in `URL.host`. */
  readonly host: string;
  /** As in `URL.pathname`. */
  readonly path: string;
}
/**
 * The operation of a request. Total, and of low cardinality: an unknown path of a known host is
 * `other`, and all calls to an unknown host go by the host's name alone, so no part of a path ever
 * shows.
 *
 * @param hosts - further hosts and what they serve; keys in lower case.
 */
export declare function operationFor(request: RoutedRequest, hosts?: HostMap): Operation;
/** Any function that is called as `fetch` is. */
type Fetch = typeof globalThis.fetch;
/** What one call of `execute` may set for itself. */
interface ExecuteOptions {
  /** Ends the call at once, even in a wait; the call rejects with the signal's own reason. */
  readonly signal?: AbortSignal;
  /**
   * Whether the function may be carried out twice.
   *
   * @defaultValue what the operations table says about an operation of this name, else true
   */
  readonly idempotent?: boolean;
  /** The time limit of one attempt, in milliseconds. @defaultValue the wrapper's `attemptTimeoutMs` */
  readonly attemptTimeoutMs?: number;
  /** The time limit of the whole call, in milliseconds. @defaultValue the wrapper's `deadlineMs` */
  readonly deadlineMs?: number;
  /** How many attempts may follow the first. @defaultValue the wrapper's `retry.maxRetries` */
  readonly maxRetries?: number;
  /** The host that is called, where one wrapper serves several: each has circuits and pauses of its own. */
  readonly host?: string;
  /**
   * Which calls go first when they wait for the same quota: those with the higher number, such as an
   * isolation before an export. Has no effect without the `quota` option.
   *
   * @defaultValue the operation's
   */
  readonly priority?: number;
}
/** A function that makes one attempt. */
type AttemptFunction<T> = (context: AttemptContext) => PromiseLike<T> | T;
/**
 * What a wrapped call found out about the `Response` that it gave or the error that it rejected with.
 * Undefined for a success, and for whatever no wrapped call has seen. Never throws.
 */
export declare function failureOf(x: unknown): Failure | undefined;
/** How `classify` reads dates. */
interface ClassifyOptions {
  /** Milliseconds since 1970, for a Retry-After that is a date. @defaultValue the real time */
  readonly now?: () => number;
}
/**
 * Says what is wrong with an answer or an error: a `Response` (its status and headers, since its body
 * cannot be read at once), `{ status, headers?, body? }`, or whatever fetch, axios, got, ky, superagent,
 * the Microsoft Graph and Azure SDKs or Node itself threw.
 *
 * Reads at most 64 KiB of a body, and never throws, whatever it is given.
 *
 * @returns undefined for a success (a status below 400), and for what is neither an answer nor an error
 */
export declare function classify(x: unknown, options?: ClassifyOptions): Failure | undefined;
/** What an error of this package tells beside its failure. */
interface ErrorDetails {
  /** The operation's name, such as `machines.isolate`. */
  readonly operation?: string;
  /** What was caught: the client's own error, or the `Response`. */
  readonly cause?: unknown;
}
/** The wrapper itself refused or gave up a call. The common ancestor of all such errors. */
export declare class ResilienceError extends Error {
  #private;
  readonly name: string;
  /** As in `failure`: `CircuitOpen`, `Throttled` or `Timeout`. */
  readonly code: string;
  readonly operation: string;
  constructor(failure: Failure, operation: string);
  get failure(): Failure;
}
/** The circuit is open: the service failed so often lately that the call was not sent. */
export declare class CircuitOpenError extends ResilienceError {
  /** Milliseconds until the circuit lets a call through again. */
  readonly retryAfterMs: number;
  constructor({ operation, retryAfterMs }: {
    operation: string;
    retryAfterMs: number;
  });
}
/** Why a call that had to wait was rejected. */
type ThrottleRefusal = "queue-full" | "wait-too-long";
/** What a call had to wait for: a pause that the service asked for, or its turn in a used-up quota. */
type ThrottleCause = "pause" | "quota";
/** The call's quota group is paused or used up, and the call could not wait: it was not sent. */
export declare class ThrottledError extends ResilienceError {
  /** Milliseconds until the call could have been sent, as far as is known. */
  readonly retryAfterMs: number;
  /** `queue-full`: too many calls wait; `wait-too-long`: the wait is longer than the call may wait. */
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
/** One attempt got no answer in time. The service may have carried it out. */
export declare class AttemptTimeoutError extends ResilienceError {
  readonly timeoutMs: number;
  constructor({ operation, timeoutMs }: {
    operation: string;
    timeoutMs: number;
  });
}
/** The call with all its attempts and waits took longer than it may. */
export declare class DeadlineExceededError extends ResilienceError {
  readonly timeoutMs: number;
  constructor({ operation, timeoutMs }: {
    operation: string;
    timeoutMs: number;
  });
}
/**
 * The API answered with an error. Its message names the operation, status, code and tracking ID: never
 * the URL or what the service said, since that may echo what was sent. What the service said is in
 * `failure.message`; neither printing nor serialising the error shows it.
 */
export declare class DefenderApiError extends Error {
  #private;
  readonly name: string;
  /** The service's own code, as in `failure`. */
  readonly code: string;
  readonly status?: number;
  /** The ID to give to Microsoft. */
  readonly trackingId?: string;
  readonly operation?: string;
  constructor(failure: Failure, details?: ErrorDetails);
  get failure(): Failure;
}
/** One value that `metricCode` can give, and what kind of trouble it stands for. */
interface MetricCode {
  readonly code: string;
  readonly class: ErrorClass;
}
/**
 * Every value that `metricCode` can give, once each, so that a metric can start each at zero. What is
 * `_OTHER` came from the service, hence its class `server`.
 */
export declare const metricCodes: readonly MetricCode[];
/**
 * A code fit for a metric's label: one of `metricCodes`, whatever the service wrote.
 *
 * The catalogue's canonical code; for an answer without a code `Http` and a common status; for what
 * never was an answer `Network`, `Timeout`, `CircuitOpen`, `Throttled`, `Cancelled` or `Unknown`;
 * `_OTHER` for all else.
 */
export declare function metricCode(failure: Pick<Failure, "code" | "status" | "source">): string;
/** A logger in the manner of `console`: the message first. */
interface ConsoleLogger {
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}
/** A logger in the manner of pino: the fields first. */
interface PinoLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  bindings(): object;
}
/** How `logObserver` logs. */
interface LogObserverOptions {
  /** Any `console`- or pino-shaped logger. @defaultValue `console` */
  readonly logger?: ConsoleLogger | PinoLogger;
}
/**
 * Logs what a person on call wants to know: failures, retries, pauses, circuits, and calls that came
 * through in the end. Calls that succeed at once are not logged. Writes codes, numbers, operation
 * names and tracking IDs: never a token, a URL, a query, a body or what the service said.
 */
export declare function logObserver(options?: LogObserverOptions): Observer;
/** What a wrapper is doing now: plain data, for a health endpoint. */
interface ResilienceSnapshot {
  /** Calls that have begun and not ended. */
  readonly inFlight: number;
  /** The retry budget of the last minute. */
  readonly budget: {
    readonly calls: number;
    readonly retries: number;
    readonly allowed: number;
  };
  readonly circuits: readonly {
    /** Host and operation. */
    readonly circuit: string;
    readonly state: CircuitState;
    /** Attempts in the window that count for the circuit. */
    readonly attempts: number;
    readonly failures: number;
    /** Milliseconds until a probe may be sent; 0 unless the circuit is open. */
    readonly openForMs: number;
  }[];
  /** The quota groups that are paused, or whose queue is not empty yet. */
  readonly throttles: readonly {
    readonly group: string;
    readonly pausedForMs: number;
    readonly waiting: number;
  }[];
  /** How full the quotas are, of the groups that were used; empty without the `quota` option. */
  readonly quotas: readonly QuotaState[];
}
/** One wrapper: its circuits, retry budget, throttle gate and observers. Make one and keep it. */
interface Resilience {
  /** The built-in fetch, wrapped. The same function each time. */
  readonly fetch: Fetch;
  /**
   * A fetch that makes its HTTP calls resilient: same arguments, same results, same errors as
   * `fetch`, whose name it bears. HTTP errors come back as the `Response` that they are, unread.
   */
  wrapFetch(fetch: Fetch): Fetch;
  /**
   * The same function, made resilient: same parameters, same result, same errors.
   *
   * @param operation - a name of the operations table (`incidents.get`), or your own; a fixed text,
   * never one with IDs in it
   */
  wrap<Self, Args extends readonly unknown[], Result>(operation: string, fn: (this: Self, ...args: Args) => PromiseLike<Result> | Result): (this: Self, ...args: Args) => Promise<Result>;
  /**
   * Runs `fn`, again where that helps. Rejects with what `fn` itself rejected with last, unchanged;
   * `failureOf(error)` tells what it was.
   *
   * @throws CircuitOpenError, ThrottledError when the wrapper refused to send it at all
   * @throws AttemptTimeoutError, DeadlineExceededError when the time was up
   */
  execute<T>(operation: string, fn: AttemptFunction<T>, options?: ExecuteOptions): Promise<T>;
  /** What it is doing now. */
  snapshot(): ResilienceSnapshot;
}
/**
 * Makes a wrapper for calls to the Defender APIs.
 *
 * @throws TypeError that names every fault of the options at once
 */
export declare function createResilience(options?: ResilienceOptions): Resilience;
export type { AttemptContext, AttemptEnd, AttemptFunction, AttemptObserver, AttemptStart, BackoffSettings, BodyParameter, BudgetSettings, CallEnd, CallObserver, CallOutcome, CallStart, CatalogueEntry, CircuitChange, CircuitSettings, CircuitState, ClassifyOptions, ClientKind, Clock, ConsoleLogger, ErrorClass, ErrorCode, ErrorDetails, ExecuteOptions, Failure, FailureSource, Family, Fetch, GiveUpReason, HostMap, HttpRequestInfo, LogObserverOptions, MessageValues, MetricCode, Observer, Operation, OperationOptions, PinoLogger, Quota, QuotaChange, QuotaCounting, QuotaOptions, QuotaState, QuotaWindow, Random, ReadQuotas, RefreshContext, RefreshToken, Resilience, ResilienceOptions, ResilienceSnapshot, RetryScheduled, RetrySettings, ThrottleCause, ThrottleRefusal, ThrottleSettings, ThrottleWait, Timer, VariableKind, Verdict, WaitSource };
