/** The labels of one series. */
export type Labels = Readonly<Record<string, string>>;

/** An exemplar in the shape in which the registry prints it. */
export interface Exemplar {
  readonly labelSet: Labels;
  readonly value: number;
  /** Seconds since 1970. */
  readonly timestamp: number;
}

/** One series of a counter. Counting is one addition: the registry reads the sum when it is scraped. */
export class CounterCell {
  readonly labels: Labels;
  value = 0;
  exemplar: Exemplar | undefined = undefined;

  constructor(labels: Labels) {
    this.labels = labels;
  }

  add(amount: number): void {
    // NaN and a negative sum would make the scrape fail, or rates go wrong, for ever.
    if (amount > 0 && amount < Number.POSITIVE_INFINITY) this.value += amount;
  }

  /** Remembers who made the last step; the registry shows only the last one of each series anyway. */
  mark(labelSet: Labels, timestamp: number): void {
    this.exemplar = { labelSet, value: 1, timestamp };
  }

  reset(): void {
    this.value = 0;
    this.exemplar = undefined;
  }
}

/** One series of a gauge: absent until it has a value. */
export class GaugeCell {
  readonly labels: Labels;
  value: number | undefined = undefined;
  #holders = 0;

  constructor(labels: Labels) {
    this.labels = labels;
  }

  add(amount: number): void {
    this.value = (this.value ?? 0) + amount;
  }

  /** For a series that is 1 while something is in its state, and 0 otherwise. */
  hold(): void {
    this.#holders += 1;
    this.value = 1;
  }

  release(): void {
    this.#holders = Math.max(this.#holders - 1, 0);
    this.value = this.#holders > 0 ? 1 : 0;
  }
}

/** One series of a histogram, with all its buckets. */
export class HistogramCell {
  readonly labels: Labels;
  readonly bounds: readonly number[];
  /** How many values fell into each bucket alone; the last one is `+Inf`. */
  readonly counts: number[];
  sum = 0;
  #exemplars: (Exemplar | undefined)[] | undefined = undefined;
  #shown: boolean[] = [];

  constructor(labels: Labels, bounds: readonly number[]) {
    this.labels = labels;
    this.bounds = bounds;
    this.counts = [...bounds.map(() => 0), 0];
  }

  /** Counts a value, and tells its bucket; -1 for what is no number of seconds. */
  observe(value: number): number {
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) return -1;
    const { bounds, counts } = this;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket += 1;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
    this.sum += value;
    return bucket;
  }

  /** True when the bucket has no exemplar that a scrape has not seen yet. */
  wants(bucket: number): boolean {
    return this.#exemplars?.[bucket] === undefined || this.#shown[bucket] === true;
  }

  mark(bucket: number, labelSet: Labels, value: number, timestamp: number): void {
    this.#exemplars ??= [];
    this.#exemplars[bucket] = { labelSet, value, timestamp };
    this.#shown[bucket] = false;
  }

  /** The exemplar of a bucket, for a scrape. */
  show(bucket: number): Exemplar | undefined {
    this.#shown[bucket] = true;
    return this.#exemplars?.[bucket];
  }

  reset(): void {
    this.counts.fill(0);
    this.sum = 0;
    this.#exemplars = undefined;
  }
}
