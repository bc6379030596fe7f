import { Observer } from "@defender-resilience/core";
import { IncomingMessage, ServerResponse } from "node:http";
/** A registry of prom-client 15, or of its successor `@prometheus-io/client`. */
interface MetricRegistry {
  readonly contentType: string;
  metrics(): Promise<string>;
  getSingleMetric(name: string): unknown;
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
/** What every metric is created with. */
interface ClientMetricConfig {
  name: string;
  help: string;
  labelNames: string[];
  /** Empty: the metrics are registered together, once all of them are known to fit. */
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
/** What `metricsHandler` serves: a registry, or something that combines several. */
interface MetricsSource {
  /** The value of the header `Content-Type`. */
  readonly contentType: string;
  /** Resolves to the metrics as text. Called for each request. */
  metrics(): Promise<string>;
}
/** The options of `metricsHandler`. Every one has a default. */
interface MetricsHandlerOptions {
  /**
   * The path of the metrics. It starts with a slash; a slash at its end makes no difference.
   *
   * @defaultValue `'/metrics'`
   */
  readonly path?: string;
  /**
   * The recent errors of an observer, `observer.recentErrors`, to serve as JSON. They contain tracking
   * IDs and the handler does not authenticate anybody: expose it to your own network only.
   *
   * @defaultValue none are served
   */
  readonly recentErrors?: RecentErrors;
  /**
   * The path of the recent errors, if they are served. It starts with a slash and differs from `path`;
   * a slash at its end makes no difference.
   *
   * @defaultValue `'/debug/defender/errors'`
   */
  readonly recentErrorsPath?: string;
}
/**
 * A listener of `node:http`, or a handler of the frameworks that build on it. If it is given `next`, as
 * express does, it calls that for other paths; otherwise it answers them with 404.
 */
type MetricsHandler = (request: IncomingMessage & {
  readonly baseUrl?: string;
}, response: ServerResponse, next?: () => void) => void;
/**
 * Creates a handler that serves `/metrics` to Prometheus, and the recent errors if you pass them. It
 * answers 500 if the metrics cannot be collected.
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
   * The registry that the metrics are registered in. It may hold other metrics.
   *
   * @defaultValue the default registry of `client`
   */
  readonly register?: MetricRegistry;
  /**
   * The module whose classes the metrics are made of: `prom-client`, a copy of it, or its successor
   * `@prometheus-io/client`. Needed where `register` comes from another module than your `prom-client`.
   *
   * @defaultValue the installed `prom-client`
   */
  readonly client?: MetricClient;
  /** What every metric name starts with. @defaultValue `'defender_client_'` */
  readonly prefix?: string;
  /**
   * Whether counters and histograms carry the tracking ID and trace ID of their latest event. This
   * needs an OpenMetrics registry; with a text registry there are no exemplars, and a process warning
   * says so unless this is `false`.
   *
   * @defaultValue `true`
   */
  readonly exemplars?: boolean;
  /**
   * How many of the latest errors `recentErrors` keeps: `capacity` from 0 to 1,000. The five latest of
   * each code are kept beside them.
   *
   * @defaultValue `{ capacity: 100 }`
   */
  readonly recentErrors?: {
    readonly capacity?: number;
  };
  /**
   * Labels with fixed values that every series carries, such as the name of the tenant. At most 10.
   * Observers of one registry and prefix need the same label names.
   *
   * @defaultValue none
   */
  readonly constantLabels?: Readonly<Record<string, string>>;
  /**
   * How many operations have series of their own, from 1 to 10,000. Further ones share the label value
   * `_OTHER`. When observers share a registry and constant labels, the first one's limit applies.
   *
   * @defaultValue 200, which is more than the operations table holds
   */
  readonly maxOperations?: number;
  /**
   * How many circuits have series of their own, from 1 to 10,000. Further ones share the label value
   * `_OTHER`. When observers share a registry and constant labels, the first one's limit applies.
   *
   * @defaultValue 100
   */
  readonly maxCircuits?: number;
  /**
   * How many quota groups have series of their own, from 1 to 10,000. Further ones share the label
   * value `_OTHER`. When observers share a registry and constant labels, the first one's limit applies.
   *
   * @defaultValue 50
   */
  readonly maxQuotaGroups?: number;
  /**
   * Returns the active trace. Called in the context of each attempt.
   *
   * @defaultValue reads the active span of OpenTelemetry, where the program uses it
   */
  readonly traceContext?: () => TraceContext | undefined;
  /** Returns the time in milliseconds since 1970. @defaultValue the time of this process */
  readonly clock?: {
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
 * It registers its metrics at once and shares them with other observers of the same registry and prefix.
 * It never clears a registry and collects nothing else. List it after observers that trace, so that its
 * exemplars can point to their spans.
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
