import type {
  CallObserver,
  CallStart,
  CircuitChange,
  Observer,
  QuotaChange,
  ReadQuotas,
} from '@defender-resilience/core';
import { CallMeter, type Meter } from './call-meter.ts';
import type { OperationCells } from './instruments.ts';
import { label } from './label-values.ts';
import type { MetricSet } from './metric-set.ts';
import { type PromObserverOptions, type Settings, settingsOf } from './options.ts';
import { QuotaReaders } from './quota-readers.ts';
import { type RecentErrors, RecentErrorsRing } from './recent-errors.ts';
import {
  attach,
  isAttached,
  isOpenMetrics,
  type MetricRegistry,
  sharedRegistry,
} from './registry.ts';
import { traceReader } from './trace-context.ts';
import { warnOnce } from './warn.ts';

/** An observer that counts into a registry of prom-client. */
export interface PromObserver extends Observer {
  /** The registry that the metrics are in. */
  readonly register: MetricRegistry;
  /** The last errors with their tracking IDs. */
  readonly recentErrors: RecentErrors;
}

/**
 * Makes an observer that counts calls, attempts, retries, errors and circuits for Prometheus, and
 * shows the quotas.
 *
 * It puts its metrics into the registry at once, reuses them where another observer has put them
 * there, and never clears a registry or collects anything else. Where several observers are used,
 * name it after those that trace, so that it sees their spans.
 *
 * @throws TypeError that names every fault of the options at once
 * @throws Error when no registry is given and prom-client is not installed, or when a name belongs to
 * a metric of someone else
 */
export function promObserver(options: PromObserverOptions = {}): PromObserver {
  const settings = settingsOf(options);
  const register = settings.register ?? sharedRegistry(settings.client);
  const exemplars = settings.exemplars && isOpenMetrics(register);
  if (settings.exemplars && !exemplars) {
    warnOnce(
      register,
      'A text registry prints no exemplars, so /metrics leads to no tracking IDs: use one of the type OpenMetrics, or say `exemplars: false`.',
    );
  }
  return new MeteringObserver(settings, register, exemplars);
}

class MeteringObserver implements PromObserver {
  readonly register: MetricRegistry;
  readonly recentErrors: RecentErrorsRing;
  readonly #settings: Settings;
  readonly #exemplars: boolean;
  readonly #readers = new QuotaReaders();
  #set: MetricSet;
  #meter: Meter;

  constructor(settings: Settings, register: MetricRegistry, exemplars: boolean) {
    this.register = register;
    this.recentErrors = new RecentErrorsRing(settings.capacity);
    this.#settings = settings;
    this.#exemplars = exemplars;
    this.#set = attach(register, settings.prefix);
    this.#meter = this.#meterOf(this.#set);
  }

  call(start: CallStart): CallObserver {
    if (!isAttached(this.register, this.#set)) this.#attachAgain();
    const operation = this.#meter.instruments.operations.get(start.operation);
    this.#meet(start, operation);
    return new CallMeter(this.#meter, start, operation);
  }

  circuit({ circuit, from, to }: CircuitChange): void {
    const { state, transitions } = this.#meter.instruments.circuits.get(circuit);
    state(label(from)).release();
    state(label(to)).hold();
    transitions(label(to)).add(1);
  }

  quota(change: QuotaChange): void {
    if (change.kind === 'store') return;
    this.#meter.instruments.quotas.changed(change.group, label(change.reason));
  }

  quotas(read: ReadQuotas): void {
    this.#readers.add(read);
    this.#meter.instruments.quotas.watch(this.#readers);
  }

  /** Lets circuit and quota group be born before their first event. Almost always they are. */
  #meet({ quotaGroup, circuit }: CallStart, operation: OperationCells): void {
    const { circuits, groups } = this.#meter.instruments;
    if (operation.quotaGroup !== quotaGroup) {
      operation.quotaGroup = quotaGroup;
      groups.get(quotaGroup);
    }
    if (circuit === undefined || operation.circuit === circuit) return;
    operation.circuit = circuit;
    circuits.get(circuit);
  }

  // Somebody cleared the registry. What was counted goes on from where it was.
  #attachAgain(): void {
    const { register } = this;
    try {
      const set = attach(register, this.#settings.prefix, this.#set);
      if (set === this.#set) return;
      this.#set = set;
      this.#meter = this.#meterOf(set);
      if (!this.#readers.empty) this.#meter.instruments.quotas.watch(this.#readers);
    } catch {
      // A call is no place to complain that somebody else has taken the names: count on unseen.
      warnOnce(
        register,
        'The registry was cleared, and names of promObserver now belong to metrics of someone else: its own are not shown.',
      );
    }
  }

  #meterOf(set: MetricSet): Meter {
    const { constantLabels, limits, traceContext, clock } = this.#settings;
    return {
      instruments: set.instruments(constantLabels, limits),
      recentErrors: this.recentErrors,
      traces: traceReader(traceContext),
      clock,
      exemplars: this.#exemplars,
    };
  }
}
