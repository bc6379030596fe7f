import type { MetricName } from '../../src/definition.ts';
import type { MetricSource } from '../options.ts';

/** The metrics that OpenTelemetry has as well, under the same names. */
const OTLP_METRICS: ReadonlySet<MetricName> = new Set<MetricName>([
  ...(['operations_total', 'operation_duration_seconds', 'errors_total'] as const),
  ...(['attempts_total', 'retries_total', 'operations_in_flight'] as const),
  ...(['failures_since_success', 'last_success_timestamp_seconds'] as const),
  ...(['last_error_timestamp_seconds', 'start_time_seconds'] as const),
  ...(['circuit_state', 'circuit_transitions_total'] as const),
  ...(['quota_limit', 'quota_used', 'quota_waiting'] as const),
]);

/** Whether the source has a metric. */
export function hasMetric(source: MetricSource, name: MetricName): boolean {
  return source === 'prom' || OTLP_METRICS.has(name);
}
