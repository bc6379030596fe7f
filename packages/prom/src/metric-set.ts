import {
  type ClientCounter,
  type ClientGauge,
  type ClientHistogram,
  type ClientMetricConfig,
  isOpenMetrics,
  type Labels,
  type MetricClient,
  type MetricRegistry,
} from './client.ts';
import type { LimitName, MetricDefinition, MetricName } from './definition.ts';
import { Instruments } from './instruments.ts';
import { metrics } from './metrics.ts';
import { CounterSeries, GaugeSeries, HistogramSeries } from './series.ts';

type Series = CounterSeries | GaugeSeries | HistogramSeries;

/** One metric of prom-client with the series that this package has created in it. */
interface Family {
  readonly definition: MetricDefinition;
  readonly metric: ClientCounter | ClientGauge | ClientHistogram;
  readonly create: (labels: Labels) => Series;
  readonly series: Map<string, Series>;
}

type Sets = WeakMap<MetricRegistry, Map<string, MetricSet>>;

/**
 * The sets of every registry, shared by all copies of this package in the process, such as a module that was
 * loaded again. Raise the number when the interface that observers use changes.
 */
const SETS: unique symbol = Symbol.for('@defender-resilience/prom/metric-sets/3');
// The type of globalThis does not have the property.
const shared = globalThis as { [SETS]?: Sets };
shared[SETS] ??= new WeakMap();
const setsByRegistry: Sets = shared[SETS];

/**
 * All metrics of one prefix in one registry. Observers that share both share the metrics.
 *
 * Counters and histograms are updated as events happen. Gauges describe a state: prom-client collects
 * them from their series at each scrape, so that `resetMetrics()` and a cleared registry lose none.
 */
export class MetricSet {
  readonly #register: MetricRegistry;
  readonly #prefix: string;
  readonly #labelNames: readonly string[];
  readonly #exemplars: boolean;
  readonly #families: ReadonlyMap<MetricName, Family>;
  readonly #instruments = new Map<string, Instruments>();
  /** How often a histogram was collected, so that a series knows whether its exemplar was scraped. */
  #scrapes = 0;

  constructor(
    client: MetricClient,
    register: MetricRegistry,
    prefix: string,
    constantLabels: readonly string[],
  ) {
    this.#register = register;
    this.#prefix = prefix;
    this.#labelNames = constantLabels;
    this.#exemplars = isOpenMetrics(register);
    this.#families = new Map(
      metrics.map((definition) => [definition.name, this.#family(client, definition)]),
    );
  }

  get scrapes(): number {
    return this.#scrapes;
  }

  /** Whether the registry still holds the metrics. Checked with every call, so it looks up only one. */
  get attached(): boolean {
    // Looks up a gauge, because prom-client renames a counter when it is printed as OpenMetrics.
    const name = `${this.#prefix}info`;
    return this.#register.getSingleMetric(name) === this.#familyOf('info').metric;
  }

  /**
   * Registers every metric that the registry does not have.
   *
   * @throws Error when a metric of another owner has one of the names; then none is registered
   */
  attach(): void {
    const missing = [...this.#families.values()].filter(({ definition, metric }) => {
      const name = `${this.#prefix}${definition.name}`;
      const found = this.#register.getSingleMetric(name);
      if (found !== undefined && found !== metric) {
        throw new Error(
          `The registry already has a metric ${name} that another owner registered: choose another \`prefix\``,
        );
      }
      return found === undefined;
    });
    // The registry accepts the metrics because the client that created them belongs to it.
    for (const { metric } of missing) this.#register.registerMetric(metric as never);
  }

  /**
   * The series with these constant labels. The limits of the first observer apply.
   *
   * @throws Error when the names of the constant labels differ from the first observer's
   */
  instruments(constant: Labels, limits: Readonly<Record<LimitName, number>>): Instruments {
    const names = Object.keys(constant);
    if (names.join() !== this.#labelNames.join()) {
      throw new Error(
        `Observers of one registry and prefix need the same names of constantLabels: the first has ${quoted(this.#labelNames)}, this one ${quoted(names)}`,
      );
    }
    const key = JSON.stringify(constant);
    let instruments = this.#instruments.get(key);
    if (instruments === undefined) {
      instruments = new Instruments(this, constant, limits);
      this.#instruments.set(key, instruments);
    }
    return instruments;
  }

