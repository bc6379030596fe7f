import type { Quota } from '../catalogue/entry.ts';

/** How many calls may be sent in any stretch of `windowMs`. */
export interface WindowLimit {
  readonly per: 'minute' | 'hour';
  readonly limit: number;
  readonly windowMs: number;
}

/** How long queries may run in any stretch of `windowMs`. */
export interface RunningLimit {
  readonly limitMs: number;
  readonly windowMs: number;
}

/** All limits of one quota group; at least one of them is there. */
export interface GroupLimits {
  readonly windows: readonly WindowLimit[];
  readonly running: readonly RunningLimit[];
}

export const REAL_MINUTE_MS = 60_000;

/**
 * The limits of a group; undefined where nothing limits it.
 *
 * @param minuteMs - how long a minute lasts, which everything is scaled to.
 */
export function groupLimits(quota: Quota | undefined, minuteMs: number): GroupLimits | undefined {
  if (quota === undefined) return undefined;
  const { perMinute, perHour, runningMsPerHour, runningMsPerDay } = quota;
  const hourMs = 60 * minuteMs;
  const scale = minuteMs / REAL_MINUTE_MS;
  const windows: WindowLimit[] = [];
  if (perMinute !== undefined) {
    windows.push({ per: 'minute', limit: perMinute, windowMs: minuteMs });
  }
  if (perHour !== undefined) windows.push({ per: 'hour', limit: perHour, windowMs: hourMs });
  const running: RunningLimit[] = [];
  if (runningMsPerHour !== undefined) {
    running.push({ limitMs: runningMsPerHour * scale, windowMs: hourMs });
  }
  if (runningMsPerDay !== undefined) {
    running.push({ limitMs: runningMsPerDay * scale, windowMs: 24 * hourMs });
  }
  return windows.length + running.length === 0 ? undefined : { windows, running };
}
