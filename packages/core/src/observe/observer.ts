import type { Family } from '../catalogue/entry.ts';
import type { Failure } from '../failure/failure.ts';
import type { QuotaChange, ReadQuotas } from './quota.ts';

/** How a call came in. */
export type ClientKind = 'fetch' | 'function' | 'axios' | 'graph' | 'undici';

/** How a logical call ended. */
export type CallOutcome = 'success' | 'failure' | 'cancelled' | 'rejected';

/** The state of a circuit. */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** What is known of an HTTP request before it is sent. Free of secrets. */
export interface HttpRequestInfo {
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
export interface CallStart {
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
export interface AttemptStart {
  /** Counts from 1. */
  readonly attempt: number;
  /** The wait before this attempt, in milliseconds; 0 for the first. */
  readonly delayMs: number;
  /** The failure of the attempt before; absent for the first. */
  readonly previous?: Failure;
}

/** One attempt ended: its answer's headers are there, or it failed. */
export interface AttemptEnd {
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
export type WaitSource = 'retry-after' | 'backoff' | 'token-refresh';

/** A retry was decided; the wait begins now. */
export interface RetryScheduled {
  /** The number of the attempt that will come next: 2 or more. */
  readonly nextAttempt: number;
  readonly delayMs: number;
  readonly source: WaitSource;
  /** The failure that is retried. */
  readonly failure: Failure;
}

/** The call is held back before it is sent. */
export interface ThrottleWait {
  readonly attempt: number;
  /** The quota group that it waits for. */
  readonly group: string;
  /** How long the call waits, in milliseconds, as far as is known now. */
  readonly delayMs: number;
  /**
   * `pause`: the service asked for it; `quota`: the call waits for its turn, which is the ordinary
   * course of a bulk job. Absent: `pause`.
   */
  readonly reason?: 'pause' | 'quota';
}

/** Why a failed call was not tried again. */
export type GiveUpReason =
  | 'terminal'
  | 'retries-exhausted'
  | 'budget-exhausted'
  | 'deadline'
  | 'wait-too-long'
  | 'not-replayable'
  | 'circuit-open'
  | 'throttled'
  | 'cancelled';

/** One logical call ended. */
export interface CallEnd {
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
export interface CircuitChange {
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
export interface Observer {
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
export interface CallObserver {
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
export interface AttemptObserver {
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
