import { Observer } from "@defender-resilience/core";
import { IncomingMessage, ServerResponse } from "node:http";
/** Every metric, named without the prefix. */
type MetricName = "errors_total" | "give_ups_total" | "operations_total" | "operation_duration_seconds" | "attempts_total" | "attempt_duration_seconds" | "retries_total" | "retry_wait_seconds_total" | "rejections_total" | "throttle_waits_total" | "throttle_wait_seconds_total" | "quota_limit" | "quota_used" | "quota_waiting" | "quota_next_free_seconds" | "quota_running_time_seconds" | "quota_running_time_limit_seconds" | "quota_limit_changes_total" | "quota_store_up" | "circuit_state" | "circuit_transitions_total" | "operations_in_flight" | "queue_length" | "last_error_timestamp_seconds" | "info";
/** Every label. */
type LabelName = "code" | "class" | "operation" | "outcome" | "status" | "method" | "status_class" | "reason" | "source" | "quota_group" | "per" | "circuit" | "state" | "to" | "version";
/** The labels that take names as they come, until there are too many. */
type LimitName = "maxOperations" | "maxCircuits" | "maxQuotaGroups";
/**
 * The values that a label can have, always a closed set: those listed; the codes of core's
 * `metricCodes` (and `or`, where given); the first names that come, every further one being
 * `_OTHER`; or one value for the whole process.
 */
type LabelValues = {
  readonly kind: "listed";
  readonly values: readonly string[];
} | {
  readonly kind: "codes";
  readonly or?: string;
} | {
  readonly kind: "first";
  readonly limit: LimitName;
} | {
  readonly kind: "constant";
};
/** One label of one metric. */
interface MetricLabel {
  readonly name: LabelName;
  readonly values: LabelValues;
  /** Set where the value follows from another label's: it makes no further series. */
  readonly determinedBy?: LabelName;
  readonly meaning: string;
}
/**
 * When series are born with the value 0, so that `increase()` sees the first event: at the start, or
 * when their operation, quota group or circuit is first met, or the quota of their group first seen.
 * `only` narrows labels to some of their values; every combination of the rest is born.
 */
interface ZeroRule {
  readonly when: "start" | "operation" | "quota_group" | "quota" | "circuit";
  readonly only?: Partial<Readonly<Record<LabelName, readonly string[]>>>;
}
/** One metric. */
interface MetricDefinition {
  /** Without the prefix. */
  readonly name: MetricName;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly MetricLabel[];
  /** The upper bounds of a histogram's buckets but `+Inf`, in seconds. */
  readonly buckets?: readonly number[];
  /** Absent: a series is born with its first event. */
  readonly zero?: ZeroRule;
  /** Whether its series carry exemplars where the registry is OpenMetrics. */
  readonly exemplars: boolean;
  /** How the workers of a cluster are put together. */
  readonly aggregator: "sum" | "max" | "min";
  /** Set where the quotas are read at each scrape, rather than events counted as they happen. */
  readonly readsQuotas?: true;
}
/** The prefix unless the option `prefix` says otherwise. */
export declare const DEFAULT_PREFIX = "defender_client_";
/** One failed attempt, or a call that was refused. */
interface RecentError {
  /** ISO 8601, in UTC. */
  readonly time: string;
  readonly operation: string;
  /** As the label `code` of the metrics. */
  readonly code: string;
  /** The HTTP status, where there was one. */
  readonly status?: number;
  /** The ID to give to Microsoft. */
  readonly trackingId?: string;
  readonly traceId?: string;
  /** Counts from 1; 0 for a call that was refused before its first attempt. */
  readonly attempt: number;
  /** True when the call ended with this error, false when it was tried again. */
  readonly final: boolean;
}
/** Which errors to list. */
interface RecentErrorsQuery {
  /** Only those with this code. */
  readonly code?: string;
  /** Only those of this time or later: a date, or milliseconds since 1970. */
  readonly since?: Date | number;
}
/** The last errors with their tracking IDs, kept in memory. */
interface RecentErrors {
  /** The newest first. */
  list(query?: RecentErrorsQuery): readonly RecentError[];
  /** How many errors have been forgotten to make room. */
  readonly dropped: number;
}
/** What is served: a registry, or whatever puts several together, such as those of a cluster. */
interface MetricsSource {
  readonly contentType: string;
  metrics(): Promise<string>;
}
/** What `metricsHandler` serves beside the metrics. */
interface MetricsHandlerOptions {
  /** @defaultValue `'/metrics'` */
  readonly path?: string;
  /**
   * Serves an observer's last errors as JSON, with their tracking IDs: for your own network alone.
   *
   * @defaultValue none are served
   */
  readonly recentErrors?: RecentErrors;
  /** @defaultValue `'/debug/defender/errors'` */
  readonly recentErrorsPath?: string;
}
/**
 * A listener of `node:http`, or a handler of the frameworks that are built on it. With `next`, as
 * express gives it, it leaves other paths to it; without, it answers them with 404.
 */
