import type { ClientCounter, ClientHistogram, Labels } from './client.ts';

/** One series of a counter. */
export class CounterSeries {
  readonly #metric: ClientCounter;
  readonly #labels: Labels;
  readonly #exemplars: boolean;

  /** @param exemplars - whether the metric was created with exemplars, which changes how it is called */
  constructor(metric: ClientCounter, labels: Labels, exemplars: boolean) {
    this.#metric = metric;
    this.#labels = labels;
    this.#exemplars = exemplars;
    this.initialize();
  }

  /** Creates the series with the value 0. */
  initialize(): void {
    this.#inc(0, NO_LABELS);
  }

  /** Adds an amount. Ignores negative and infinite ones, for which prom-client would throw. */
  inc(amount: number, exemplar: Labels = NO_LABELS): void {
    if (amount > 0 && amount < Number.POSITIVE_INFINITY) this.#inc(amount, exemplar);
  }

  #inc(value: number, exemplarLabels: Labels): void {
    const labels = this.#labels;
    if (!this.#exemplars || exemplarLabels === NO_LABELS) this.#incPlain(labels, value);
    else this.#metric.inc({ labels, value, exemplarLabels });
  }

  #incPlain(labels: Labels, value: number): void {
    // Without exemplarLabels, prom-client keeps the exemplar that the series has.
    if (this.#exemplars) Reflect.apply(this.#metric.inc, this.#metric, [{ labels, value }]);
    else this.#metric.inc(labels, value);
  }
}

/** One series of a histogram. */
export class HistogramSeries {
  readonly #metric: ClientHistogram;
  readonly #labels: Labels;
  readonly #bounds: readonly number[];
  readonly #exemplars: boolean;
  /** The number of scrapes when each bucket got its latest exemplar. */
  readonly #exemplarAt: number[] = [];

  constructor(
    metric: ClientHistogram,
    labels: Labels,
    bounds: readonly number[],
    exemplars: boolean,
  ) {
    this.#metric = metric;
    this.#labels = labels;
    this.#bounds = bounds;
    this.#exemplars = exemplars;
    this.initialize();
  }

  /** Creates the series with all its buckets at 0. */
  initialize(): void {
    this.#metric.zero(this.#labels);
    this.#exemplarAt.length = 0;
  }

  /** Observes a duration. Ignores negative and infinite values and NaN. */
  observe(value: number, exemplar?: Labels): void {
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) return;
    const labels = this.#labels;
    if (!this.#exemplars) this.#metric.observe(labels, value);
    else this.#metric.observe({ labels, value, exemplarLabels: exemplar ?? NO_LABELS });
  }

  /** Whether the bucket of a value has had no exemplar since the last scrape. Records that it gets one now. */
  takeExemplarSlot(value: number, scrapes: number): boolean {
    const index = this.#bounds.findIndex((bound) => value <= bound);
    const bucket = index < 0 ? this.#bounds.length : index;
    const free = this.#exemplarAt[bucket] !== scrapes;
    this.#exemplarAt[bucket] = scrapes;
    return free;
  }
}

/** One series of a gauge. The gauge reads it at each scrape; undefined leaves it out. */
export class GaugeSeries {
  readonly labels: Labels;
  value: number | undefined = undefined;
  #holders = 0;

  constructor(labels: Labels) {
    this.labels = labels;
  }

  add(amount: number): void {
    this.value = (this.value ?? 0) + amount;
  }

  /** Adds one to the members of a state; the series is 1 while the state has any. */
  enter(): void {
    this.#holders += 1;
    this.value = 1;
  }

  /** Removes one of the members of a state. */
  leave(): void {
    this.#holders = Math.max(this.#holders - 1, 0);
    this.value = this.#holders > 0 ? 1 : 0;
  }
}

const NO_LABELS: Labels = Object.freeze({});
