import { createRequire } from 'node:module';
import { property } from './unknown.ts';

/** The labels of one series. */
export type Labels = Readonly<Record<string, string>>;

/** A registry of prom-client 15, or of its successor `@prometheus-io/client`. */
export interface MetricRegistry {
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
export interface ClientCounter {
  inc(labels: Record<string, string>, value: number): void;
  inc(increment: {
    labels: Record<string, string>;
    value: number;
    exemplarLabels: Record<string, string>;
  }): void;
  reset(): void;
}

/** A gauge of prom-client, as far as this package uses it. */
export interface ClientGauge {
  set(labels: Record<string, string>, value: number): void;
  remove(labels: Record<string, string>): void;
  reset(): void;
}

/** A histogram of prom-client, as far as this package uses it. */
export interface ClientHistogram {
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
export interface ClientMetricConfig {
  name: string;
  help: string;
  labelNames: string[];
  /** Empty: the metrics are registered together, after checking that none of the names is taken. */
  registers: [];
  aggregator: 'sum' | 'max' | 'min';
  enableExemplars: boolean;
  collect: () => void;
}

/** The module prom-client or `@prometheus-io/client`, as far as this package uses it. */
export interface MetricClient {
  readonly register: MetricRegistry;
  readonly Registry: new () => MetricRegistry;
  readonly Counter: new (config: ClientMetricConfig) => ClientCounter;
  readonly Gauge: new (config: ClientMetricConfig) => ClientGauge;
  readonly Histogram: new (config: ClientMetricConfig & { buckets: number[] }) => ClientHistogram;
}

/**
 * The module prom-client.
 *
 * @throws Error when it is not installed
 */
export function loadClient(): MetricClient {
  let client: unknown;
  try {
    client = createRequire(import.meta.url)('prom-client');
  } catch (cause) {
    throw new Error(
      'promObserver needs prom-client: install it, or pass a compatible module, such as @prometheus-io/client, as `client`',
      { cause },
    );
  }
  if (!isClient(client)) throw new Error('promObserver found a prom-client that it cannot use');
  return client;
}

/** Whether a value is the module prom-client or a compatible one. */
export function isClient(value: unknown): value is MetricClient {
  const classes = ['Counter', 'Gauge', 'Histogram', 'Registry'];
  return (
    isRegistry(property(value, 'register')) &&
    classes.every((name) => typeof property(value, name) === 'function')
  );
}

/** Whether a value is a registry or a compatible object. */
export function isRegistry(value: unknown): value is MetricRegistry {
  return (
    typeof property(value, 'contentType') === 'string' &&
    ['metrics', 'getSingleMetric', 'registerMetric'].every(
      (name) => typeof property(value, name) === 'function',
    )
  );
}

/** Whether a registry prints exemplars. */
export function isOpenMetrics({ contentType }: Pick<MetricRegistry, 'contentType'>): boolean {
  return contentType.startsWith('application/openmetrics-text');
}
