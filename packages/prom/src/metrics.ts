import { deepFreeze } from './deep-freeze.ts';
import type { MetricDefinition, MetricName } from './definition.ts';
import * as label from './labels.ts';

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

const counter = { type: 'counter', aggregator: 'sum' } as const;
const quotaGauge = { type: 'gauge', readsQuotas: true, exemplars: false } as const;
const histogram = { type: 'histogram', aggregator: 'sum', buckets: SECONDS } as const;

/**
 * All metrics, in the order of their documentation. The observer, the reference page, the dashboards
 * and the alerts are built from this table.
 */
export const metrics: readonly MetricDefinition[] = deepFreeze<MetricDefinition[]>([
  {
    ...counter,
    name: 'errors_total',
    help: 'Calls that ended with an error after all retries, by error code. A cancelled call is not an error.',
    labels: [label.code, label.errorClass],
    zero: { when: 'start' },
    exemplars: true,
  },
  {
    ...counter,
    name: 'give_ups_total',
    help: 'Calls that ended with an error, by why they were not retried.',
    labels: [label.giveUpReason],
    zero: { when: 'start' },
    exemplars: true,
  },
  {
    ...counter,
    name: 'operations_total',
    help: 'Calls that ended, each counted once.',
    labels: [label.operation, label.outcome, label.codeOrNone],
    zero: { when: 'operation', only: { outcome: ['success'], code: [''] } },
    exemplars: false,
  },
  {
    ...histogram,
    name: 'operation_duration_seconds',
    help: 'How long calls took with all their attempts and waits.',
    labels: [label.operation, label.outcome],
    zero: { when: 'operation', only: { outcome: ['success'] } },
    exemplars: true,
  },
  {
    ...counter,
    name: 'attempts_total',
    help: 'Attempts that ended, by the HTTP status of their response.',
    labels: [label.operation, label.status],
    exemplars: false,
  },
  {
    ...counter,
    name: 'partial_responses_total',
    help: 'Successful responses of Graph without the results of a security provider (206 with Warning).',
    labels: [label.operation],
    exemplars: false,
  },
  {
    ...histogram,
    name: 'attempt_duration_seconds',
    help: 'How long attempts took until the response headers arrived.',
    labels: [label.method, label.statusClass],
    exemplars: true,
  },
  {
    ...counter,
    name: 'retries_total',
    help: 'Scheduled retries, by the error code of the failed attempt.',
    labels: [label.operation, label.retryReason],
    zero: { when: 'operation', only: { reason: ['InternalServerError', 'TooManyRequests'] } },
    exemplars: true,
  },
  {
    ...counter,
    name: 'retry_wait_seconds_total',
    help: 'Time that calls wait before a retry.',
    labels: [label.waitSource],
    zero: { when: 'start' },
    exemplars: false,
  },
  {
    ...counter,
    name: 'rejections_total',
    help: 'Calls that were rejected without being sent.',
    labels: [label.rejectionReason],
    zero: { when: 'start' },
    exemplars: false,
  },
  {
    ...counter,
    name: 'throttle_waits_total',
    help: 'Attempts that waited for a pause requested by the service, or for their quota.',
    labels: [label.quotaGroup, label.holdReason],
    zero: { when: 'quota_group' },
    exemplars: false,
  },
  {
    ...counter,
    name: 'throttle_wait_seconds_total',
    help: 'Time that attempts were expected to wait for a pause or for their quota.',
    labels: [label.quotaGroup, label.holdReason],
    zero: { when: 'quota_group' },
    exemplars: false,
  },
  {
    ...quotaGauge,
    name: 'quota_limit',
    help: 'Calls that a quota currently allows in a window: its limit, or less after a 429.',
    labels: [label.quotaGroup, label.per],
    aggregator: 'max',
  },
  {
    ...quotaGauge,
    name: 'quota_used',
    help: 'Calls in the window that ends now, as far as the process knows.',
    labels: [label.quotaGroup, label.per],
    aggregator: 'max',
  },
  {
    ...quotaGauge,
    name: 'quota_waiting',
    help: 'Calls that wait for their quota.',
    labels: [label.quotaGroup],
    aggregator: 'sum',
  },
  {
    ...quotaGauge,
    name: 'quota_next_free_seconds',
    help: 'Time until the next call may be sent; zero if one may be sent now.',
    labels: [label.quotaGroup],
    aggregator: 'max',
  },
  {
    ...quotaGauge,
    name: 'quota_running_time_seconds',
    help: 'Running time of queries in the window of its scarcest limit, if it is limited.',
    labels: [label.quotaGroup],
    aggregator: 'max',
  },
  {
    ...quotaGauge,
    name: 'quota_running_time_limit_seconds',
    help: 'The scarcest limit on the running time of queries, if it is limited.',
    labels: [label.quotaGroup],
    aggregator: 'max',
  },
  {
    ...counter,
    name: 'quota_limit_changes_total',
    help: 'Changes of the limits that quotas allow.',
    labels: [label.quotaGroup, label.changeReason],
    zero: { when: 'quota' },
    readsQuotas: true,
    exemplars: false,
  },
  {
    ...quotaGauge,
    name: 'quota_store_up',
    help: 'One while the shared quota store is reachable, zero while it is not. Absent without a store.',
    labels: [],
    aggregator: 'min',
  },
  {
    name: 'circuit_state',
    type: 'gauge',
    help: 'One for the state that a circuit is in, zero for the others.',
    labels: [label.circuit, label.circuitOperation, label.circuitState],
    zero: { when: 'circuit' },
    exemplars: false,
    aggregator: 'max',
  },
  {
    ...counter,
    name: 'circuit_transitions_total',
    help: 'Changes of the state of circuits.',
    labels: [label.circuit, label.circuitTo],
    zero: { when: 'circuit' },
    exemplars: false,
  },
  {
    name: 'operations_in_flight',
    type: 'gauge',
    help: 'Calls that have started but not ended.',
    labels: [],
    zero: { when: 'start' },
    exemplars: false,
    aggregator: 'sum',
  },
  {
    name: 'queue_length',
    type: 'gauge',
    help: 'Calls that currently wait for a pause requested by the service, or for their quota.',
    labels: [],
    zero: { when: 'start' },
    exemplars: false,
    aggregator: 'sum',
  },
  {
    name: 'failures_since_success',
    type: 'gauge',
    help: 'Calls of the operation that ended with this code since one last succeeded. Absent until one does.',
    labels: [label.operation, label.code, label.errorClass],
    exemplars: false,
    aggregator: 'max',
  },
  {
    name: 'last_success_timestamp_seconds',
    type: 'gauge',
    help: 'When a call of the operation last succeeded, in seconds since 1970; zero until one does.',
    labels: [label.operation],
    zero: { when: 'operation' },
    exemplars: false,
    aggregator: 'max',
  },
  {
    name: 'last_error_timestamp_seconds',
    type: 'gauge',
    help: 'When a call of the operation last ended with this code, in seconds since 1970. Absent until one does.',
    labels: [label.operation, label.code, label.errorClass],
    exemplars: false,
    aggregator: 'max',
  },
  {
    name: 'start_time_seconds',
    type: 'gauge',
    help: 'When the observer was created, in seconds since 1970.',
    labels: [],
    exemplars: false,
    aggregator: 'min',
  },
  {
    name: 'info',
    type: 'gauge',
    help: 'One, labelled with the version of the package.',
    labels: [label.version],
    exemplars: false,
    aggregator: 'max',
  },
]);

/** One row of the table. */
export function metric(name: MetricName): MetricDefinition {
  const row = metrics.find((candidate) => candidate.name === name);
  if (row === undefined) throw new TypeError(`There is no metric ${name}`);
  return row;
}
