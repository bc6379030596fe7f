import { brand } from './brand.ts';
import { type Failure, type FailureSource, statusAndCode } from './failure.ts';
import {
  CIRCUIT_ADVICE,
  closedBefore,
  closedWhileSent,
  duration,
  localFailure,
  THROTTLE_ADVICE,
  THROTTLE_CAUSES,
  THROTTLE_REASONS,
  type ThrottleCause,
  type ThrottleRefusal,
  timeoutFailure,
} from './own-failures.ts';

/** The properties of a `DefenderApiError` besides its failure. */
export interface ErrorDetails {
  /** The operation's name, such as `machines.isolate`. */
  readonly operation?: string;
  /** The client's own error, or the `Response`. */
  readonly cause?: unknown;
}

/**
 * This package refused or abandoned a call, without an error from the API. The base class of
 * `CircuitOpenError`, `ThrottledError`, `AttemptTimeoutError`, `DeadlineExceededError` and `ClosedError`.
 */
export class ResilienceError extends Error {
  declare readonly name: string;
  /** `CircuitOpen`, `Throttled`, `Timeout` or `Closed`. */
  readonly code: string;
  /** The operation's name, such as `machines.isolate`. */
  readonly operation: string;
  readonly #failure: Failure;

  static {
    brand(ResilienceError, 'ResilienceError');
  }

  constructor(failure: Failure, operation: string) {
    const limit = Error.stackTraceLimit;
    if (WITHOUT_STACK.has(failure.source)) Reflect.set(Error, 'stackTraceLimit', 0);
    super(failure.message);
    if (Error.stackTraceLimit !== limit) Reflect.set(Error, 'stackTraceLimit', limit);
    this.code = failure.code;
    this.operation = operation;
    this.#failure = failure;
  }

  get failure(): Failure {
    return this.#failure;
  }
}

// The stack is most of the cost of refusing a call, and thousands of calls are refused while a service is down.
// It would only show this package's own frames; the message names the operation.
const WITHOUT_STACK: ReadonlySet<FailureSource> = new Set(['circuit', 'throttle']);

/** The circuit is open because recent calls failed: the call was not sent. */
export class CircuitOpenError extends ResilienceError {
  /** Milliseconds until the circuit allows a call again. */
  readonly retryAfterMs: number;

  static {
    brand(CircuitOpenError, 'CircuitOpenError');
  }

  constructor({ operation, retryAfterMs }: { operation: string; retryAfterMs: number }) {
    const message = `${operation} was not sent: its circuit is open for another ${duration(retryAfterMs)}`;
    super(
      localFailure({
        code: 'CircuitOpen',
        source: 'circuit',
        message,
        retryAfterMs,
        advice: CIRCUIT_ADVICE,
      }),
      operation,
    );
    this.retryAfterMs = retryAfterMs;
  }
}

/** The call's quota group is paused or used up, and the call cannot wait: it was not sent. */
export class ThrottledError extends ResilienceError {
  /** Milliseconds until the call could have been sent, as far as is known. */
  readonly retryAfterMs: number;
  /** Why the call did not wait: too many calls are waiting, or the wait is too long. */
  readonly reason: ThrottleRefusal;
  /** `pause`: the service asked for a pause; `quota`: the quota is used up. */
  readonly heldBy: ThrottleCause;

  static {
    brand(ThrottledError, 'ThrottledError');
  }

  constructor({
    operation,
    retryAfterMs,
    reason,
    heldBy = 'pause',
  }: {
    operation: string;
    retryAfterMs: number;
    reason: ThrottleRefusal;
    heldBy?: ThrottleCause;
  }) {
    const cause = THROTTLE_CAUSES[heldBy];
    const message = `${operation} was not sent: ${cause} ${duration(retryAfterMs)}, ${THROTTLE_REASONS[reason]}`;
    super(
      localFailure({
        code: 'Throttled',
        source: 'throttle',
        message,
        retryAfterMs,
        advice: THROTTLE_ADVICE[heldBy],
      }),
      operation,
    );
    this.retryAfterMs = retryAfterMs;
    this.reason = reason;
    this.heldBy = heldBy;
  }
}

/**
 * `close` has closed the wrapper. The call was not sent, or it was aborted because it took longer than
 * `close` waits; `failure.ambiguous` is true for a call that may have been carried out.
 */
export class ClosedError extends ResilienceError {
  static {
    brand(ClosedError, 'ClosedError');
  }

  constructor({ operation, sent }: { operation: string; sent: boolean }) {
    super(sent ? closedWhileSent(operation) : closedBefore(operation), operation);
  }
}

/** One attempt got no response in time. The service may have executed the request. */
export class AttemptTimeoutError extends ResilienceError {
  readonly timeoutMs: number;

  static {
    brand(AttemptTimeoutError, 'AttemptTimeoutError');
  }

  constructor({ operation, timeoutMs }: { operation: string; timeoutMs: number }) {
    super(timeoutFailure(`${operation} got no response within ${duration(timeoutMs)}`), operation);
    this.timeoutMs = timeoutMs;
  }
}

/** The call with all its attempts and waits exceeded its deadline. */
export class DeadlineExceededError extends ResilienceError {
  readonly timeoutMs: number;

  static {
    brand(DeadlineExceededError, 'DeadlineExceededError');
  }

  constructor({ operation, timeoutMs }: { operation: string; timeoutMs: number }) {
    super(
      timeoutFailure(`${operation} reached its deadline after ${duration(timeoutMs)}`),
      operation,
    );
    this.timeoutMs = timeoutMs;
  }
}

/**
 * The API returned an error. The message names the operation, status, code and tracking ID, but neither the URL
 * nor the service's message, which may echo the request. The service's message is `failure.message`; printing
 * or serialising the error does not show it.
 */
export class DefenderApiError extends Error {
  declare readonly name: string;
  /** The service's own code, as in `failure.code`. */
  readonly code: string;
  /** The HTTP status; absent if there was no HTTP response. */
  declare readonly status?: number;
  /** The ID to give to Microsoft support. */
  declare readonly trackingId?: string;
  /** The operation's name, such as `machines.isolate`. */
  declare readonly operation?: string;
  readonly #failure: Failure;

  static {
    brand(DefenderApiError, 'DefenderApiError');
  }

  constructor(failure: Failure, details: ErrorDetails = {}) {
    const { operation, cause } = details;
    super(describe(failure, operation));
    // A getter: otherwise Node prints an uncaught error's cause with all its fields, and errors of HTTP clients
    // contain tokens.
    if (cause !== undefined) Object.defineProperty(this, 'cause', { get: () => cause });
    const { code, status, trackingId } = failure;
    this.code = code;
    if (status !== undefined) this.status = status;
    if (trackingId !== undefined) this.trackingId = trackingId;
    if (operation !== undefined) this.operation = operation;
    this.#failure = failure;
  }

  get failure(): Failure {
    return this.#failure;
  }
}

function describe(failure: Failure, operation = 'The call'): string {
  const { trackingId } = failure;
  const id = trackingId === undefined ? '' : ` (tracking ID ${trackingId})`;
  return `${operation} failed: ${statusAndCode(failure)}${id}`;
}
