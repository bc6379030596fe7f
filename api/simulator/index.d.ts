import { Clock, MessageValues, Quota } from "@defender-resilience/core";
/** Where a running simulator is called. */
interface Addresses {
  /** `http://127.0.0.1:port`: the Defender XDR and MDE paths begin with `/api` below it. */
  readonly url: string;
  /** The base of Microsoft Graph's paths: `url` and `/v1.0`. */
  readonly graphUrl: string;
  /** The token endpoint of the simulated tenant; any other tenant's name takes the place of its own. */
  readonly tokenUrl: string;
}
/** The ways in which an answer can go wrong below or beside HTTP's status. */
declare const STEP_ACTIONS: readonly ["reset", "reset-headers", "reset-mid-body", "truncate", "malformed", "html", "empty", "hang"];
/**
 * What happens to an answer:
 *
 * - `reset`: the connection is reset before anything is done or answered;
 * - `reset-headers`: the request is carried out, and the reset comes in the middle of the headers;
 * - `reset-mid-body`: the same, in the middle of the body;
 * - `truncate`: a complete HTTP answer whose JSON ends half-way;
 * - `malformed`: a complete HTTP answer whose JSON is broken;
 * - `html`: a gateway's HTML page (502 unless `status` says otherwise);
 * - `empty`: no body (500 unless `status` says otherwise);
 * - `hang`: no answer, ever; the request is not carried out.
 */
type StepAction = (typeof STEP_ACTIONS)[number];
/** One scripted answer, spelled out. */
interface ScriptStepDetails {
  /** 200 without a `body`: the ordinary answer. */
  readonly status?: number;
  /** The error's code; any text, so that unknown codes can be tried as well. */
  readonly code?: string;
  /** @defaultValue the catalogue's message for the code */
  readonly message?: string;
  /** Fills the variable parts of the catalogue's message. */
  readonly values?: MessageValues;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it is, an object as JSON; replaces the error's envelope. */
  readonly body?: string | object;
  /** Milliseconds to wait before the answer. */
  readonly latencyMs?: number;
  readonly action?: StepAction;
  /** Only for calls of this operation (`incidents.list`, `token`), or below this path (`/api/machines`). */
  readonly for?: string;
  /**
   * How many calls get this answer. `'always'`: every one, and nobody complains when there is none.
   *
   * @defaultValue 1
   */
  readonly times?: number | "always";
  /**
   * The `Retry-After` header: seconds, or text that is sent as it is (an HTTP date, rubbish), or an
   * HTTP date that lies so many milliseconds after the answer, rounded up to a whole second.
   */
  readonly retryAfter?: string | number | {
    readonly dateInMs: number;
  };
}
/**
 * One scripted answer: a status (with the error that usually comes with it; 200 answers normally),
 * a code of the catalogue, an action, or all of it spelled out. A code that the catalogue does not
 * have must be spelled out, so that a mistyped one is noticed: `{ code: 'Teapot', status: 418 }`.
 */
