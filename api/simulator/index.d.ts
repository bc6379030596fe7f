import { Clock, MessageValues, Quota } from "@defender-resilience/core";
/** The addresses of a running simulator. */
interface Addresses {
  /**
   * `http://127.0.0.1:port`, the base of Defender XDR's and Defender for Endpoint's paths, which begin with
   * `/api`.
   */
  readonly url: string;
  /** The base of Microsoft Graph's paths: `url` and `/v1.0`. */
  readonly graphUrl: string;
  /** The token endpoint of the simulated tenant; another tenant's name may replace its own. */
  readonly tokenUrl: string;
}
/** One row of a hunting result: its values by column. A time is an ISO text. */
type HuntingRow = Readonly<Record<string, unknown>>;
/** The rows that hunting queries return, by the table that they begin with. */
type HuntingResults = Readonly<Record<string, readonly HuntingRow[]>>;
/** The features that a tenant can disable: their calls then get `DisabledFeature`. */
declare const FEATURES: readonly ["advancedHunting", "automatedInvestigation", "customIndicators", "liveResponse"];
/** A feature that the tenant can disable. */
type Feature = (typeof FEATURES)[number];
declare const STEP_ACTIONS: readonly ["reset", "reset-headers", "reset-mid-body", "truncate", "malformed", "html", "empty", "hang"];
/**
 * How an answer fails besides its HTTP status:
 *
 * - `reset`: the connection is reset before the call is carried out;
 * - `reset-headers`: the call is carried out, and the connection is reset in the middle of the headers;
 * - `reset-mid-body`: the call is carried out, and the connection is reset in the middle of the body;
 * - `truncate`: a complete HTTP response whose JSON ends half-way;
 * - `malformed`: a complete HTTP response whose JSON is broken;
 * - `html`: a gateway's HTML page (502 unless `status` says otherwise);
 * - `empty`: no body (500 unless `status` says otherwise);
 * - `hang`: no answer, ever; the call is not carried out.
 */
type StepAction = (typeof STEP_ACTIONS)[number];
/** One scripted answer, spelled out. */
interface ScriptStepDetails {
  /** The HTTP status. 200 without a `body` gives the ordinary answer. @defaultValue the code's status, or 200 */
  readonly status?: number;
  /** The error's code. Any text, so that unknown codes can be tried too. @defaultValue the status's usual code */
  readonly code?: string;
  /** The error's message. @defaultValue the catalogue's message for the code */
  readonly message?: string;
  /** Values of the variables in the catalogue's message. @defaultValue none */
  readonly values?: MessageValues;
  /** Headers to add to the answer, or to replace in it. @defaultValue none */
  readonly headers?: Readonly<Record<string, string>>;
  /** The whole body: a string is sent as it is, an object as JSON. @defaultValue the error's envelope, or the ordinary answer */
  readonly body?: string | object;
  /** Milliseconds to wait before the answer. @defaultValue 0 */
  readonly latencyMs?: number;
  /** How the answer fails besides its HTTP status. @defaultValue it does not */
  readonly action?: StepAction;
  /**
   * Which calls may get this answer: those of an operation (`incidents.list`, `token`), or of a path and
   * all below it (`/api/machines`).
   *
   * @defaultValue every call except token requests
   */
  readonly for?: string;
  /** How many calls get this answer. `'always'` may also remain unused. @defaultValue 1 */
  readonly times?: number | "always";
  /**
   * The `Retry-After` header: seconds; text that is sent as it is, such as an HTTP date or something invalid;
   * or a date that many milliseconds after the answer, rounded up to a second.
   *
   * @defaultValue no header
   */
  readonly retryAfter?: string | number | {
    readonly dateInMs: number;
  };
}
/**
 * One scripted answer: a status (with its usual error; 200 gives the ordinary answer), a code of the
 * catalogue, an action, or all of it spelled out. A code that the catalogue does not have must be spelled
 * out, so that a typo is noticed: `{ code: 'Teapot', status: 418 }`.
 */
