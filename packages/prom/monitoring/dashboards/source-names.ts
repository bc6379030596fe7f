import type { LabelName, MetricName } from '../../src/definition.ts';
import type { MetricSource } from '../options.ts';

/**
 * What becomes of the attributes of `@defender-resilience/otel` when Prometheus or an OpenTelemetry
 * collector translates them: every character that a label cannot have turns into `_`.
 */
const OTLP_LABELS: Readonly<Partial<Record<LabelName, string>>> = {
  operation: 'defender_operation',
  outcome: 'defender_outcome',
  code: 'error_type',
  class: 'defender_error_class',
  status: 'http_response_status_code',
  circuit: 'defender_circuit',
  state: 'defender_circuit_state',
  to: 'defender_circuit_to',
  quota_group: 'defender_quota_group',
  per: 'defender_quota_per',
};

/** The metrics that OpenTelemetry has as well, under the same names. */
const OTLP_METRICS: ReadonlySet<MetricName> = new Set<MetricName>([
  ...(['operations_total', 'operation_duration_seconds', 'errors_total'] as const),
  ...(['attempts_total', 'retries_total', 'operations_in_flight'] as const),
  ...(['failures_since_success', 'last_success_timestamp_seconds'] as const),
  ...(['last_error_timestamp_seconds', 'start_time_seconds'] as const),
  ...(['circuit_state', 'circuit_transitions_total'] as const),
  ...(['quota_limit', 'quota_used', 'quota_waiting'] as const),
]);

/** The name of a label in the series of a metric. */
export function labelOf(source: MetricSource, name: LabelName, metric?: MetricName): string {
  if (source === 'prom') return name;
  // A retry's reason is an attribute of its own; elsewhere `reason` does not occur.
  if (name === 'reason' && metric === 'retries_total') return 'defender_retry_reason';
  return OTLP_LABELS[name] ?? name;
}

/** Whether the source has a metric. */
export function hasMetric(source: MetricSource, name: MetricName): boolean {
  return source === 'prom' || OTLP_METRICS.has(name);
}
