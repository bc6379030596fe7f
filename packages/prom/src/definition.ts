/** Every metric, named without the prefix. */
export type MetricName =
  | 'errors_total'
  | 'give_ups_total'
  | 'operations_total'
  | 'operation_duration_seconds'
  | 'attempts_total'
  | 'partial_responses_total'
  | 'attempt_duration_seconds'
  | 'retries_total'
  | 'retry_wait_seconds_total'
  | 'rejections_total'
  | 'throttle_waits_total'
  | 'throttle_wait_seconds_total'
  | 'quota_limit'
  | 'quota_used'
  | 'quota_waiting'
  | 'quota_next_free_seconds'
  | 'quota_running_time_seconds'
  | 'quota_running_time_limit_seconds'
  | 'quota_limit_changes_total'
  | 'quota_store_up'
  | 'circuit_state'
  | 'circuit_transitions_total'
  | 'operations_in_flight'
  | 'queue_length'
  | 'failures_since_success'
  | 'last_success_timestamp_seconds'
  | 'last_error_timestamp_seconds'
  | 'start_time_seconds'
  | 'info';

/** Every label. */
export type LabelName =
  | 'code'
  | 'class'
  | 'operation'
  | 'outcome'
  | 'status'
  | 'method'
  | 'status_class'
  | 'reason'
  | 'source'
  | 'quota_group'
  | 'per'
  | 'circuit'
  | 'state'
  | 'to'
  | 'version';

/** The limits of labels whose values are not known beforehand. */
export type LimitName = 'maxOperations' | 'maxCircuits' | 'maxQuotaGroups';

/**
 * The values of a label, always a bounded set: those listed; the codes of core's `metricCodes` (and `or`, if
 * given); the first names that occur, with `_OTHER` for all others; or one value for the whole process.
 */
export type LabelValues =
  | { readonly kind: 'listed'; readonly values: readonly string[] }
  | { readonly kind: 'codes'; readonly or?: string }
  | { readonly kind: 'first'; readonly limit: LimitName }
  | { readonly kind: 'constant' };

/** One label of one metric. */
export interface MetricLabel {
  readonly name: LabelName;
  readonly values: LabelValues;
  /** The label whose value determines this one, so that it adds no series. */
  readonly determinedBy?: LabelName;
  readonly meaning: string;
}

/**
 * When series are initialized to 0, so that `increase()` sees their first event: at the start, when their
 * operation, quota group or circuit first occurs, or when their group first has a quota. All combinations of
 * label values are initialized; `only` restricts labels to some of their values.
 */
export interface ZeroRule {
  readonly when: 'start' | 'operation' | 'quota_group' | 'quota' | 'circuit';
  readonly only?: Partial<Readonly<Record<LabelName, readonly string[]>>>;
}

/** One metric. */
export interface MetricDefinition {
  /** Without the prefix. */
  readonly name: MetricName;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly MetricLabel[];
  /** The upper bounds of a histogram's buckets without `+Inf`, in seconds. */
  readonly buckets?: readonly number[];
  /** Absent: a series appears with its first event. */
  readonly zero?: ZeroRule;
  /** Whether its series have exemplars if the registry is OpenMetrics. */
  readonly exemplars: boolean;
  /** How prom-client combines the workers of a cluster. */
  readonly aggregator: 'sum' | 'max' | 'min';
  /** Set if a scrape reads the quotas first. */
  readonly readsQuotas?: true;
}

/** The prefix unless the option `prefix` says otherwise. */
export const DEFAULT_PREFIX = 'defender_client_';

/** The label value of everything outside a label's bounded set. */
export const OTHER = '_OTHER';

/** How many names the labels of kind `first` accept by default. */
export const DEFAULT_LIMITS: Readonly<Record<LimitName, number>> = Object.freeze({
  maxOperations: 200,
  maxCircuits: 100,
  maxQuotaGroups: 50,
});
