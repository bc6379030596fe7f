import { familyOfHost, type HostMap } from '../catalogue/hosts.ts';
import { type ClassifyOptions, classifyAfresh } from '../failure/classify.ts';
import { changeFailure, createFailure, type Failure } from '../failure/failure.ts';
import { attachPartial } from '../failure/partial.ts';
import type { AttemptSender, CallSpec, ClientCall } from './call.ts';

/** How one attempt ended: with the client's value or its error. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: unknown };

/** The value or error of an attempt. */
export function settledValue(outcome: Outcome<unknown>): unknown {
  return outcome.ok ? outcome.value : outcome.error;
}

/** Returns the value of an attempt, or throws its error. */
export function unwrap<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw outcome.error;
}

/** Undefined for a success; a promise if the response's body must be read first. */
export type Classification = Promise<Failure | undefined> | Failure | undefined;

/** The caller aborted the call, however the client reported it. */
export const CANCELLED: Failure = createFailure({
  code: 'Cancelled',
  message: 'The caller aborted the call',
  verdict: 'terminal',
  source: 'cancelled',
});

const UNKNOWN: Failure = createFailure({
  code: 'Unknown',
  message: 'The call was rejected with something that is not an error',
  verdict: 'terminal',
  source: 'unknown',
});

/** Classifies an outcome by itself. */
export function classifyOutcome<T>(
  call: ClientCall<T>,
  attempt: AttemptSender,
  outcome: Outcome<T>,
  time: ClassifyOptions,
): Classification {
  if (outcome.ok) {
    if (call.statusOf?.(outcome.value) === 206) attachPartial(outcome.value);
    return call.classifyResult(outcome.value, attempt);
  }
  if (call.signal?.aborted) return CANCELLED;
  const { error } = outcome;
  const known = call.classifyError?.(error, attempt);
  if (!(known instanceof Promise)) return known ?? classifyError(error, time);
  return known.then((failure) => failure ?? classifyError(error, time));
}

function classifyError(error: unknown, time: ClassifyOptions): Failure {
  return classifyAfresh(error, time) ?? UNKNOWN;
}

/**
 * The failure as everyone sees it: the circuit, the retry decision, the observers' attempt, retry and call
 * events, and `failureOf`.
 */
export function reportedFailure<T>(
  classified: Failure,
  call: ClientCall<T>,
  hosts: HostMap | undefined,
): Failure {
  const failure = markAmbiguous(classified, call, hosts);
  const advice = adviceFor(failure, call);
  if (advice === undefined) return failure;
  // The caller must not blindly repeat a request that may have been carried out either.
  return mayHaveActed(failure, call)
    ? changeFailure(failure, { verdict: 'terminal', advice })
    : changeFailure(failure, { advice });
}

/**
 * Marks a 5xx from an unknown host as ambiguous: unlike Defender's, it may have executed the request. A
 * Retry-After means that it did not.
 */
function markAmbiguous(failure: Failure, call: CallSpec, hosts: HostMap | undefined): Failure {
  const { status = 0, verdict, retryAfterMs } = failure;
  const { limits, host } = call;
  if (limits.idempotent || host === undefined || status < 500 || verdict === 'terminal')
    return failure;
  if (retryAfterMs !== undefined || familyOfHost(host, hosts) !== undefined) return failure;
  return changeFailure(failure, { ambiguous: true });
}

function mayHaveActed({ ambiguous }: Failure, { limits }: CallSpec): boolean {
  return ambiguous === true && !limits.idempotent;
}

/** More specific advice than the failure's own; undefined if there is none. */
function adviceFor<T>(failure: Failure, call: ClientCall<T>): string | undefined {
  if (!mayHaveActed(failure, call)) return call.bodyAdvice?.(failure);
  const lookUp = call.operation.ambiguityAdvice ?? 'Check whether it was before you send it again.';
  return `The request may have been carried out although no response arrived. ${lookUp}`;
}
