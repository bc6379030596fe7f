import { Bounded } from './bounded.ts';
import type { CounterCell, GaugeCell, HistogramCell, Labels } from './cells.ts';
import {
  type LimitName,
  type MetricDefinition,
  type MetricName,
  OTHER,
  type ZeroRule,
} from './definition.ts';
import { type Family, familyOf } from './family.ts';
import { methodLabels, NONE, statusClassLabel } from './http-labels.ts';
import { bornSeries, classOf } from './label-values.ts';
import { type QuotaCells, QuotaMeter } from './quota-meter.ts';
import { version } from './version.ts';

/** The series of one operation. */
export interface OperationCells {
  /** The label's value: `_OTHER` for those beyond the limit. */
  readonly name: string;
  /** What the last call went through and counted against. */
  circuit: string | undefined;
  quotaGroup: string | undefined;
  readonly ended: Find2<CounterCell>;
  readonly duration: Find<HistogramCell>;
  /** The way of almost every call, without a search. */
  readonly succeeded: CounterCell;
  readonly successDuration: HistogramCell;
  readonly attempts: Find<CounterCell>;
  readonly retries: Find<CounterCell>;
}

/** The series of one quota group. */
export interface GroupCells {
  /** By what held the attempt back. */
  readonly waits: Find<CounterCell>;
  readonly seconds: Find<CounterCell>;
  /** Born when the group is first found to have a quota. */
  readonly quota: () => QuotaCells;
}

/** The series of one circuit. */
export interface CircuitCells {
  readonly state: Find<GaugeCell>;
  readonly transitions: Find<CounterCell>;
}

/** Finds a series by the value of one label, or of two. The values must come from a closed set. */
type Find<Cell> = (value: string) => Cell;
type Find2<Cell> = (first: string, second: string) => Cell;

/** Every series under one set of constant labels, kept at hand so that counting needs no search. */
export class Instruments {
  readonly inFlight: GaugeCell;
  readonly queue: GaugeCell;
  readonly errors: Find<CounterCell>;
  readonly lastError: Find<GaugeCell>;
  readonly giveUps: Find<CounterCell>;
  readonly rejections: Find<CounterCell>;
  readonly retryWaits: Find<CounterCell>;
  readonly operations: Bounded<OperationCells>;
  readonly groups: Bounded<GroupCells>;
  readonly quotas: QuotaMeter;
  readonly circuits: Bounded<CircuitCells>;
  readonly #attemptDurations: ReadonlyMap<string, Find<HistogramCell>>;
  readonly #otherMethods: Find<HistogramCell>;
  readonly #families: ReadonlyMap<MetricName, Family>;
  readonly #constant: Labels;

