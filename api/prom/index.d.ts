import { Observer, Resilience } from "@defender-resilience/core";
import { IncomingMessage, ServerResponse } from "node:http";
/** A registry of prom-client 15, or of its successor `@prometheus-io/client`. */
interface MetricRegistry {
  /** The content type of the text that `metrics()` resolves to. */
  readonly contentType: string;
  /** Collects all metrics and prints them. */
  metrics(): Promise<string>;
  /** The metric of this name; undefined if there is none. */
  getSingleMetric(name: string): unknown;
  /** Adds a metric. */
  registerMetric(metric: never): void;
}
/** A counter of prom-client, as far as this package uses it. */
interface ClientCounter {
  inc(labels: Record<string, string>, value: number): void;
  inc(increment: {
    labels: Record<string, string>;
    value: number;
    exemplarLabels: Record<string, string>;
  }): void;
  reset(): void;
}
/** A gauge of prom-client, as far as this package uses it. */
interface ClientGauge {
  set(labels: Record<string, string>, value: number): void;
  remove(labels: Record<string, string>): void;
  reset(): void;
}
/** A histogram of prom-client, as far as this package uses it. */
interface ClientHistogram {
  observe(labels: Record<string, string>, value: number): void;
  observe(observation: {
    labels: Record<string, string>;
    value: number;
    exemplarLabels: Record<string, string>;
  }): void;
  zero(labels: Record<string, string>): void;
  reset(): void;
}
/** The configuration of every metric. */
interface ClientMetricConfig {
  name: string;
  help: string;
  labelNames: string[];
  /** Empty: the metrics are registered together, after checking that none of the names is taken. */
  registers: [];
  aggregator: "sum" | "max" | "min";
  enableExemplars: boolean;
  collect: () => void;
}
/** The module prom-client or `@prometheus-io/client`, as far as this package uses it. */
interface MetricClient {
  readonly register: MetricRegistry;
  readonly Registry: new () => MetricRegistry;
  readonly Counter: new (config: ClientMetricConfig) => ClientCounter;
  readonly Gauge: new (config: ClientMetricConfig) => ClientGauge;
  readonly Histogram: new (config: ClientMetricConfig & {
    buckets: number[];
  }) => ClientHistogram;
}
/** The prefix unless the option `prefix` says otherwise. */
export declare const DEFAULT_PREFIX = "defender_client_";
/** One failed attempt, or a call that was rejected without an attempt. */
interface RecentError {
  /** The time of the error in ISO 8601, in UTC. */
  readonly time: string;
  /** The value of the label `operation` in the metrics. */
  readonly operation: string;
  /** The value of the label `code` in the metrics. */
  readonly code: string;
  /** The HTTP status; absent if there was no response. */
  readonly status?: number;
  /** The ID that Microsoft's support asks for; absent if the response had none. */
  readonly trackingId?: string;
  /** The trace of the attempt; absent if there was none. */
  readonly traceId?: string;
  /** The number of the attempt, from 1; 0 for a call that was rejected before its first attempt. */
  readonly attempt: number;
  /** Whether the call ended with this error; false if it was retried. */
  readonly final: boolean;
}
/** Which errors to list. */
interface RecentErrorsQuery {
  /** Lists only errors with this code. */
  readonly code?: string;
  /** Lists only errors at or after this time: a date, or milliseconds since 1970. */
  readonly since?: Date | number;
}
/** The last errors with their tracking IDs, in memory. */
interface RecentErrors {
  /** Lists errors, the newest first. */
  list(query?: RecentErrorsQuery): readonly RecentError[];
  /** How many errors were dropped to make room for newer ones. */
  readonly dropped: number;
}
/** The options of `metricsHandler`. Every one has a default. */
interface MetricsHandlerOptions {
  /**
   * The path of the metrics. It starts with a slash; a trailing slash makes no difference.
   *
   * @defaultValue `'/metrics'`
   */
  readonly path?: string;
  /**
   * The recent errors of an observer, `observer.recentErrors`, to serve as JSON. They contain tracking IDs, and
   * the handler authenticates nobody: expose it only to your own network.
   *
   * @defaultValue none are served
   */
  readonly recentErrors?: RecentErrors;
  /**
   * The path of the recent errors, if they are served. It starts with a slash and differs from `path`; a
   * trailing slash makes no difference.
   *
   * @defaultValue `'/debug/defender/errors'`
   */
  readonly recentErrorsPath?: string;
  /**
   * The wrapper, whose `snapshot()` is served as JSON next to the recent errors: circuits, pauses, quotas
   * and calls in flight, as `defender-resilience status` shows them. This path is not authenticated either.
   *
   * @defaultValue none is served
   */
  readonly resilience?: Pick<Resilience, "snapshot">;
  /**
   * The path of the snapshot, if it is served. It starts with a slash and differs from the other paths; a
   * trailing slash makes no difference.
   *
   * @defaultValue `'/debug/defender/snapshot'`
   */
  readonly snapshotPath?: string;
}
/** The source of `metricsHandler`: a registry, or an object that combines several. */
interface MetricsSource {
  /** The value of the header `Content-Type`. */
  readonly contentType: string;
  /** Resolves to the metrics as text. Called for each request. */
  metrics(): Promise<string>;
}
/**
 * A listener of `node:http`, or a handler for frameworks based on it. If it receives `next`, as from Express,
 * it calls that for other paths; otherwise it answers them with 404.
 */
