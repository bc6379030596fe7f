import type { Failure } from '../failure/failure.ts';
import { REAL_MINUTE_MS } from './limits.ts';

/** What a refusal says of the limit that was reached. */
export interface Refused {
  readonly per: 'minute' | 'hour';
  /** The service's own limit, where it told it. */
  readonly limit?: number;
}

/**
 * Which window refused a call; undefined where it was no limit on calls, but one on processing time.
 *
 * @param waitMs - how long the service asked to wait.
 * @param minuteMs - how long a minute lasts.
 */
export function refusedWindow(
  { values }: Failure,
  waitMs: number,
  minuteMs: number,
): Refused | undefined {
  const { limit, windowMs } = { ...values };
  if (typeof limit === 'number' && typeof windowMs === 'number') {
    return { per: windowMs > REAL_MINUTE_MS ? 'hour' : 'minute', limit };
  }
  // It told a wait and no limit: that is how processing time is refused.
  if (values !== undefined && limit === undefined) return undefined;
  return { per: waitMs > minuteMs ? 'hour' : 'minute' };
}
