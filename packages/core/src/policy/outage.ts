import type { Failure } from '../failure/failure.ts';
import { NON_RETRYABLE } from '../failure/http-failure.ts';
import type { CircuitOutcome } from './circuit.ts';

/** What a failure says about the service's health: a request that was wrong says nothing. */
export function circuitOutcomeOf(failure: Failure): CircuitOutcome {
  const { status, source } = failure;
  if (status !== undefined)
    return status >= 500 && !NON_RETRYABLE.has(status) ? 'failure' : 'neutral';
  return source === 'network' || source === 'timeout' ? 'failure' : 'neutral';
}