  counter(name: MetricName, labels: Labels): CounterSeries {
    return this.#ensureSeries(name, labels, CounterSeries);
  }

  gauge(name: MetricName, labels: Labels): GaugeSeries {
    return this.#ensureSeries(name, labels, GaugeSeries);
  }

  histogram(name: MetricName, labels: Labels): HistogramSeries {
    return this.#ensureSeries(name, labels, HistogramSeries);
  }

  #ensureSeries<T extends Series>(
    name: MetricName,
    labels: Labels,
    kind: new (...args: never[]) => T,
  ): T {
    const { series, create } = this.#familyOf(name);
    const key = JSON.stringify(labels);
    const known = series.get(key) ?? create(labels);
    series.set(key, known);
    if (!(known instanceof kind)) throw new TypeError(`The metric ${name} is not a ${kind.name}`);
    return known;
  }

  #familyOf(name: MetricName): Family {
    const family = this.#families.get(name);
    if (family === undefined) throw new TypeError(`There is no metric ${name}`);
    return family;
  }

  #family(client: MetricClient, definition: MetricDefinition): Family {
    const series = new Map<string, Series>();
    const config: ClientMetricConfig = {
      name: `${this.#prefix}${definition.name}`,
      help: definition.help,
      labelNames: [...this.#labelNames, ...definition.labels.map(({ name }) => name)],
      registers: [],
      aggregator: definition.aggregator,
      enableExemplars: definition.exemplars && this.#exemplars,
      collect: () => this.#collect(family),
    };
    const family: Family = { definition, series, ...this.#metricOf(client, definition, config) };
    if (definition.type !== 'gauge') initializeAfterReset(family);
    return family;
  }

  #metricOf(
    client: MetricClient,
    { type, buckets = [] }: MetricDefinition,
    config: ClientMetricConfig,
  ): Pick<Family, 'metric' | 'create'> {
    const { enableExemplars } = config;
    if (type === 'gauge') {
      const gauge = new client.Gauge(config);
      return { metric: gauge, create: (labels) => new GaugeSeries(labels) };
    }
    if (type === 'counter') {
      const counter = new client.Counter(config);
      return {
        metric: counter,
        create: (labels) => new CounterSeries(counter, labels, enableExemplars),
      };
    }
    const histogram = new client.Histogram({ ...config, buckets: [...buckets] });
    return {
      metric: histogram,
      create: (labels) => new HistogramSeries(histogram, labels, buckets, enableExemplars),
    };
  }

  #collect({ definition, metric, series }: Family): void {
    if (definition.readsQuotas) {
      for (const { quotas } of this.#instruments.values()) quotas.read();
    }
    if (definition.name === 'operation_duration_seconds') this.#scrapes += 1;
    if (!('set' in metric)) return;
    metric.reset();
    // `reset()` sets a gauge without labels to 0 instead of removing its value.
    if (definition.labels.length + this.#labelNames.length === 0) metric.remove({});
    for (const one of series.values()) {
      if (one instanceof GaugeSeries && one.value !== undefined) metric.set(one.labels, one.value);
    }
  }
}

/**
 * The metrics of a prefix in a registry, created and registered where needed.
 *
 * @throws Error when a metric of another owner has one of the names
 */
export function metricSetIn(
  client: MetricClient,
  register: MetricRegistry,
  prefix: string,
  constantLabels: readonly string[],
): MetricSet {
  const sets = setsByRegistry.get(register) ?? new Map<string, MetricSet>();
  const set = sets.get(prefix) ?? new MetricSet(client, register, prefix, constantLabels);
  set.attach();
  setsByRegistry.set(register, sets.set(prefix, set));
  return set;
}

/** `resetMetrics()` empties a metric. Its series start again at 0, so that `increase()` sees the next event. */
function initializeAfterReset({ metric, series }: Family): void {
  const reset = metric.reset.bind(metric);
  metric.reset = () => {
    reset();
    for (const one of series.values()) if ('initialize' in one) one.initialize();
  };
}

function quoted(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}