type MetricsHandler = (request: IncomingMessage & {
  readonly baseUrl?: string;
}, response: ServerResponse, next?: () => void) => void;
/**
 * Makes a handler that serves `/metrics`.
 *
 * @param source - the registry, `observer.register`
 * @throws TypeError when it is given something else
 */
export declare function metricsHandler(source: MetricsSource, options?: MetricsHandlerOptions): MetricsHandler;
/**
 * The one table of metrics, in the order in which it is documented. From here come the metrics
 * themselves, their reference page, the dashboards and the alerts.
 */
export declare const metrics: readonly MetricDefinition[];
/** A registry of prom-client 15 or of its successor `@prometheus-io/client`. */
interface MetricRegistry {
  readonly contentType: string;
  metrics(): Promise<string>;
  getSingleMetric(name: string): unknown;
  registerMetric(metric: object): void;
}
/** What is needed of the module prom-client, or of its successor: the registry that all share. */
interface MetricClient {
  readonly register: MetricRegistry;
}
/** What is known of the trace that a call belongs to. */
interface TraceContext {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** Whether the trace is recorded: only then does an exemplar point to it. */
  readonly sampled: boolean;
}
/** The options of `promObserver`. Every one has a default. */
interface PromObserverOptions {
  /**
   * The registry that the metrics go into: of prom-client 15 or of `@prometheus-io/client`, with
   * whatever it holds already.
   *
   * @defaultValue the `register` of `client`
   */
  readonly register?: MetricRegistry;
  /** prom-client, or the module `@prometheus-io/client`. Not used where `register` is given. @defaultValue prom-client */
  readonly client?: MetricClient;
  /** What every metric's name begins with. @defaultValue `'defender_client_'` */
  readonly prefix?: string;
  /**
   * Whether counters and histograms carry the tracking ID and the trace ID of their last event.
   * Takes a registry of the type OpenMetrics: with a text registry there are none, and a process
   * warning says so unless this is `false`.
   *
   * @defaultValue `true`
   */
  readonly exemplars?: boolean;
  /** How many of the last errors `recentErrors` keeps, 0 to 1,000. @defaultValue `{ capacity: 100 }` */
  readonly recentErrors?: {
    readonly capacity?: number;
  };
  /** Labels that every series carries, such as the tenant's name: at most 10, each one fixed value. */
  readonly constantLabels?: Readonly<Record<string, string>>;
  /**
   * How many operations have series of their own, 1 to 10,000; further ones are `_OTHER`. Of several
   * observers in one registry with the same constant labels, the first one decides.
   *
   * @defaultValue 200, which is more than the operations table holds
   */
  readonly maxOperations?: number;
  /** The same for circuits. @defaultValue 100 */
  readonly maxCircuits?: number;
  /** The same for quota groups. @defaultValue 50 */
  readonly maxQuotaGroups?: number;
  /**
   * Tells the trace that is active now. Called in the context of each attempt.
   *
   * @defaultValue reads the active span of OpenTelemetry, where the program uses it
   */
  readonly traceContext?: () => TraceContext | undefined;
  /** Tells the time, in milliseconds since 1970. @defaultValue the time of this process */
  readonly clock?: {
    epoch(): number;
  };
}
/** An observer that counts into a registry of prom-client. */
interface PromObserver extends Observer {
  /** The registry that the metrics are in. */
  readonly register: MetricRegistry;
  /** The last errors with their tracking IDs. */
  readonly recentErrors: RecentErrors;
}
/**
 * Makes an observer that counts calls, attempts, retries, errors and circuits for Prometheus, and
 * shows the quotas.
 *
 * It puts its metrics into the registry at once, reuses them where another observer has put them
 * there, and never clears a registry or collects anything else. Where several observers are used,
 * name it after those that trace, so that it sees their spans.
 *
 * @throws TypeError that names every fault of the options at once
 * @throws Error when no registry is given and prom-client is not installed, or when a name belongs to
 * a metric of someone else
 */
export declare function promObserver(options?: PromObserverOptions): PromObserver;
export type { LabelName, LabelValues, LimitName, MetricClient, MetricDefinition, MetricLabel, MetricName, MetricRegistry, MetricsHandler, MetricsHandlerOptions, MetricsSource, PromObserver, PromObserverOptions, RecentError, RecentErrors, RecentErrorsQuery, TraceContext, ZeroRule };