  constructor(
    families: ReadonlyMap<MetricName, Family>,
    constant: Labels,
    limits: Readonly<Record<LimitName, number>>,
  ) {
    this.#families = families;
    this.#constant = constant;
    this.#bear('start');
    this.#gauge('info', version).value = 1;
    this.inFlight = this.#gauge('operations_in_flight');
    this.queue = this.#gauge('queue_length');
    this.errors = found((code) => this.#counter('errors_total', code, classOf(code)));
    this.lastError = found((code) => this.#gauge('last_error_timestamp_seconds', code));
    this.giveUps = found((reason) => this.#counter('give_ups_total', reason));
    this.rejections = found((reason) => this.#counter('rejections_total', reason));
    this.retryWaits = found((source) => this.#counter('retry_wait_seconds_total', source));
    const ofMethod = (method: string): Find<HistogramCell> =>
      found((status) => this.#histogram('attempt_duration_seconds', method, status));
    this.#attemptDurations = new Map(methodLabels.map((method) => [method, ofMethod(method)]));
    this.#otherMethods = ofMethod(OTHER);
    this.operations = new Bounded(limits.maxOperations, (name) => this.#operation(name));
    this.groups = new Bounded(limits.maxQuotaGroups, (name) => this.#group(name));
    this.quotas = new QuotaMeter(
      (name) => this.groups.get(name).quota(),
      this.#gauge('quota_store_up'),
    );
    this.circuits = new Bounded(limits.maxCircuits, (name) => this.#circuit(name));
  }

  attemptDuration(method: string | undefined, status: number | undefined): HistogramCell {
    const ofMethod = this.#attemptDurations.get(method ?? NONE) ?? this.#otherMethods;
    return ofMethod(statusClassLabel(status));
  }

  #operation(name: string): OperationCells {
    this.#bear('operation', name);
    const ended = found2((outcome, code) => this.#counter('operations_total', name, outcome, code));
    const duration = found((outcome) =>
      this.#histogram('operation_duration_seconds', name, outcome),
    );
    return {
      name,
      circuit: undefined,
      quotaGroup: undefined,
      ended,
      duration,
      succeeded: ended('success', ''),
      successDuration: duration('success'),
      attempts: found((status) => this.#counter('attempts_total', name, status)),
      retries: found((reason) => this.#counter('retries_total', name, reason)),
    };
  }

  #group(name: string): GroupCells {
    this.#bear('quota_group', name);
    let quota: QuotaCells | undefined;
    return {
      waits: found((reason) => this.#counter('throttle_waits_total', name, reason)),
      seconds: found((reason) => this.#counter('throttle_wait_seconds_total', name, reason)),
      quota: () => {
        quota ??= this.#quota(name);
        return quota;
      },
    };
  }

  #quota(group: string): QuotaCells {
    this.#bear('quota', group);
    return {
      limit: found((per) => this.#gauge('quota_limit', group, per)),
      used: found((per) => this.#gauge('quota_used', group, per)),
      waiting: this.#gauge('quota_waiting', group),
      nextFree: this.#gauge('quota_next_free_seconds', group),
      running: this.#gauge('quota_running_time_seconds', group),
      runningLimit: this.#gauge('quota_running_time_limit_seconds', group),
      changes: found((reason) => this.#counter('quota_limit_changes_total', group, reason)),
    };
  }

  #circuit(name: string): CircuitCells {
    this.#bear('circuit', name);
    const state = found((value) => this.#gauge('circuit_state', name, value));
    // Many circuits share the last series: what is closed there says nothing.
    if (name !== OTHER) state('closed').hold();
    return {
      state,
      transitions: found((to) => this.#counter('circuit_transitions_total', name, to)),
    };
  }

  /** Makes the series that the table lets be born now, at zero. */
  #bear(when: ZeroRule['when'], met?: string): void {
    for (const { definition } of this.#families.values()) {
      for (const values of bornSeries(definition, when, met)) {
        if (definition.type === 'counter') this.#counter(definition.name, ...values);
        else if (definition.type === 'histogram') this.#histogram(definition.name, ...values);
        else this.#gauge(definition.name, ...values).value = 0;
      }
    }
  }

  #counter(name: MetricName, ...values: readonly string[]): CounterCell {
    const family = familyOf(this.#families, name);
    return family.counter(this.#labels(family.definition, values));
  }

  #gauge(name: MetricName, ...values: readonly string[]): GaugeCell {
    const family = familyOf(this.#families, name);
    return family.gauge(this.#labels(family.definition, values));
  }

  #histogram(name: MetricName, ...values: readonly string[]): HistogramCell {
    const family = familyOf(this.#families, name);
    return family.histogram(this.#labels(family.definition, values));
  }

  #labels({ labels }: MetricDefinition, values: readonly string[]): Labels {
    const own = labels.map(({ name }, index) => [name, values[index] ?? ''] as const);
    return Object.freeze({ ...this.#constant, ...Object.fromEntries(own) });
  }
}

function found<Cell>(make: Find<Cell>): Find<Cell> {
  const known = new Map<string, Cell>();
  return (value) => {
    let cell = known.get(value);
    if (cell === undefined) {
      cell = make(value);
      known.set(value, cell);
    }
    return cell;
  };
}

function found2<Cell>(make: Find2<Cell>): Find2<Cell> {
  const byFirst = found((first) => found((second) => make(first, second)));
  return (first, second) => byFirst(first)(second);
}