type ScriptStep = number | string | ScriptStepDetails;
/** A scripted answer that no call has asked for yet, and how often it still waits to be. */
interface PendingStep {
  readonly step: ScriptStepDetails;
  readonly timesLeft: number | "always";
}
/** Faults by chance. */
interface FaultOptions {
  /** How likely a call is to fail, from 0 to 1. */
  readonly probability: number;
  /** What fails, each as likely as the next. @defaultValue `['InternalServerError']` */
  readonly codes?: readonly ScriptStep[];
  /** @defaultValue the simulator's seed */
  readonly seed?: number;
  /** Milliseconds that every answer takes: a number, or from–to. @defaultValue 0 */
  readonly latencyMs?: number | readonly [from: number, to: number];
  /** Only for calls of this operation (`incidents.list`), or below this path. @defaultValue all calls */
  readonly for?: string;
}
/** A full outage: every call fails the same way. */
interface OutageOptions {
  /** @defaultValue 503 */
  readonly status?: number | "reset";
  /** Ends by itself after this many milliseconds. @defaultValue lasts until `end()` */
  readonly durationMs?: number;
}
/** What a tenant can have switched off: its calls then get `DisabledFeature`. */
declare const FEATURES: readonly ["advancedHunting", "automatedInvestigation", "customIndicators", "liveResponse"];
/** A feature of the tenant that can be switched off. */
type Feature = (typeof FEATURES)[number];
/** A group's limits. */
interface QuotaLimits extends Quota {
  /**
   * How many milliseconds of running time hunting queries may use in an hour; once they are used up,
   * queries are refused until some of it is an hour ago. @defaultValue no limit
   */
  readonly runningMsPerHour?: number;
}
/** How much of a limit on calls is in use. */
interface WindowUsage {
  readonly per: "minute" | "hour";
  readonly limit: number;
  /** The calls in the window, refused ones among them; at most `limit`. */
  readonly used: number;
  /** What other applications have taken of it. */
  readonly foreign: number;
  /** Milliseconds until the window lets a call through; 0 when it does now. */
  readonly waitMs: number;
}
/** Which quotas hold: Microsoft's documented ones, none, or some by group. */
type QuotaOption = "documented" | "off" | Readonly<Record<string, QuotaLimits>>;
/** What became of the calls that one quota counts. */
interface QuotaUsage {
  /** The quota group, as the operations table names it: `incidents`. */
  readonly group: string;
  readonly tenant: string;
  /** The application; undefined where all of a tenant's applications share the quota. */
  readonly app: string | undefined;
  /** Calls that were let through, since the start or the last `reset()`. */
  readonly allowed: number;
  /** Calls that were refused with 429. */
  readonly refused: number;
  readonly windows: readonly WindowUsage[];
  /** The running time of hunting queries, where it is limited. */
  readonly runningTime?: {
    readonly usedMs: number;
    readonly budgetMs: number;
  };
}
/** How a request ended: the status that was answered, or what was done instead. */
type Answered = number | "reset" | "hang";
declare const RECORD_MODES: readonly ["all", "counts"];
/**
 * What is kept of the requests: `all`, or only `counts`, for runs of so many that their bodies would
 * fill the memory.
 */
