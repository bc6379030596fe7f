import type { Labels } from './cells.ts';
import type { TraceContext } from './trace-context.ts';

const TRACKING_ID = /^[\w.:-]{1,64}$/;

/** The tracking ID, unless the service wrote something that no exemplar and no record should hold. */
export function fitTrackingId(id: string | undefined): string | undefined {
  return id !== undefined && TRACKING_ID.test(id) ? id : undefined;
}

/**
 * The labels of an exemplar; undefined where there is nothing to point to. At most 115 of the 128
 * characters that OpenMetrics allows: one longer exemplar makes Prometheus refuse the whole scrape.
 */
export function exemplarLabels(
  trackingId: string | undefined,
  trace: TraceContext | undefined,
): Labels | undefined {
  const id = fitTrackingId(trackingId);
  const traceId = trace?.sampled === true ? trace.traceId : undefined;
  if (id === undefined) return traceId === undefined ? undefined : { trace_id: traceId };
  return traceId === undefined ? { tracking_id: id } : { tracking_id: id, trace_id: traceId };
}