type MetricsHandler = (request: IncomingMessage & {
  readonly baseUrl?: string;
}, response: ServerResponse, next?: () => void) => void;
/**
 * Creates a handler that serves `/metrics` to Prometheus, and the recent errors if you pass them. Answers 500
 * if the metrics cannot be collected.
 *
 * @param source - the registry, such as `observer.register`
 * @throws TypeError if the source is not a registry, or if options are invalid; the message says what
 * is expected
 *
 * @example
 * ```ts
 * const observer = promObserver();
 * const { register, recentErrors } = observer;
 *
 * createServer(metricsHandler(register, { recentErrors })).listen(9464, '127.0.0.1');
 * ```
 */
export declare function metricsHandler(source: MetricsSource, options?: MetricsHandlerOptions): MetricsHandler;
/** The trace that a call belongs to. */
interface TraceContext {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** Whether the trace is recorded. Exemplars point to recorded traces only. */
  readonly sampled: boolean;
}
/** The options of `promObserver`. Every one has a default. */
interface PromObserverOptions {
  /**
   * The registry that the metrics are registered in. It can hold other metrics. An OpenMetrics
   * registry prints exemplars, a text registry does not; set its type before you create the observer.
   *
   * @defaultValue the `register` of `client`
   */
  readonly register?: MetricRegistry;
  /**
   * The module whose classes create the metrics: prom-client, its successor `@prometheus-io/client`, or your
   * own copy, as in `import * as client from 'prom-client'`. Set it if prom-client is not installed, is bundled
   * into your program, or is not the module that `register` comes from.
   *
   * @defaultValue the installed prom-client
   */
  readonly client?: MetricClient;
  /**
   * The start of the name of every metric: letters, digits, `_` and `:`, not starting with a digit.
   * It can be empty.
   *
   * @defaultValue `'defender_client_'`
   */
  readonly prefix?: string;
  /**
   * Whether counters and histograms carry exemplars: the tracking ID of their last failure, and the ID of its
   * trace if the trace is sampled. Has no effect with a text registry; a process warning says so unless this is
   * `false`.
   *
   * @defaultValue `true`
   */
  readonly exemplars?: boolean;
  /**
   * How many of the last errors `observer.recentErrors` keeps in memory. `capacity` is a number of
   * errors, 0 to 1,000; the last five errors of each code are kept in addition. 0 keeps none.
   *
   * @defaultValue `{ capacity: 100 }`
   */
  readonly recentErrors?: {
    readonly capacity?: number;
  };
  /**
   * Labels with one fixed value each for every series, such as the name of a tenant: at most 10, with values of
   * at most 128 characters. All observers of a registry and prefix need the same label names.
   *
   * @defaultValue `{}`
   */
  readonly constantLabels?: Readonly<Record<string, string>>;
  /**
   * How many operations have series of their own, 1 to 10,000. All further operations share the series
   * of the operation `_OTHER`. If several observers of a registry have the same constant labels, the
   * first observer's value applies to all of them.
   *
   * @defaultValue 200, which is more than the table of operations has
   */
  readonly maxOperations?: number;
  /**
   * How many circuits have series of their own, 1 to 10,000. All further circuits share the series of
   * the circuit `_OTHER`. If several observers of a registry have the same constant labels, the first
   * observer's value applies to all of them.
   *
   * @defaultValue 100
   */
  readonly maxCircuits?: number;
  /**
   * How many quota groups have series of their own, 1 to 10,000. All further groups share the series
   * of the group `_OTHER`. If several observers of a registry have the same constant labels, the first
   * observer's value applies to all of them.
   *
   * @defaultValue 50
   */
  readonly maxQuotaGroups?: number;
  /**
   * Returns the trace that is active when it is called, or undefined. Called synchronously within the context
   * of each attempt. If it throws, the error is reported once, as a process warning.
   *
   * @defaultValue reads the active span of OpenTelemetry, if the program uses `@opentelemetry/api` 1.x
   */
  readonly traceContext?: () => TraceContext | undefined;
  /**
   * The clock for recent errors and for metrics whose value is a time. The timestamps of exemplars come from
   * prom-client and always use the real time.
   *
   * @defaultValue the real time
   */
  readonly clock?: {
    /** The time in milliseconds since 1970. */
    epoch(): number;
  };
}
/** An observer that records metrics in a registry of prom-client. */
interface PromObserver extends Observer {
  /** The registry that holds the metrics. */
  readonly register: MetricRegistry;
  /** The latest errors with their tracking IDs. */
  readonly recentErrors: RecentErrors;
}
/**
 * Creates an observer that records calls, attempts, retries, errors, circuits and quotas as Prometheus
 * metrics.
 *
 * Registers its metrics at once and shares them with other observers of the same registry and prefix. Never
 * clears a registry and collects nothing else. List it after observers that trace, so that its exemplars can
 * point to their spans.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { createResilience } from '@defender-resilience/core';
 * import { metricsHandler, promObserver } from '@defender-resilience/prom';
 * import { Registry } from 'prom-client';
 *
 * // Only OpenMetrics registries print exemplars, which carry the tracking IDs.
 * const register = new Registry();
 * register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
 * const observer = promObserver({ register });
 * const { fetch } = createResilience({ observers: [observer] });
 * createServer(metricsHandler(register, { recentErrors: observer.recentErrors })).listen(9464);
 * ```
 * @throws TypeError that lists every invalid option
 * @throws Error when prom-client is not installed and no `client` is given, or when a metric of another
 * owner has one of the names
 */
export declare function promObserver(options?: PromObserverOptions): PromObserver;
export type { MetricClient, MetricRegistry, MetricsHandler, MetricsHandlerOptions, MetricsSource, PromObserver, PromObserverOptions, RecentError, RecentErrors, RecentErrorsQuery, TraceContext };
