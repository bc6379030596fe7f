import type {
  CallEnd,
  CallObserver,
  CallStart,
  CircuitChange,
  Failure,
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
} from '@opentelemetry/api';
import {
  ATTR_ERROR_CLASS,
  ATTR_ERROR_TYPE,
  ATTR_OUTCOME,
  ATTR_RETRY_REASON,
} from './attribute-names.ts';
import { BoundedNames } from './bounded-names.ts';
import { CircuitGauge } from './circuit-gauge.ts';
import { errorClassOf, errorTypeOf } from './error-type.ts';
import { CIRCUIT_STATE, ERRORS, OPERATION_DURATION, optionsOf, RETRIES } from './instruments.ts';
import { type OperationState, type OperationStates, operationStatesOf } from './operation-state.ts';
import type { Settings } from './options.ts';
import { MAX_WRAPPERS, type QuotaGauges, quotaGaugesOf } from './quota-gauges.ts';
import { NAME, SCHEMA_URL, VERSION } from './scope.ts';

interface Instruments {
  readonly duration: Histogram;
  readonly errors: Counter;
  readonly retries: Counter;
  readonly operations: OperationStates;
}

/** Measures calls, circuits and quotas through the metrics API. */
export class CallMetrics {
  readonly #settings: Settings;
  readonly #operations: BoundedNames;
  readonly #circuits = new CircuitGauge();
  readonly #quotas: ReadQuotas[] = [];
  #provider: MeterProvider | undefined = undefined;
  #instruments: Instruments | undefined = undefined;
  #gauges: QuotaGauges | undefined = undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#operations = new BoundedNames(settings.maxOperations);
  }

  /** Undefined when there is no SDK that collects metrics. */
  start(call: CallStart): CallMeasurement | undefined {
    const instruments = this.#currentInstruments();
    if (instruments === undefined) return undefined;
    const state = instruments.operations.of(this.#operations.of(call.operation));
    return new CallMeasurement(instruments, state, this.#settings.expectedStatuses);
  }

  circuit(change: CircuitChange): void {
    this.#circuits.change(change);
    this.#currentInstruments();
  }

  quotas(read: ReadQuotas): void {
    if (this.#quotas.length < MAX_WRAPPERS) this.#quotas.push(read);
    this.#currentInstruments();
    this.#gauges?.add(read);
  }

  // Unlike a tracer, a meter that was made before the SDK was registered never uses it, so the global
  // provider is looked up at each call.
  #currentInstruments(): Instruments | undefined {
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
    operations: operationStatesOf(meter),
  };
}

/** Measures one call. */
class CallMeasurement implements CallObserver {
  readonly #instruments: Instruments;
  readonly #operation: OperationState;
  readonly #expectedStatuses: ReadonlySet<number>;

  constructor(
    instruments: Instruments,
    operation: OperationState,
    expectedStatuses: ReadonlySet<number>,
  ) {
    this.#instruments = instruments;
    this.#operation = operation;
    this.#expectedStatuses = expectedStatuses;
    operation.inProgress += 1;
  }

  retry({ failure }: RetryScheduled): void {
    this.#instruments.retries.add(1, {
      ...this.#operation.attributes,
      [ATTR_RETRY_REASON]: errorTypeOf(failure),
    });
  }

  end({ outcome, durationMs, failure }: CallEnd): void {
    const { duration, errors } = this.#instruments;
    const seconds = durationMs / 1_000;
    this.#operation.inProgress -= 1;
    if (outcome === 'success') {
      duration.record(seconds, this.#operation.success);
      return;
    }
    const attributes: Attributes = { ...this.#operation.attributes, [ATTR_OUTCOME]: outcome };
    if (failure !== undefined && this.#isError(failure)) {
      const type = errorTypeOf(failure);
      attributes[ATTR_ERROR_TYPE] = type;
      errors.add(1, { [ATTR_ERROR_TYPE]: type, [ATTR_ERROR_CLASS]: errorClassOf(failure) });
    }
    duration.record(seconds, attributes);
  }

  #isError({ source, status }: Failure): boolean {
    if (source === 'cancelled') return false;
    return status === undefined || !this.#expectedStatuses.has(status);
  }
}
