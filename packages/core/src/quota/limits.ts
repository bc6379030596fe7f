import type { Quota } from '../catalogue/entry.ts';
import type { Failure } from '../failure/failure.ts';

/** How many calls may be sent in any span of `windowMs`. */
export interface WindowLimit {
  readonly per: 'minute' | 'hour';
  readonly limit: number;
  readonly windowMs: number;
}

/** How long queries may run in any span of `windowMs`. */
export interface ExecutionTimeLimit {
  readonly limitMs: number;
  readonly windowMs: number;
}

/** All limits of one quota group. */
export interface GroupLimits {
  readonly windows: readonly WindowLimit[];
  readonly executionTime: readonly ExecutionTimeLimit[];
}

/** The limits of a group that is held only by pauses. */
export const NO_LIMITS: GroupLimits = { windows: [], executionTime: [] };

const REAL_MINUTE_MS = 60_000;

/**
 * The limits of a group; undefined if it has none.
 *
 * @param minuteMs - how long a minute lasts; every window is scaled to it.
 */
export function groupLimits(quota: Quota | undefined, minuteMs: number): GroupLimits | undefined {
  if (quota === undefined) return undefined;
  const { perMinute, perHour, runningMsPerHour, runningMsPerDay } = quota;
  const hourMs = 60 * minuteMs;
  const scale = minuteMs / REAL_MINUTE_MS;
  const windows: WindowLimit[] = [];
  if (perMinute !== undefined)
    windows.push({ per: 'minute', limit: perMinute, windowMs: minuteMs });
  if (perHour !== undefined) windows.push({ per: 'hour', limit: perHour, windowMs: hourMs });
  const executionTime: ExecutionTimeLimit[] = [];
  if (runningMsPerHour !== undefined) {
    executionTime.push({ limitMs: runningMsPerHour * scale, windowMs: hourMs });
  }
  if (runningMsPerDay !== undefined) {
    executionTime.push({ limitMs: runningMsPerDay * scale, windowMs: 24 * hourMs });
  }
  return windows.length + executionTime.length === 0 ? undefined : { windows, executionTime };
}

/** The limit that a 429 is about. */
export interface ThrottledWindow {
  readonly per: 'minute' | 'hour';
  /** The service's own limit, if the message names it. */
  readonly limit?: number;
}

/**
 * The window that a 429 is about; undefined for a limit on processing time instead of calls.
 *
 * @param waitMs - how long the service asked to wait.
 * @param minuteMs - how long a minute lasts.
 */
export function throttledWindow(
  { values }: Failure,
  waitMs: number,
  minuteMs: number,
): ThrottledWindow | undefined {
  const { limit, windowMs } = { ...values };
  if (typeof limit === 'number' && typeof windowMs === 'number') {
    return { per: windowMs > REAL_MINUTE_MS ? 'hour' : 'minute', limit };
  }
  // A message with a wait but no limit is about processing time.
  if (values !== undefined && limit === undefined) return undefined;
  return { per: waitMs > minuteMs ? 'hour' : 'minute' };
}