type ScriptStep = number | string | ScriptStepDetails;
/** A scripted answer that is not used up, and how many more calls get it. */
interface PendingStep {
  readonly step: ScriptStepDetails;
  readonly timesLeft: number | "always";
}
/** Random faults. */
interface FaultOptions {
  /** The probability that a call fails, from 0 to 1. */
  readonly probability: number;
  /** The answers to failing calls, each with the same probability. @defaultValue `['InternalServerError']` */
  readonly codes?: readonly ScriptStep[];
  /** Makes the same calls fail at every start. @defaultValue the simulator's `seed` */
  readonly seed?: number;
  /** Milliseconds before every answer: a number, or a range for a random number. @defaultValue 0 */
  readonly latencyMs?: number | readonly [from: number, to: number];
  /**
   * Which calls may fail: those of an operation (`incidents.list`), or of a path and all below it.
   *
   * @defaultValue every call except token requests
   */
  readonly for?: string;
}
/** A full outage: every call fails the same way. */
interface OutageOptions {
  /** The status of every answer, or `'reset'` for none. @defaultValue 503 */
  readonly status?: number | "reset";
  /** Milliseconds until the outage ends by itself. @defaultValue it lasts until `end()` */
  readonly durationMs?: number;
}
/** The limits of one quota group. */
interface QuotaLimits extends Quota {
  /**
   * How long hunting queries may run per hour, in milliseconds. Once this is used up, queries are refused until
   * earlier ones are over an hour ago.
   *
   * @defaultValue no limit
   */
  readonly runningMsPerHour?: number;
}
/** How much of a limit on calls is in use. */
interface WindowUsage {
  readonly per: "minute" | "hour";
  readonly limit: number;
  /** The calls in the window, including refused ones; at most `limit`. */
  readonly used: number;
  /** The calls in the window that other applications have made. */
  readonly foreign: number;
  /** Milliseconds until the window allows a call; 0 if it does now. */
  readonly waitMs: number;
}
/** Which quotas apply: Microsoft's documented ones, none, or limits by quota group. */
type QuotaOption = "documented" | "off" | Readonly<Record<string, QuotaLimits>>;
/** The state of one quota, and how many calls it allowed and refused. */
interface QuotaUsage {
  /** The quota group, as the operations table names it: `incidents`. */
  readonly group: string;
  /** The tenant's name, as in its token endpoint. */
  readonly tenant: string;
  /** The application's client ID; undefined if all of a tenant's applications share the quota. */
  readonly app: string | undefined;
  /** Calls that were allowed since the start or the last `reset()`. */
  readonly allowed: number;
  /** Calls that were refused with 429 since the start or the last `reset()`. */
  readonly refused: number;
  /** The limits on calls, by window. */
  readonly windows: readonly WindowUsage[];
  /** The execution time of hunting queries in the last hour, in milliseconds, if it is limited. */
  readonly runningTime?: {
    readonly usedMs: number;
    readonly budgetMs: number;
  };
}
/** How a request ended: the status of the answer, or what happened instead of one. */
type Answered = number | "reset" | "hang";
declare const RECORD_MODES: readonly ["all", "counts"];
/** Whether requests are kept whole (`all`), or only counted (`counts`). */
type RecordMode = (typeof RECORD_MODES)[number];
/** One request as it arrived, without its credentials. */
interface ReceivedRequest {
  /** Its number among all requests since the start or the last `reset()`, from 1. */
  readonly order: number;
  readonly method: string;
  /** The path as it was sent, without the query. */
  readonly path: string;
  /** The parameters of the query; a credential among them is shown as `[redacted]`. */
  readonly query: Readonly<Record<string, string>>;
  /**
   * The headers by lower-case name. `authorization` is shown as `redactAuthorization()` gives it, a
   * cookie or the key of a gateway as `[redacted]`.
   */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as text; empty if there was none. A token request's secrets are shown as `[redacted]`. */
  readonly body: string;
  /** The operation's name, such as `incidents.list`; `other` if it is not known. */
  readonly operation: string;
  /** When it arrived, in milliseconds since 1970. */
  readonly at: number;
  /** Undefined until it is answered. */
  readonly answered: Answered | undefined;
}
/** Which requests to count: those that match every field given. */
interface RequestFilter {
  /** The operation's name, such as `incidents.list`. */
  readonly operation?: string;
  /** The HTTP method, in any letter case. */
  readonly method?: string;
  /** The exact path without the query, in any letter case. */
  readonly path?: string;
  /** How the request ended: a status, `'reset'` or `'hang'`. */
  readonly answered?: Answered;
}
/** The options of `startSimulator()`. */
interface SimulatorOptions {
  /** The port of 127.0.0.1 to listen on; 0 takes a free one. @defaultValue 0 */
  readonly port?: number;
  /** Makes data, tracking IDs and random faults the same at each start. @defaultValue 1 */
  readonly seed?: number;
  /** The first answers, in order; later calls are answered normally. @defaultValue none */
  readonly script?: readonly ScriptStep[];
  /**
   * The rows that hunting queries return, by the table that a query begins with: `{ DeviceEvents: [{ Timestamp:
   * '2026-01-31T10:00:00Z', FileName: 'a.exe' }] }`.
   *
   * @defaultValue rows of the tenant's data in `DeviceInfo`, `AlertInfo`, `AlertEvidence`,
   * `DeviceProcessEvents`, `DeviceNetworkEvents` and `DeviceLogonEvents`; a given table replaces the one of the
   * same name
   */
  readonly hunting?: HuntingResults;
  /**
   * The quotas that apply: `'documented'` for Microsoft's limits, `'off'` for none, or limits by quota group
   * (`{ incidents: { perMinute: 10 } }`); other groups then have none.
   *
   * @defaultValue `'documented'`
   */
  readonly quotas?: QuotaOption;
  /** Random faults. @defaultValue none */
  readonly faults?: FaultOptions;
  /**
   * How long a quota's minute lasts, in milliseconds; an hour is 60 of them. With a shorter minute, a refused
   * call's wait is in `retry-after-ms` as well, because it may end before the next second.
   *
   * @defaultValue 60,000
   */
  readonly minuteMs?: number;
  /** The number of incidents, at most 100,000; each has one to three alerts. @defaultValue 250 */
  readonly incidents?: number;
  /** Whether calls need a valid token of the simulator's own token endpoint. @defaultValue false */
  readonly requireToken?: boolean;
  /** How long a token is valid, in milliseconds. @defaultValue 3,599,000, as Entra's are */
  readonly tokenLifetimeMs?: number;
  /**
   * How long a machine action takes, in milliseconds. It is pending for the first half, in progress for the
   * second, and then succeeds.
   *
   * @defaultValue 60,000
   */
  readonly machineActionMs?: number;
  /** Features that the tenant has disabled: their calls get `DisabledFeature`. @defaultValue none */
  readonly disabledFeatures?: readonly Feature[];
  /**
   * `'all'` keeps the first 100,000 requests, `'counts'` only their numbers: for runs with so many
   * requests that keeping them needs too much memory.
   *
   * @defaultValue `'all'`
   */
  readonly record?: RecordMode;
  /** When the newest incident was last updated; older data goes back from there. @defaultValue 2026-01-31T12:00:00Z */
  readonly newestAt?: Date;
  /** Reads the time and sets timers. @defaultValue the system's clock */
  readonly clock?: Clock;
}
/**
 * An `Authorization` header as the request log shows it: the scheme, and for a bearer token the first
 * eight digits of its SHA-256 hash. With it, a test can tell which token was sent.
 *
 * @example
 * expect(simulator.requests[0]?.headers['authorization']).toBe(redactAuthorization(`Bearer ${token}`));
 */
