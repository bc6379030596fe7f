import type { Family } from '../catalogue/entry.ts';
import type { Failure, ProviderFailure } from '../failure/failure.ts';
import type { QuotaChange, ReadQuotas } from './quota.ts';

/** The client that made a call: an adapter's name, or `function` for `execute` and `wrap`. */
export type ClientKind = 'fetch' | 'function' | 'axios' | 'graph' | 'undici';

/**
 * How a call ended. `failure`: it was sent and failed; `rejected`: it was not sent, because of an open
 * circuit or a used-up quota; `cancelled`: the caller aborted it, or closed the wrapper.
 */
export type CallOutcome = 'success' | 'failure' | 'cancelled' | 'rejected';

/** A circuit allows all calls (`closed`), none (`open`), or one to probe the service (`half-open`). */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** An HTTP request as it will be sent. Contains no secrets. */
export interface HttpRequestInfo {
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
export interface CallStart {
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
export interface AttemptStart {
  /** The number of the attempt in its call, from 1. */
  readonly attempt: number;
  /** How long the call waited before this attempt, in milliseconds; 0 for the first attempt. */
  readonly delayMs: number;
  /** The failure of the previous attempt; absent for the first attempt. */
  readonly previous?: Failure;
}

/** What is known about an HTTP response. Free of secrets. Its fields are read when they are used. */
export interface HttpResponseInfo {
  /** The service's ID of the request, from the headers; undefined if there is none. */
  readonly requestId: string | undefined;
  /** The version of HTTP, such as `1.1` or `2`; undefined if the client does not expose it, like fetch. */
  readonly protocolVersion: string | undefined;
}

/** The event of an attempt that ended: its response headers arrived, or it failed. */
export interface AttemptEnd {
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
export type WaitSource = 'retry-after' | 'backoff' | 'token-refresh';

/** The event of a scheduled retry. Its wait begins now. */
export interface RetryScheduled {
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
export interface ThrottleWait {
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
  readonly reason?: 'pause' | 'quota';
}

/**
 * Why a failed call was not retried. `terminal`: a retry cannot succeed. `retries-exhausted` and
 * `budget-exhausted`: `maxRetries` or the retry budget is used up. `deadline`: no time left.
 * `wait-too-long`: the service asked for a longer wait than `retry.maxRetryAfterMs` or the deadline
 * allows. `not-replayable`: the request may have been carried out and is not idempotent, or its body
 * cannot be sent twice. `circuit-open` and `throttled`: this package refused to send it. `cancelled`:
 * the caller aborted. `closed`: `close` ended the call, or its wait for a retry.
 */
export type GiveUpReason =
  | 'terminal'
  | 'retries-exhausted'
  | 'budget-exhausted'
  | 'deadline'
  | 'wait-too-long'
  | 'not-replayable'
  | 'circuit-open'
  | 'throttled'
  | 'cancelled'
  | 'closed';

/** The event of a call that ended. */
export interface CallEnd {
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
export interface CircuitChange {
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
export interface Observer {
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
export interface CallObserver {
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
export interface AttemptObserver {
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
