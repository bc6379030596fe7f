import type { Labels } from './client.ts';
import {
  type LabelName,
  type LimitName,
  type MetricName,
  OTHER,
  type ZeroRule,
} from './definition.ts';
import { methodLabels, NONE, statusClassLabel } from './http-labels.ts';
import { classOf, initialSeries } from './label-values.ts';
import { type ByOne, type ByTwo, memoize, memoizeTwo } from './memoize.ts';
import type { MetricSet } from './metric-set.ts';
import { metric, metrics } from './metrics.ts';
import { QuotaGauges, type QuotaSeries } from './quota-gauges.ts';
import type { CounterSeries, GaugeSeries, HistogramSeries } from './series.ts';
import { version } from './version.ts';

/** How the calls of an operation failed with one code. */
export interface FailureState {
  /** How many calls have failed since the last success. */
  readonly sinceSuccess: GaugeSeries;
  readonly lastAt: GaugeSeries;
}

/** The series of one operation. */
export interface OperationSeries {
  /** The label's value: `_OTHER` beyond the limit. */
  readonly name: string;
  /** The circuit and quota group of the latest call. */
  circuit: string | undefined;
  quotaGroup: string | undefined;
  readonly ended: ByTwo<CounterSeries>;
  readonly duration: ByOne<HistogramSeries>;
  /** The series of a success, kept here to avoid a lookup. */
  readonly succeeded: CounterSeries;
  readonly successDuration: HistogramSeries;
  readonly lastSuccess: GaugeSeries;
  readonly attempts: ByOne<CounterSeries>;
  /** Created at the first partial response: only Graph's security API sends them. */
  readonly partial: () => CounterSeries;
  readonly retries: ByOne<CounterSeries>;
  /** By code, created when the operation first fails with it. */
  readonly failures: Map<string, FailureState>;
}

/** The series of one quota group. */
export interface GroupSeries {
  readonly waits: ByOne<CounterSeries>;
  readonly waitSeconds: ByOne<CounterSeries>;
  /** Created when the group turns out to have a quota. */
  readonly quota: () => QuotaSeries;
}

/** The series of one circuit. */
interface CircuitSeries {
  readonly state: ByOne<GaugeSeries>;
  readonly transitions: ByOne<CounterSeries>;
}

/** Every series with one set of constant labels. */
export class Instruments {
  readonly inFlight: GaugeSeries;
  readonly queue: GaugeSeries;
  readonly startTime: GaugeSeries;
  readonly errors: ByOne<CounterSeries>;
  readonly giveUps: ByOne<CounterSeries>;
  readonly rejections: ByOne<CounterSeries>;
  readonly retryWaits: ByOne<CounterSeries>;
  readonly operation: ByOne<OperationSeries>;
  readonly group: ByOne<GroupSeries>;
  /** By the circuit's key and the operation of its calls. */
  readonly circuit: ByTwo<CircuitSeries>;
  readonly quotas: QuotaGauges;
  readonly #attemptDurations: ByTwo<HistogramSeries>;
  readonly #set: MetricSet;
  readonly #constant: Labels;

