import type { Failure } from '../failure/failure.ts';
import type { CircuitOutcome } from './circuit.ts';

/** 501 and 505 are answers of a service that is well: it will never do what was asked. */
const NOT_AN_OUTAGE: ReadonlySet<number> = new Set([501, 505]);

/** What a failure says of the service's health: only what it cannot help counts against it. */
export function circuitOutcomeOf(failure: Failure): CircuitOutcome {
  const { status, source } = failure;
  if (status !== undefined)
    return status >= 500 && !NOT_AN_OUTAGE.has(status) ? 'failure' : 'neutral';
  return source === 'network' || source === 'timeout' ? 'failure' : 'neutral';
}
