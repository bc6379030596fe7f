import { CounterCell, GaugeCell, HistogramCell, type Labels } from './cells.ts';
import type { MetricDefinition, MetricName } from './definition.ts';
import type { MetricSet } from './metric-set.ts';
import { property } from './unknown.ts';

/** One line of the exposition, in the shape in which prom-client's registry takes it. */
interface Sample {
  value: number;
  labels: Readonly<Record<string, string | number>>;
  readonly sharedLabels?: Labels;
  readonly metricName?: string;
  readonly exemplar?: object;
}

/** What prom-client's registry asks a metric for, at a scrape. */
interface Snapshot {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator: string;
  readonly values: Sample[];
}

type Cell = CounterCell | GaugeCell | HistogramCell;

/** Raised when what observers ask of a metric changes, so that copies of different versions keep apart. */
const BRAND = '@defender-resilience/prom/2';
const NO_LABELS: Labels = Object.freeze({});

/**
 * One metric with all its series, as a registry of prom-client or its successor holds it. Both ask a
 * metric for its values when they are scraped, so that counting costs a call next to nothing; and
 * exemplars go to the registry ready-made, so that none can be refused half-way.
 */
export class Family {
  readonly definition: MetricDefinition;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly aggregator: MetricDefinition['aggregator'];
  /** All metrics that go with this one. */
  readonly set: MetricSet;
  readonly brand: string = BRAND;
  readonly #fullName: string;
  readonly #cells = new Map<string, Cell>();
  #strippedName: string | undefined = undefined;

  constructor(definition: MetricDefinition, prefix: string, set: MetricSet) {
    this.definition = definition;
    this.#fullName = `${prefix}${definition.name}`;
    this.help = definition.help;
    this.type = definition.type;
    this.aggregator = definition.aggregator;
    this.set = set;
  }

  get name(): string {
    return this.#fullName;
  }

  /**
   * An OpenMetrics registry strips `_total` from a counter's name before each scrape. It holds for
   * that scrape alone, or a later scrape as text would lack it.
   */
  set name(stripped: string) {
    this.#strippedName = stripped;
  }

  /** The series with these labels, made when it is first asked for. */
  counter(labels: Labels): CounterCell {
    return this.#cell(labels, CounterCell, () => new CounterCell(labels));
  }

  gauge(labels: Labels): GaugeCell {
    return this.#cell(labels, GaugeCell, () => new GaugeCell(labels));
  }

  histogram(labels: Labels): HistogramCell {
    const { buckets = [] } = this.definition;
    return this.#cell(labels, HistogramCell, () => new HistogramCell(labels, buckets));
  }

  /** Asked for by registries that print; what they would escape anew each time is shared. */
  async getForPromString(): Promise<Snapshot> {
    return this.#snapshot((labels, own) => ({ labels: own, sharedLabels: labels }));
  }

  /** Asked for by everyone else: JSON, and the workers of a cluster. */
  async get(): Promise<Snapshot> {
    return this.#snapshot((labels, own) => ({ labels: { ...own, ...labels } }));
  }

  /** Sets what counts events to zero. What tells the present state stays as it is. */
  reset(): void {
    for (const cell of this.#cells.values()) {
      if (!(cell instanceof GaugeCell)) cell.reset();
    }
  }

  #cell<T extends Cell>(labels: Labels, kind: new (...args: never[]) => T, make: () => T): T {
    const key = JSON.stringify(labels);
    const known = this.#cells.get(key);
    if (known instanceof kind) return known;
    const cell = make();
    this.#cells.set(key, cell);
    return cell;
  }

  #snapshot(labelled: Labelled): Snapshot {
    if (this.definition.readsQuotas) this.set.readQuotas();
    const name = this.#strippedName ?? this.#fullName;
    this.#strippedName = undefined;
    const values: Sample[] = [];
    for (const cell of this.#cells.values()) {
      if (cell instanceof HistogramCell) addBuckets(values, cell, name, labelled);
      else if (cell.value !== undefined) {
        const exemplar = cell instanceof CounterCell ? cell.exemplar : undefined;
        values.push({
          value: cell.value,
          ...labelled(cell.labels, NO_LABELS),
          ...(exemplar === undefined ? {} : { exemplar }),
        });
      }
    }
    const { help, type, aggregator } = this;
    return { name, help, type, aggregator, values };
  }
}

/** Whether something in a registry is a metric of this package, be it of another copy of it. */
export function isFamily(metric: unknown): metric is Family {
  return property(metric, 'brand') === BRAND;
}

/** The metric of that name; every name of the table has one. */
export function familyOf(families: ReadonlyMap<MetricName, Family>, name: MetricName): Family {
  const family = families.get(name);
  if (family === undefined) throw new TypeError(`There is no metric ${name}`);
  return family;
}

type Labelled = (
  labels: Labels,
  own: Readonly<Record<string, string | number>>,
) => Pick<Sample, 'labels' | 'sharedLabels'>;

function addBuckets(values: Sample[], cell: HistogramCell, name: string, labelled: Labelled): void {
  const metricName = `${name}_bucket`;
  let count = 0;
  cell.counts.forEach((inBucket, bucket) => {
    count += inBucket;
    const exemplar = cell.show(bucket);
    values.push({
      metricName,
      value: count,
      ...labelled(cell.labels, { le: cell.bounds[bucket] ?? '+Inf' }),
      ...(exemplar === undefined ? {} : { exemplar }),
    });
  });
  values.push(
    { metricName: `${name}_sum`, value: cell.sum, ...labelled(cell.labels, NO_LABELS) },
    { metricName: `${name}_count`, value: count, ...labelled(cell.labels, NO_LABELS) },
  );
}
