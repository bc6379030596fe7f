import type { Clock } from '../clock.ts';
import { classifyAfresh } from '../failure/classify.ts';
import type { Failure } from '../failure/failure.ts';
import type { GiveUpReason } from '../observe/observer.ts';
import type { CallFacts } from './plan.ts';

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

/** What a client's rejection says. */
export function failureOfError(error: unknown, clock: Clock): Failure {
  return classifyAfresh(error, { now: () => clock.epoch() }) ?? UNKNOWN;
}

/** The failure as the caller sees it: an end that may have acted is not to be repeated blindly. */
export function finalFailure(
  failure: Failure,
  reason: GiveUpReason,
  { replayable, operation }: Pick<CallFacts, 'replayable' | 'operation'>,
): Failure {
  if (reason !== 'not-replayable' || !failure.ambiguous || replayable) return failure;
  const lookUp = operation.ambiguityAdvice ?? 'Look up whether it was, before you send it again.';
  return {
    ...failure,
    verdict: 'terminal',
    advice: `The request may have been carried out although no answer came. ${lookUp}`,
  };
}
