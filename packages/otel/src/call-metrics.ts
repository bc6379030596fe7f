import type {
  CallEnd,
  CallObserver,
  CallStart,
  CircuitChange,
  ReadQuotas,
  RetryScheduled,
} from '@defender-resilience/core';
import {
  type Attributes,
  type Counter,
  createNoopMeter,
  type Histogram,
  type Meter,
  type MeterProvider,
  metrics,
  type UpDownCounter,
} from '@opentelemetry/api';
import {
  ATTR_ERROR_CLASS,
  ATTR_ERROR_TYPE,
  ATTR_OPERATION,
  ATTR_OUTCOME,
  ATTR_RETRY_REASON,
  SCHEMA_URL,
} from './attribute-names.ts';
import { BoundedNames } from './bounded-names.ts';
import { CircuitStates } from './circuit-states.ts';
import { errorClassOf, errorTypeOf } from './error-type.ts';
import {
  ACTIVE_OPERATIONS,
  CIRCUIT_STATE,
  ERRORS,
  OPERATION_DURATION,
  optionsOf,
  RETRIES,
} from './instruments.ts';
import type { Settings } from './options.ts';
import { MAX_WRAPPERS, type QuotaGauges, quotaGaugesOf } from './quota-gauges.ts';
import { NAME, VERSION } from './version.ts';

interface Instruments {
  readonly duration: Histogram;
  readonly errors: Counter;
  readonly retries: Counter;
  readonly active: UpDownCounter;
}

/** Measures calls, circuits and quotas through the metrics API. */
export class CallMetrics {
  readonly #settings: Settings;
  readonly #operations: BoundedNames;
  readonly #circuits = new CircuitStates();
  readonly #quotas: ReadQuotas[] = [];
  #provider: MeterProvider | undefined = undefined;
  #instruments: Instruments | undefined = undefined;
  #gauges: QuotaGauges | undefined = undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#operations = new BoundedNames(settings.maxOperations);
  }

  /** Undefined where nobody collects metrics. */
  start({ operation }: CallStart): CallMeasurement | undefined {
    const instruments = this.#current();
    if (instruments === undefined) return undefined;
    const { expectedStatuses } = this.#settings;
    return new CallMeasurement(instruments, this.#operations.of(operation), expectedStatuses);
  }

  circuit(change: CircuitChange): void {
    this.#circuits.change(change);
    this.#current();
  }

  quotas(read: ReadQuotas): void {
    if (this.#quotas.length < MAX_WRAPPERS) this.#quotas.push(read);
    this.#current();
    this.#gauges?.add(read);
  }

  // The API's metrics, unlike its traces, do not hand what was made before the SDK was registered on
  // to it, so the provider is looked at again at each call.
  #current(): Instruments | undefined {
    const provider = this.#settings.meterProvider ?? metrics.getMeterProvider();
    if (provider === this.#provider) return this.#instruments;
    this.#provider = provider;
    this.#instruments = undefined;
    this.#gauges = undefined;
    const meter = provider.getMeter(NAME, VERSION, { schemaUrl: SCHEMA_URL });
    if (meter === createNoopMeter()) return undefined;
    this.#instruments = instrumentsOf(meter);
    meter
      .createObservableGauge(CIRCUIT_STATE.name, optionsOf(CIRCUIT_STATE))
      .addCallback(this.#circuits.observe);
    this.#gauges = quotaGaugesOf(meter);
    for (const read of this.#quotas) this.#gauges.add(read);
    return this.#instruments;
  }
}

function instrumentsOf(meter: Meter): Instruments {
  return {
    duration: meter.createHistogram(OPERATION_DURATION.name, optionsOf(OPERATION_DURATION)),
    errors: meter.createCounter(ERRORS.name, optionsOf(ERRORS)),
    retries: meter.createCounter(RETRIES.name, optionsOf(RETRIES)),
    active: meter.createUpDownCounter(ACTIVE_OPERATIONS.name, optionsOf(ACTIVE_OPERATIONS)),
  };
}

/** What is measured of one call. */
export class CallMeasurement implements CallObserver {
  readonly #instruments: Instruments;
  readonly #operation: Attributes;
  readonly #expectedStatuses: ReadonlySet<number>;

  constructor(instruments: Instruments, operation: string, expectedStatuses: ReadonlySet<number>) {
    this.#instruments = instruments;
    this.#operation = { [ATTR_OPERATION]: operation };
    this.#expectedStatuses = expectedStatuses;
    instruments.active.add(1, this.#operation);
  }

  retry({ failure }: RetryScheduled): void {
    const reason = { [ATTR_RETRY_REASON]: errorTypeOf(failure) };
    this.#instruments.retries.add(1, { ...this.#operation, ...reason });
  }

  end(end: CallEnd): void {
    const { active, duration, errors } = this.#instruments;
    active.add(-1, this.#operation);
    const error = this.#errorOf(end);
    duration.record(end.durationMs / 1_000, {
      ...this.#operation,
      [ATTR_OUTCOME]: end.outcome,
      ...(error === undefined ? {} : { [ATTR_ERROR_TYPE]: error[ATTR_ERROR_TYPE] }),
    });
    if (error !== undefined) errors.add(1, error);
  }

  /** Undefined for what is no error: a success, a caller's abort, a status that the user expects. */
  #errorOf({ failure }: CallEnd): Attributes | undefined {
    if (failure === undefined || failure.source === 'cancelled') return undefined;
    if (failure.status !== undefined && this.#expectedStatuses.has(failure.status))
      return undefined;
    const errorClass = errorClassOf(failure);
    return {
      [ATTR_ERROR_TYPE]: errorTypeOf(failure),
      ...(errorClass === undefined ? {} : { [ATTR_ERROR_CLASS]: errorClass }),
    };
  }
}