type RecordMode = (typeof RECORD_MODES)[number];
/** One request, as it arrived. */
interface ReceivedRequest {
  /** Its place among all requests since the start or the last `reset()`, from 1. */
  readonly order: number;
  readonly method: string;
  /** The path as it was sent, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as text; empty when there was none. */
  readonly body: string;
  /** The operation's name, such as `incidents.list`; `other` when it is not known. */
  readonly operation: string;
  /** When it arrived, in milliseconds since 1970. */
  readonly at: number;
  /** Undefined while it waits for its answer. */
  readonly answered: Answered | undefined;
}
/** Which requests to count: those that match every field given. */
interface RequestFilter {
  readonly operation?: string;
  /** In any letter case. */
  readonly method?: string;
  /** The exact path, in any letter case. */
  readonly path?: string;
  /** How it ended. */
  readonly answered?: Answered;
}
/** How a simulator is started; every option has a default. */
interface SimulatorOptions {
  /** The port to listen on; 0 takes a free one. @defaultValue 0 */
  readonly port?: number;
  /** Makes data, tracking IDs and faults the same at every start. @defaultValue 1 */
  readonly seed?: number;
  /** The first answers, in order. @defaultValue none: everything is answered normally */
  readonly script?: readonly ScriptStep[];
  /**
   * `'documented'`: Microsoft's limits; `'off'`: none; or limits by quota group, where groups that
   * are not named have none. @defaultValue `'documented'`
   */
  readonly quotas?: QuotaOption;
  /** Faults by chance. @defaultValue none */
  readonly faults?: FaultOptions;
  /**
   * How long a quota's minute lasts, in milliseconds; its hour is 60 of them. A shorter one lets a
   * test see quotas at work: refused calls are then told the wait in `retry-after-ms` as well.
   *
   * @defaultValue 60,000
   */
  readonly minuteMs?: number;
  /** How many incidents there are, at most 100,000. @defaultValue 250 */
  readonly incidents?: number;
  /** Whether calls need a live token of the simulator's own token endpoint. @defaultValue false */
  readonly requireToken?: boolean;
  /** How long a token lives, in milliseconds. @defaultValue 3,599,000, as the real ones do */
  readonly tokenLifetimeMs?: number;
  /**
   * How long a machine action takes until it has succeeded, in milliseconds; it is pending for the
   * first half of it. @defaultValue 60,000
   */
  readonly machineActionMs?: number;
  /** What the tenant has switched off: its calls get `DisabledFeature`. @defaultValue none */
  readonly disabledFeatures?: readonly Feature[];
  /**
   * `'counts'` keeps no requests, only how many there were. @defaultValue `'all'`, of which the first
   * 100,000 are kept and the rest is counted
   */
  readonly record?: RecordMode;
  /** When the newest incident was last updated. @defaultValue 2026-01-31T12:00:00Z */
  readonly newestAt?: Date;
  /** Where the simulator's time comes from. @defaultValue the real time */
  readonly clock?: Clock;
}
/** A running simulator: where to call it, what it received, and what it is to answer. */
interface Simulator extends Addresses, AsyncDisposable {
  /**
   * What was received, in order; the control endpoints excepted. The first 100,000 are kept, and none
   * where `record` is `'counts'`: `count()` counts them all.
   */
  readonly requests: readonly ReceivedRequest[];
  /** The tracking IDs of all error answers, in order; the first 100,000. */
  readonly trackingIds: readonly string[];
  /** The scripted answers that no call has asked for yet. */
  readonly pendingScript: readonly PendingStep[];
  /** How many requests were received that match every field of `filter`. */
  count(filter?: RequestFilter): number;
  /**
   * Appends answers to the script: each call takes the first one that is meant for it.
   *
   * @throws RangeError that names every step that is not valid; none is then appended.
   */
  script(...steps: ScriptStep[]): void;
  /** Lets calls fail by chance from now on; undefined: no longer. */
  faults(options: FaultOptions | undefined): void;
  /**
   * Makes every call fail, until `end()` is called or `durationMs` have passed. A second outage takes
   * the place of the first.
   */
  outage(options?: OutageOptions): {
    end(): void;
  };
  /** What became of the calls, by quota group and client; only of groups that have a quota. */
  quotaUsage(): readonly QuotaUsage[];
  /**
   * Lets another application take `share` (0 to 1) of a group's quota, with calls that are spread
   * evenly over time, until `end()` is called. Its calls count like the tenant's own: a window is full
   * of them only after it has passed, and free of them only after it has passed again.
   */
  foreignLoad(group: string, share: number): {
    end(): void;
  };
  /** Ends every token that was issued until now: calls with one of them get 401. */
  expireTokens(): void;
  /**
   * Forgets requests, script, outage, quotas used, loads of other applications and changed data, and
   * goes back to the faults of the options. Tokens stay good, and tracking IDs unique.
   */
  reset(): void;
  /** @throws Error with a table of the scripted answers that nobody asked for. */
  assertScriptConsumed(): void;
  /**
   * Ends every connection and frees the port; a second call does nothing. `await using` does the same
   * at the end of its block.
   *
   * @throws Error when scripted answers were never asked for, unless `ignoreUnconsumed` is set.
   */
  close(options?: {
    readonly ignoreUnconsumed?: boolean;
  }): Promise<void>;
}
/**
 * Starts a stand-in for Microsoft's Defender APIs on 127.0.0.1.
 *
 * @example
 * await using simulator = await startSimulator({ script: [500, 'TooManyRequests'] });
 * const response = await fetch(`${simulator.url}/api/incidents`);   // 500 InternalServerError
 *
 * @throws RangeError when options are not valid; the message names every such option, one a line.
 * @throws Error when the port is taken.
 */
export declare function startSimulator(options?: SimulatorOptions): Promise<Simulator>;
export type { Addresses, Answered, FaultOptions, Feature, OutageOptions, PendingStep, QuotaLimits, QuotaOption, QuotaUsage, ReceivedRequest, RecordMode, RequestFilter, ScriptStep, ScriptStepDetails, Simulator, SimulatorOptions, StepAction, WindowUsage };
