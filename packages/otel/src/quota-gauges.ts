import type { QuotaState, QuotaWindow, ReadQuotas } from '@defender-resilience/core';
import type { BatchObservableResult, Meter, ObservableGauge } from '@opentelemetry/api';
import { ATTR_QUOTA_GROUP, ATTR_QUOTA_PER } from './attribute-names.ts';
import { BoundedNames } from './bounded-names.ts';
import {
  type InstrumentRow,
  optionsOf,
  QUOTA_LIMIT,
  QUOTA_USED,
  QUOTA_WAITING,
} from './instruments.ts';
import { reportFault } from './scope.ts';

const MAX_GROUPS = 50;

/**
 * How many wrappers are read. A meter keeps what it observes as long as it lives, so a program that
 * makes a wrapper for each call would keep them all in memory.
 */
export const MAX_WRAPPERS = 1_000;

/** The sum of the quota groups of one name. */
interface Total {
  waiting: number;
  readonly windows: Map<QuotaWindow['per'], { limit: number; used: number }>;
}

/** The usage of the quotas of all wrappers that are observed through one meter. */
export class QuotaGauges {
  readonly #limit: ObservableGauge;
  readonly #used: ObservableGauge;
  readonly #waiting: ObservableGauge;
  readonly #groups = new BoundedNames(MAX_GROUPS);
  readonly #reads = new Set<ReadQuotas>();

  constructor(meter: Meter) {
    const gauge = (row: InstrumentRow): ObservableGauge =>
      meter.createObservableGauge(row.name, optionsOf(row));
    this.#limit = gauge(QUOTA_LIMIT);
    this.#used = gauge(QUOTA_USED);
    this.#waiting = gauge(QUOTA_WAITING);
    // One callback for all three: the values of one export are read at the same time.
    meter.addBatchObservableCallback(this.#observe, [this.#limit, this.#used, this.#waiting]);
  }

  add(read: ReadQuotas): void {
    if (this.#reads.size < MAX_WRAPPERS) this.#reads.add(read);
  }

  readonly #observe = (result: BatchObservableResult): void => {
    for (const [group, { waiting, windows }] of this.#totals()) {
      const attributes = { [ATTR_QUOTA_GROUP]: group };
      result.observe(this.#waiting, waiting, attributes);
      for (const [per, { limit, used }] of windows) {
        const ofWindow = { ...attributes, [ATTR_QUOTA_PER]: per };
        result.observe(this.#limit, limit, ofWindow);
        result.observe(this.#used, used, ofWindow);
      }
    }
  };

  // An SDK keeps only the last of several values with the same attributes, such as those of two
  // wrappers, or of the groups that share `_OTHER`.
  #totals(): ReadonlyMap<string, Total> {
    const totals = new Map<string, Total>();
    for (const read of this.#reads) {
      for (const state of statesFrom(read)) {
        const group = this.#groups.of(state.group);
        const total = totals.get(group) ?? { waiting: 0, windows: new Map() };
        totals.set(group, total);
        addTo(total, state);
      }
    }
    return totals;
  }
}

function statesFrom(read: ReadQuotas): readonly QuotaState[] {
  try {
    return read();
  } catch (error) {
    reportFault(error, 'when quotas were read');
    return [];
  }
}

function addTo(total: Total, { waiting, windows }: QuotaState): void {
  total.waiting += waiting;
  for (const { per, limit, used } of windows) {
    const before = total.windows.get(per) ?? { limit: 0, used: 0 };
    total.windows.set(per, { limit: before.limit + limit, used: before.used + used });
  }
}

const gauges = new WeakMap<Meter, QuotaGauges>();

/** The gauges of a meter, shared by all observers that use it. */
export function quotaGaugesOf(meter: Meter): QuotaGauges {
  const known = gauges.get(meter) ?? new QuotaGauges(meter);
  gauges.set(meter, known);
  return known;
}
