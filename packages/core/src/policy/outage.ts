import type { Failure } from '../failure/failure.ts';
import type { CircuitOutcome } from './circuit.ts';

/** A healthy service answers 501 and 505 too, to a request that it will never carry out. */
const NOT_AN_OUTAGE: ReadonlySet<number> = new Set([501, 505]);

/** What a failure says about the service's health: a request that was wrong says nothing. */
export function circuitOutcomeOf(failure: Failure): CircuitOutcome {
  const { status, source } = failure;
  if (status !== undefined)
    return status >= 500 && !NOT_AN_OUTAGE.has(status) ? 'failure' : 'neutral';
  return source === 'network' || source === 'timeout' ? 'failure' : 'neutral';
}
