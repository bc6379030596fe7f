import type { LabelName } from '../src/definition.ts';
import type { MetricSource } from './options.ts';

/** The labels that the rules and dashboards read. */
export type QueryLabel = Exclude<LabelName, 'method' | 'status_class' | 'source' | 'version'>;

/** What OpenTelemetry's attributes are called in Prometheus, by the label of this package. */
const OTLP: Readonly<Record<QueryLabel, string>> = {
  operation: 'defender_operation',
  outcome: 'defender_outcome',
  code: 'error_type',
  class: 'defender_error_class',
  status: 'http_response_status_code',
  reason: 'defender_retry_reason',
  circuit: 'defender_circuit',
  state: 'defender_circuit_state',
  to: 'defender_circuit_to',
  quota_group: 'defender_quota_group',
  per: 'defender_quota_per',
};

/** What a label of a metric is called where the metric comes from. */
export function labelOf(source: MetricSource, label: QueryLabel): string {
  return source === 'otlp' ? OTLP[label] : label;
}

/**
 * An expression whose series have this package's labels, whatever their source. The labels of OpenTelemetry
 * stay beside them, so aggregate the result.
 */
export function withLabels(
  source: MetricSource,
  expr: string,
  labels: readonly QueryLabel[],
): string {
  if (source === 'prom') return expr;
  return labels.reduce((inner, label) => renamed(inner, label), expr);
}

function renamed(expr: string, label: QueryLabel): string {
  const copied = `label_replace(${expr}, "${label}", "$1", "${OTLP[label]}", "(.+)")`;
  // An answer without a code has its status there, and `Http503` in this package.
  return label === 'code'
    ? `label_replace(${copied}, "code", "Http$1", "error_type", "([1-5][0-9][0-9])")`
    : copied;
}
