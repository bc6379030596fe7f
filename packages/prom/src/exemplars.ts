import type { Labels } from './client.ts';
import type { TraceContext } from './trace-context.ts';

const TRACKING_ID = /^[\w.:-]{1,64}$/;

/** The tracking ID; undefined if the service sent something else. */
export function validTrackingId(id: string | undefined): string | undefined {
  return id !== undefined && TRACKING_ID.test(id) ? id : undefined;
}

/**
 * The labels of an exemplar; undefined if there is nothing to point to. They have at most 115 of the 128
 * characters that OpenMetrics allows: Prometheus rejects a scrape with a longer exemplar.
 */
export function exemplarLabels(
  trackingId: string | undefined,
  trace: TraceContext | undefined,
): Labels | undefined {
  const id = validTrackingId(trackingId);
  const traceId = trace?.sampled === true ? trace.traceId : undefined;
  if (id === undefined) return traceId === undefined ? undefined : { trace_id: traceId };
  return traceId === undefined ? { tracking_id: id } : { tracking_id: id, trace_id: traceId };
}