  constructor(set: MetricSet, constant: Labels, limits: Readonly<Record<LimitName, number>>) {
    this.#set = set;
    this.#constant = constant;
    this.#initialize('start', {});
    this.#gauge('info', version).value = 1;
    this.inFlight = this.#gauge('operations_in_flight');
    this.queue = this.#gauge('queue_length');
    this.startTime = this.#gauge('start_time_seconds');
    this.errors = memoize((code) => this.#counter('errors_total', code, classOf(code)));
    this.giveUps = memoize((reason) => this.#counter('give_ups_total', reason));
    this.rejections = memoize((reason) => this.#counter('rejections_total', reason));
    this.retryWaits = memoize((source) => this.#counter('retry_wait_seconds_total', source));
    this.#attemptDurations = memoizeTwo((method, status) =>
      this.#histogram('attempt_duration_seconds', method, status),
    );
    this.operation = bounded(limits.maxOperations, (name) => this.#operationSeries(name));
    this.group = bounded(limits.maxQuotaGroups, (name) => this.#groupSeries(name));
    this.circuit = bounded(limits.maxCircuits, (name, operation) =>
      this.#circuitSeries(name, name !== OTHER && isLabel(operation) ? operation : OTHER),
    );
    const storeUp = this.#gauge('quota_store_up');
    this.quotas = new QuotaGauges((name) => this.group(name).quota(), storeUp);
  }

  attemptDuration(method: string | undefined, status: number | undefined): HistogramSeries {
    const known = method === undefined || methodLabels.has(method);
    return this.#attemptDurations(known ? (method ?? NONE) : OTHER, statusClassLabel(status));
  }

  /** How calls of an operation failed with a code. */
  failureState(operation: OperationSeries, code: string): FailureState {
    let state = operation.failures.get(code);
    if (state === undefined) {
      const labels = [operation.name, code, classOf(code)];
      state = {
        sinceSuccess: this.#gauge('failures_since_success', ...labels),
        lastAt: this.#gauge('last_error_timestamp_seconds', ...labels),
      };
      operation.failures.set(code, state);
    }
    return state;
  }

  #operationSeries(name: string): OperationSeries {
    this.#initialize('operation', { operation: name });
    const ended = memoizeTwo((outcome, code) =>
      this.#counter('operations_total', name, outcome, code),
    );
    const duration = memoize((outcome) =>
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
      lastSuccess: this.#gauge('last_success_timestamp_seconds', name),
      partial: () => this.#counter('partial_responses_total', name),
      attempts: memoize((status) => this.#counter('attempts_total', name, status)),
      retries: memoize((reason) => this.#counter('retries_total', name, reason)),
      failures: new Map(),
    };
  }

  #groupSeries(name: string): GroupSeries {
    this.#initialize('quota_group', { quota_group: name });
    const quotas = memoize(() => this.#quotaSeries(name));
    return {
      waits: memoize((reason) => this.#counter('throttle_waits_total', name, reason)),
      waitSeconds: memoize((reason) => this.#counter('throttle_wait_seconds_total', name, reason)),
      quota: () => quotas(name),
    };
  }

  #quotaSeries(group: string): QuotaSeries {
    this.#initialize('quota', { quota_group: group });
    return {
      limit: memoize((per) => this.#gauge('quota_limit', group, per)),
      used: memoize((per) => this.#gauge('quota_used', group, per)),
      waiting: this.#gauge('quota_waiting', group),
      nextFree: this.#gauge('quota_next_free_seconds', group),
      running: this.#gauge('quota_running_time_seconds', group),
      runningLimit: this.#gauge('quota_running_time_limit_seconds', group),
      changes: memoize((reason) => this.#counter('quota_limit_changes_total', group, reason)),
    };
  }

  #circuitSeries(name: string, operation: string): CircuitSeries {
    this.#initialize('circuit', { circuit: name, operation });
    const state = memoize((value) => this.#gauge('circuit_state', name, operation, value));
    // Many circuits share the `_OTHER` series, so it does not count those that are closed.
    if (name !== OTHER) state('closed').enter();
    return {
      state,
      transitions: memoize((to) => this.#counter('circuit_transitions_total', name, to)),
    };
  }

  /** Creates the series that start at 0 when an operation, group or circuit is first seen. */
  #initialize(when: ZeroRule['when'], names: Partial<Readonly<Record<LabelName, string>>>): void {
    for (const definition of metrics) {
      for (const values of initialSeries(definition, when, names)) {
        const { name, type } = definition;
        if (type === 'counter') this.#counter(name, ...values);
        else if (type === 'histogram') this.#histogram(name, ...values);
        else this.#gauge(name, ...values).value = 0;
      }
    }
  }

  #counter(name: MetricName, ...values: readonly string[]): CounterSeries {
    return this.#set.counter(name, this.#labels(name, values));
  }

  #gauge(name: MetricName, ...values: readonly string[]): GaugeSeries {
    return this.#set.gauge(name, this.#labels(name, values));
  }

  #histogram(name: MetricName, ...values: readonly string[]): HistogramSeries {
    return this.#set.histogram(name, this.#labels(name, values));
  }

  #labels(name: MetricName, values: readonly string[]): Labels {
    const labels: Record<string, string> = { ...this.#constant };
    metric(name).labels.forEach((label, index) => {
      labels[label.name] = values[index] ?? '';
    });
    return Object.freeze(labels);
  }
}

const MAX_NAME_LENGTH = 128;

/**
 * A value for each of the first `max` names, and one for all others, which include names that cannot be a
 * label, such as an empty or very long one.
 */
function bounded<T>(max: number, make: ByTwo<T>): (name: string, detail?: string) => T {
  const known = new Map<string, T>();
  const others = memoize(() => make(OTHER, ''));
  return (name, detail = '') => {
    const found = known.get(name);
    if (found !== undefined) return found;
    if (known.size >= max || !isLabel(name)) return others(OTHER);
    const made = make(name, detail);
    known.set(name, made);
    return made;
  };
}

// The types promise a string; a plugin must not throw because another one broke the promise.
function isLabel(name: unknown): boolean {
  return (
    typeof name === 'string' && name !== '' && name !== OTHER && name.length <= MAX_NAME_LENGTH
  );
}
