import type { Family } from '../catalogue/entry.ts';
import type { HostMap } from '../catalogue/hosts.ts';
import type { Clock } from '../clock.ts';
import type { Failure } from '../failure/failure.ts';
import type { Observer } from '../observe/observer.ts';
import type { BackoffSettings } from '../policy/backoff.ts';
import type { BudgetSettings } from '../policy/budget.ts';
import type { CircuitSettings } from '../policy/circuit.ts';
import type { QuotaSettings, ThrottleSettings } from '../quota/gate.ts';
import type { Random } from '../random.ts';
import type { QuotaOptions } from './quota.ts';

/** How failed attempts are retried. */
export interface RetrySettings extends BackoffSettings {
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
export interface OperationOptions {
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
export interface TokenIdentity {
  /** The tenant's ID (`tid`). */
  readonly tenantId?: string;
  /** The object ID of the user, or of the app's service principal (`oid`). */
  readonly objectId?: string;
  /** The app's client ID (`appid`, `azp`). */
  readonly clientId?: string;
}

/** The argument of `refreshToken`. */
export interface RefreshContext {
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
export type RefreshedToken = string | { readonly token: string } | null | undefined;

/**
 * Gets a new access token after a 401. Returns null or undefined if there is none; then the call fails with the
 * 401, as it does when the result is not a token.
 */
export type RefreshToken = (context: RefreshContext) => Promise<RefreshedToken> | RefreshedToken;

/** The options of `createResilience`. Every one has a default. */
export interface ResilienceOptions {
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
  readonly quota?: QuotaOptions | 'documented' | false;
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

/** All options, checked and with their defaults filled in. */
export interface Settings {
  readonly attemptTimeoutMs: number | undefined;
  readonly deadlineMs: number | undefined;
  readonly retry: RetrySettings;
  readonly budget: BudgetSettings;
  readonly circuit: CircuitSettings | undefined;
  readonly throttle: ThrottleSettings;
  readonly quota: QuotaSettings | undefined;
  readonly throwHttpErrors: boolean;
  readonly refreshToken: RefreshToken | undefined;
  readonly operations: Readonly<Record<string, OperationOptions>>;
  readonly hosts: HostMap;
  readonly observers: readonly Observer[];
  readonly onObserverError: ((error: unknown, hook: string) => void) | undefined;
  readonly clock: Clock;
  readonly random: Random;
}
