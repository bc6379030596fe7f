import { createFailure, type Failure } from './failure.ts';

/** Why a call had to wait: the service asked for a `pause`, or the `quota` is used up. */
export type ThrottleCause = 'pause' | 'quota';

/**
 * Why a call was refused instead of waiting: `queue-full`, too many calls are waiting; `wait-too-long`,
 * the wait exceeds `retry.maxRetryAfterMs` or the deadline.
 */
export type ThrottleRefusal = 'queue-full' | 'wait-too-long';

export const CIRCUIT_ADVICE =
  'Most recent calls of this operation failed. Try again when the circuit allows calls; if it persists, check Service health in the Microsoft 365 admin center.';
export const THROTTLE_ADVICE: Readonly<Record<ThrottleCause, string>> = {
  pause:
    'Try again after the pause. If it happens often, spread the calls over time, or look for other callers that share the quota.',
  quota:
    'Try again later, or give the call a longer deadline. If it happens often, spread the calls over time, or give urgent ones a higher priority.',
};
const TIMEOUT_ADVICE =
  'The request may have been carried out although no response arrived: check whether it was before you send it again.';

export const THROTTLE_CAUSES: Readonly<Record<ThrottleCause, string>> = {
  pause: 'its quota is paused for another',
  quota: 'its quota is used up for another',
};
export const THROTTLE_REASONS: Readonly<Record<ThrottleRefusal, string>> = {
  'queue-full': 'and too many calls are waiting for it already',
  'wait-too-long': 'which is longer than the call may wait',
};

/** A failure that this package caused. */
export function localFailure(failure: Omit<Failure, 'verdict'>): Failure {
  return createFailure({ ...failure, verdict: 'retryable' });
}

export function timeoutFailure(message: string): Failure {
  return localFailure({
    code: 'Timeout',
    source: 'timeout',
    message,
    ambiguous: true,
    advice: TIMEOUT_ADVICE,
  });
}

export function closedBefore(operation: string): Failure {
  return createFailure({
    code: 'Closed',
    source: 'cancelled',
    verdict: 'terminal',
    message: `${operation} was not sent: the wrapper is closed`,
    advice:
      'The program called close(), usually because it is about to exit. Make this call earlier, or with another wrapper.',
  });
}

export function closedWhileSent(operation: string): Failure {
  return createFailure({
    code: 'Closed',
    source: 'cancelled',
    verdict: 'terminal',
    ambiguous: true,
    message: `${operation} was aborted: the wrapper was closed before a response arrived`,
    advice:
      'The request may have been carried out: check whether it was before you send it again. A longer timeoutMs of close() gives calls more time to end.',
  });
}

export function duration(ms: number): string {
  return ms < 1_000 ? `${Math.ceil(ms)} ms` : `${Math.ceil(ms / 100) / 10} s`;
}
