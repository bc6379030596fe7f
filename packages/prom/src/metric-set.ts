import type { Labels } from './cells.ts';
import type { LimitName, MetricName } from './definition.ts';
import { Family, familyOf } from './family.ts';
import { Instruments } from './instruments.ts';
import { metrics } from './metrics.ts';

/** All metrics of one prefix in one registry, shared by all observers that count there. */
export class MetricSet {
  /** The one by which to tell whether a registry holds the set. */
  readonly errors: Family;
  readonly #families: ReadonlyMap<MetricName, Family>;
  readonly #instruments = new Map<string, Instruments>();

  constructor(prefix: string) {
    this.#families = new Map(
      metrics.map((definition) => [definition.name, new Family(definition, prefix, this)]),
    );
    this.errors = familyOf(this.#families, 'errors_total');
  }

  get families(): Iterable<Family> {
    return this.#families.values();
  }

  /** Puts the present state of the quotas into their gauges, for a scrape. */
  readQuotas(): void {
    for (const { quotas } of this.#instruments.values()) quotas.read();
  }

  /** What counts under these constant labels. The limits of the first observer hold. */
  instruments(constant: Labels, limits: Readonly<Record<LimitName, number>>): Instruments {
    const key = JSON.stringify(constant);
    let instruments = this.#instruments.get(key);
    if (instruments === undefined) {
      instruments = new Instruments(this.#families, constant, limits);
      this.#instruments.set(key, instruments);
    }
    return instruments;
  }
}
