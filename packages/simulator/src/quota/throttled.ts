import type { ApiErrorDetails } from '../call.ts';
import { errorMessage, type Service } from '../errors.ts';
import { timespan } from '../message.ts';
import type { ExceededLimit } from './group-quota.ts';

/** Rounds up to whole milliseconds, ignoring the tiny error in the difference of two clock readings. */
export function wholeMs(waitMs: number): number {
  return Math.ceil(Number(waitMs.toFixed(6)));
}

/** Rounds up to whole seconds, so that a caller that waits that long is allowed. */
export function secondsOf(waitMs: number): number {
  return Math.ceil(wholeMs(waitMs) / 1000);
}

const WINDOW_MS = { minute: 60_000, hour: 3_600_000 } as const;

// Graph's documentation of throttling shows these texts. They do not contain the wait: a header does.
const GRAPH_THROTTLED: ApiErrorDetails = {
  message: 'Please retry again later.',
  inner: { code: '429', message: 'Please retry after', status: '429' },
};

/** The details of a 429 for the limit that was exceeded. */
export function throttledDetails(service: Service, exceeded: ExceededLimit): ApiErrorDetails {
  if (service === 'graph') return GRAPH_THROTTLED;
  const waitMs = 1000 * secondsOf(exceeded.waitMs);
  if (exceeded.kind === 'execution-time') {
    // The portal's error list has this sentence, but does not show the format of the duration.
    return {
      message: `You have exceeded processing resources allocated to this tenant. You can run queries again in ${timespan(waitMs)}.`,
    };
  }
  // A real 429, as minemeld's issue tracker quotes it.
  const { limit, per } = exceeded;
  const key = 'Destination+TenantID+AppID';
  return {
    message: errorMessage('429', { values: { limit, windowMs: WINDOW_MS[per], key, waitMs } }),
  };
}