export declare function redactAuthorization(header: string): string;
/** A running simulator: its addresses, the requests that it received, and control of its answers. */
interface Simulator extends Addresses, AsyncDisposable {
  /**
   * The requests in order of arrival, without those to the control endpoints. The first 100,000 are kept, and
   * none with `record: 'counts'`; `count()` counts all of them.
   */
  readonly requests: readonly ReceivedRequest[];
  /** The tracking IDs of all error answers, in order; the first 100,000. */
  readonly trackingIds: readonly string[];
  /** The scripted answers that are not used up. */
  readonly pendingScript: readonly PendingStep[];
  /** How many requests were received that match every field of `filter`. */
  count(filter?: RequestFilter): number;
  /**
   * Appends answers to the script. Each call takes the first one that applies to it.
   *
   * @throws TypeError that names every invalid step; then none is appended
   */
  script(...steps: ScriptStep[]): void;
  /**
   * Sets the rows that hunting queries return, by the table that a query begins with. Other tables keep theirs;
   * undefined restores the tables of the options.
   *
   * @throws TypeError that names everything invalid; then nothing is set
   */
  hunting(results: HuntingResults | undefined): void;
  /**
   * Makes calls fail at random from now on; undefined ends it.
   *
   * @throws TypeError that names everything that is invalid; nothing changes then.
   */
  faults(options: FaultOptions | undefined): void;
  /**
   * Makes every call fail until `end()` is called or `durationMs` has passed. A second outage replaces the
   * first.
   *
   * @throws TypeError that names everything that is invalid; nothing changes then.
   */
  outage(options?: OutageOptions): {
    end(): void;
  };
  /** The quotas in use and the calls that they allowed and refused, by quota group and client. */
  quotaUsage(): readonly QuotaUsage[];
  /**
   * Makes another application use `share` (0 to 1) of a group's quota until `end()` is called. Its calls are
   * spread evenly over time and count like the tenant's own: they take the length of a window to fill their
   * share of it, and as long again to leave it.
   *
   * @throws TypeError for an unknown group or an invalid share; then nothing changes
   */
  foreignLoad(group: string, share: number): {
    end(): void;
  };
  /** Expires every token that was issued so far: calls with one of them get 401. */
  expireTokens(): void;
  /**
   * Discards requests, script, outage, used quotas, other applications' load and changed data, and restores the
   * faults and hunting tables of the options. Tokens stay valid and tracking IDs unique.
   */
  reset(): void;
  /** @throws Error with a table of the scripted answers that no call has used */
  assertScriptConsumed(): void;
  /**
   * Ends every connection and frees the port. A second call does nothing.
   *
   * @throws Error if scripted answers were never used, unless `ignoreUnconsumed` is true
   */
  close(options?: {
    readonly ignoreUnconsumed?: boolean;
  }): Promise<void>;
}
/**
 * Starts a stand-in for Microsoft's Defender APIs on 127.0.0.1.
 *
 * @example
 * const simulator = await startSimulator({ script: [500, 'TooManyRequests'] });
 * try {
 *   const response = await fetch(`${simulator.url}/api/incidents`); // 500 InternalServerError
 * } finally {
 *   await simulator.close({ ignoreUnconsumed: true });
 * }
 *
 * @throws TypeError for invalid options; the message names each of them on its own line
 * @throws Error if the port is taken
 */
export declare function startSimulator(options?: SimulatorOptions): Promise<Simulator>;
export type { Addresses, Answered, FaultOptions, Feature, HuntingResults, HuntingRow, OutageOptions, PendingStep, QuotaLimits, QuotaOption, QuotaUsage, ReceivedRequest, RecordMode, RequestFilter, ScriptStep, ScriptStepDetails, Simulator, SimulatorOptions, StepAction, WindowUsage };
