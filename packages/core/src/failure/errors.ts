import { brand } from './brand.ts';
import type { Failure, FailureSource } from './failure.ts';

/** What an error of this package tells beside its failure. */
export interface ErrorDetails {
  /** The operation's name, such as `machines.isolate`. */
  readonly operation?: string;
  /** What was caught: the client's own error, or the `Response`. */
  readonly cause?: unknown;
}

/** The wrapper itself refused or gave up a call. The common ancestor of all such errors. */
export class ResilienceError extends Error {
  declare readonly name: string;
  /** As in `failure`: `CircuitOpen`, `Throttled` or `Timeout`. */
  readonly code: string;
  readonly operation: string;
  readonly #failure: Failure;

  static {
    brand(ResilienceError, 'ResilienceError');
  }

  constructor(failure: Failure, operation: string) {
    const limit = Error.stackTraceLimit;
    if (REFUSALS.has(failure.source)) Reflect.set(Error, 'stackTraceLimit', 0);
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

// A stack is most of what a refusal costs, and a service that is down has calls refused by the
// thousand; it would show the inside of the wrapper, while the message names the operation.
const REFUSALS: ReadonlySet<FailureSource> = new Set(['circuit', 'throttle']);

/** The circuit is open: the service failed so often lately that the call was not sent. */
export class CircuitOpenError extends ResilienceError {
  /** Milliseconds until the circuit lets a call through again. */
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

/** Why a call that had to wait was rejected. */
export type ThrottleRefusal = 'queue-full' | 'wait-too-long';

/** What a call had to wait for: a pause that the service asked for, or its turn in a used-up quota. */
export type ThrottleCause = 'pause' | 'quota';

/** The call's quota group is paused or used up, and the call could not wait: it was not sent. */
export class ThrottledError extends ResilienceError {
  /** Milliseconds until the call could have been sent, as far as is known. */
  readonly retryAfterMs: number;
  /** `queue-full`: too many calls wait; `wait-too-long`: the wait is longer than the call may wait. */
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

/** One attempt got no answer in time. The service may have carried it out. */
export class AttemptTimeoutError extends ResilienceError {
  readonly timeoutMs: number;

  static {
    brand(AttemptTimeoutError, 'AttemptTimeoutError');
  }

  constructor({ operation, timeoutMs }: { operation: string; timeoutMs: number }) {
    super(timeout(`${operation} got no answer within ${duration(timeoutMs)}`), operation);
    this.timeoutMs = timeoutMs;
  }
}

/** The call with all its attempts and waits took longer than it may. */
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
 * The API answered with an error. Its message names the operation, status, code and tracking ID: never
 * the URL or what the service said, since that may echo what was sent. What the service said is in
 * `failure.message`; neither printing nor serialising the error shows it.
 */
export class DefenderApiError extends Error {
  declare readonly name: string;
  /** The service's own code, as in `failure`. */
  readonly code: string;
  declare readonly status?: number;
  /** The ID to give to Microsoft. */
  declare readonly trackingId?: string;
  declare readonly operation?: string;
  readonly #failure: Failure;

  static {
    brand(DefenderApiError, 'DefenderApiError');
  }

  constructor(failure: Failure, details: ErrorDetails = {}) {
    const { operation, cause } = details;
    super(summary(failure, operation));
    // A getter, since Node prints the causes of an uncaught error to their last field otherwise, and
    // those of HTTP clients hold tokens.
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
  'The service failed at most calls of this operation lately. Try again when the circuit lets calls through; look at Service health in the Microsoft 365 admin center where it lasts.';
const THROTTLE_ADVICE: Readonly<Record<ThrottleCause, string>> = {
  pause:
    'Try again after the pause. If it comes often, spread the calls, or look for other callers that share the quota.',
  quota:
    'Try again later, or give the call a longer deadline. If it comes often, spread the calls, or give urgent ones a higher priority.',
};
const TIMEOUT_ADVICE =
  'The service may have carried the request out although no answer came: look it up before you send again what must not act twice.';

const THROTTLE_CAUSES: Readonly<Record<ThrottleCause, string>> = {
  pause: 'its quota is paused for another',
  quota: 'its quota is used up for another',
};
const THROTTLE_REASONS: Readonly<Record<ThrottleRefusal, string>> = {
  'queue-full': 'and too many calls wait for it already',
  'wait-too-long': 'which is longer than the call may wait',
};

/** A failure of the wrapper's own making. */
function own(failure: Omit<Failure, 'verdict'>): Failure {
  return Object.freeze({ ...failure, verdict: 'retryable' });
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

function summary({ code, status, trackingId }: Failure, operation = 'The call'): string {
  const what = status === undefined || code === `Http${status}` ? code : `${status} ${code}`;
  const id = trackingId === undefined ? '' : ` (tracking ID ${trackingId})`;
  return `${operation} failed: ${what}${id}`;
}

function duration(ms: number): string {
  return ms < 1_000 ? `${Math.ceil(ms)} ms` : `${Math.ceil(ms / 100) / 10} s`;
}
