import { brand } from './brand.ts';
import { createFailure, type Failure, type FailureSource } from './failure.ts';

/** What a `DefenderApiError` has in addition to its failure. */
export interface ErrorDetails {
  /** The operation's name, such as `machines.isolate`. */
  readonly operation?: string;
  /** The client's own error, or the `Response`. */
  readonly cause?: unknown;
}

/**
 * This package refused a call or gave it up, without an error from the API. The base class of
 * `CircuitOpenError`, `ThrottledError`, `AttemptTimeoutError` and `DeadlineExceededError`.
 */
export class ResilienceError extends Error {
  declare readonly name: string;
  /** `CircuitOpen`, `Throttled` or `Timeout`. */
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

// Most of the cost of refusing a call is the stack, and calls are refused by the thousand while a
// service is down. It would only show this package's own frames; the message names the operation.
const WITHOUT_STACK: ReadonlySet<FailureSource> = new Set(['circuit', 'throttle']);

/** The circuit is open, because recent calls kept failing: the call was not sent. */
export class CircuitOpenError extends ResilienceError {
  /** Milliseconds until the circuit allows a call again. */
  readonly retryAfterMs: number;

  static {
    brand(CircuitOpenError, 'CircuitOpenError');
  }

  constructor({ operation, retryAfterMs }: { operation: string; retryAfterMs: number }) {
    const message = `${operation} was not sent: its circuit is open for another ${duration(retryAfterMs)}`;
    super(
      own({
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

/**
 * Why a call was refused instead of waiting: `queue-full`, too many calls are waiting; `wait-too-long`,
 * the wait exceeds `retry.maxRetryAfterMs` or the deadline.
 */
export type ThrottleRefusal = 'queue-full' | 'wait-too-long';

/** What a call had to wait for: the end of a `pause` that the service asked for, or a used-up `quota`. */
export type ThrottleCause = 'pause' | 'quota';

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
      own({
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

/** One attempt got no response in time. The service may have executed the request. */
export class AttemptTimeoutError extends ResilienceError {
  readonly timeoutMs: number;

  static {
    brand(AttemptTimeoutError, 'AttemptTimeoutError');
  }

  constructor({ operation, timeoutMs }: { operation: string; timeoutMs: number }) {
    super(timeout(`${operation} got no response within ${duration(timeoutMs)}`), operation);
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
    super(timeout(`${operation} reached its deadline after ${duration(timeoutMs)}`), operation);
    this.timeoutMs = timeoutMs;
  }
}

/**
 * The API answered with an error. The message names the operation, status, code and tracking ID, but
 * neither the URL nor the service's message, which may echo what was sent. The service's message is
 * `failure.message`; printing or serialising the error does not show it.
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
    // A getter, because Node prints an uncaught error's cause with all its fields otherwise, and the
    // errors of HTTP clients hold tokens.
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

const CIRCUIT_ADVICE =
  'Most recent calls of this operation failed. Try again when the circuit allows calls; if it persists, check Service health in the Microsoft 365 admin center.';
const THROTTLE_ADVICE: Readonly<Record<ThrottleCause, string>> = {
  pause:
    'Try again after the pause. If it happens often, spread the calls over time, or look for other callers that share the quota.',
  quota:
    'Try again later, or give the call a longer deadline. If it happens often, spread the calls over time, or give urgent ones a higher priority.',
};
const TIMEOUT_ADVICE =
  'The request may have been carried out although no response came: check whether it was before you send it again.';

const THROTTLE_CAUSES: Readonly<Record<ThrottleCause, string>> = {
  pause: 'its quota is paused for another',
  quota: 'its quota is used up for another',
};
const THROTTLE_REASONS: Readonly<Record<ThrottleRefusal, string>> = {
  'queue-full': 'and too many calls are waiting for it already',
  'wait-too-long': 'which is longer than the call may wait',
};

/** A failure that this package caused. */
function own(failure: Omit<Failure, 'verdict'>): Failure {
  return createFailure({ ...failure, verdict: 'retryable' });
}

function timeout(message: string): Failure {
  return own({
    code: 'Timeout',
    source: 'timeout',
    message,
    ambiguous: true,
    advice: TIMEOUT_ADVICE,
  });
}

function describe({ code, status, trackingId }: Failure, operation = 'The call'): string {
  const what = status === undefined || code === `Http${status}` ? code : `${status} ${code}`;
  const id = trackingId === undefined ? '' : ` (tracking ID ${trackingId})`;
  return `${operation} failed: ${what}${id}`;
}

function duration(ms: number): string {
  return ms < 1_000 ? `${Math.ceil(ms)} ms` : `${Math.ceil(ms / 100) / 10} s`;
}
