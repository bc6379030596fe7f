import { familyOfHost, type HostMap } from '../catalogue/hosts.ts';
import type { Clock } from '../clock.ts';
import { classifyAfresh } from '../failure/classify.ts';
import type { Failure } from '../failure/failure.ts';
import type { GiveUpReason } from '../observe/observer.ts';
import type { Outcome } from './attempt.ts';
import type { CallSpec, ClientCall } from './call.ts';

/** What a client's value or error says, perhaps only after its body was read. */
export type Classification = Promise<Failure | undefined> | Failure | undefined;

/** The caller aborted: whatever the client made of it. */
export const CANCELLED: Failure = Object.freeze({
  code: 'Cancelled',
  message: 'The caller aborted the call',
  verdict: 'terminal',
  source: 'cancelled',
});

const UNKNOWN: Failure = Object.freeze({
  code: 'Unknown',
  message: 'The call was rejected with something that is not an error',
  verdict: 'terminal',
  source: 'unknown',
});

/** What an attempt's outcome says. */
export function classifyOutcome<T>(
  plan: ClientCall<T>,
  outcome: Outcome<T>,
  clock: Clock,
): Classification {
  if (outcome.ok) return plan.classifyResult(outcome.value);
  if (plan.signal?.aborted) return CANCELLED;
  return plan.classifyError?.(outcome.error) ?? failureOfError(outcome.error, clock);
}

function failureOfError(error: unknown, clock: Clock): Failure {
  return classifyAfresh(error, { now: () => clock.epoch() }) ?? UNKNOWN;
}

/**
 * The same failure, in doubt where a host that is none of Defender's answered with it: nobody documents
 * that such a host did nothing when it failed, unless it tells a wait and so asks for another try.
 */
export function withDoubt(
  failure: Failure,
  { idempotent, host }: Pick<CallSpec, 'idempotent' | 'host'>,
  hosts: HostMap | undefined,
): Failure {
  const { status = 0, verdict, retryAfterMs } = failure;
  if (idempotent || host === undefined || status < 500 || verdict === 'terminal') return failure;
  if (retryAfterMs !== undefined || familyOfHost(host, hosts) !== undefined) return failure;
  return { ...failure, ambiguous: true };
}

/** The failure as the caller sees it: an end that may have acted is not to be repeated blindly. */
export function finalFailure(
  failure: Failure,
  reason: GiveUpReason,
  { idempotent, operation }: Pick<CallSpec, 'idempotent' | 'operation'>,
): Failure {
  if (reason !== 'not-replayable' || !failure.ambiguous || idempotent) return failure;
  const lookUp = operation.ambiguityAdvice ?? 'Look up whether it was, before you send it again.';
  return {
    ...failure,
    verdict: 'terminal',
    advice: `The request may have been carried out although no answer came. ${lookUp}`,
  };
}
