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

/** How failed attempts are repeated. */
export interface RetrySettings extends BackoffSettings {
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
export interface OperationOptions {
  readonly attemptTimeoutMs?: number;
  readonly deadlineMs?: number;
  readonly maxRetries?: number;
  /** Whether sending it twice does no more than sending it once. */
  readonly idempotent?: boolean;
  /** Which calls go first where they wait for the same quota: the higher number. */
  readonly priority?: number;
}

/** What `refreshToken` is told. */
export interface RefreshContext {
  readonly operation: string;
  readonly family?: Family;
  /** The host that refused the token; absent for `execute` and `wrap`. */
  readonly host?: string;
  readonly failure: Failure;
}

/** Gets a new access token after a 401. */
export type RefreshToken = (
  context: RefreshContext,
) => Promise<string | undefined> | string | undefined;

/** The options of `createResilience`. Every one has a default. */
export interface ResilienceOptions {
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
  readonly quota?: QuotaOptions | 'documented' | false;
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

/** Every option with its value, checked. */
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
