import type {
  AttemptObserver,
  CallEnd,
  CallObserver,
  CallStart,
  CircuitChange,
  Failure,
  ReadQuotas,
  RetryScheduled,
} from '@defender-resilience/core';
import {
  type Counter,
  createNoopMeter,
  type Histogram,
  type Meter,
  type MeterProvider,
  metrics,
} from '@opentelemetry/api';
import { type ClientState, MAX_WRAPPERS } from './client-state.ts';
import { errorLabelsOf, errorTypeOf } from './error-type.ts';
import { ERRORS, OPERATION_DURATION, optionsOf, RETRIES } from './instruments.ts';
import { observablesOf } from './observables.ts';
import type { OperationState } from './operation-state.ts';
import type { Settings } from './options.ts';
import { NAME, reportFault, SCHEMA_URL, VERSION } from './scope.ts';

/** The instruments of one meter, and the state that it reads at each export. */
interface Recorder {
  readonly duration: Histogram;
  readonly errors: Counter;
  readonly retries: Counter;
  readonly client: ClientState;
  readonly epoch: () => number;
  readonly expectedStatuses: ReadonlySet<number>;
}

/** Measures calls, circuits and quotas through the metrics API. */
export class CallMetrics {
  readonly #settings: Settings;
  readonly #startMs: number;
  readonly #quotas: ReadQuotas[] = [];
  #provider: MeterProvider | undefined = undefined;
  #recorder: Recorder | undefined = undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#startMs = settings.clock.epoch();
    // With an SDK, the start time is exported even if no call is ever made.
    try {
      this.#currentRecorder();
    } catch (error) {
      reportFault(error, 'when the instruments were created');
    }
  }

  /** Undefined if there is no SDK that collects metrics. */
  start(call: CallStart): CallObserver | undefined {
    const recorder = this.#currentRecorder();
    if (recorder === undefined) return undefined;
    recorder.client.circuitOf(call);
    return new CallMeasurement(recorder, recorder.client.operation(call.operation));
  }

  circuit(change: CircuitChange): void {
    this.#currentRecorder()?.client.circuitChanged(change);
  }

  quotas(read: ReadQuotas): void {
    if (this.#quotas.length < MAX_WRAPPERS) this.#quotas.push(read);
    this.#currentRecorder()?.client.addQuotas(read);
  }

  // Unlike a tracer, a meter that was created before the SDK was registered never uses it, so the global
  // provider is looked up at each call.
  #currentRecorder(): Recorder | undefined {
    const provider = this.#settings.meterProvider ?? metrics.getMeterProvider();
    if (provider === this.#provider) return this.#recorder;
    this.#provider = provider;
    this.#recorder = undefined;
    const meter = provider.getMeter(NAME, VERSION, { schemaUrl: SCHEMA_URL });
    if (meter === createNoopMeter()) return undefined;
    this.#recorder = recorderOf(meter, this.#settings);
    this.#recorder.client.observerStarted(this.#startMs);
    for (const read of this.#quotas) this.#recorder.client.addQuotas(read);
    return this.#recorder;
  }
}

function recorderOf(meter: Meter, settings: Settings): Recorder {
  const { constantAttributes, maxOperations, expectedStatuses, clock } = settings;
  return {
    duration: meter.createHistogram(OPERATION_DURATION.name, optionsOf(OPERATION_DURATION)),
    errors: meter.createCounter(ERRORS.name, optionsOf(ERRORS)),
    retries: meter.createCounter(RETRIES.name, optionsOf(RETRIES)),
    client: observablesOf(meter).client(constantAttributes, maxOperations),
    epoch: () => clock.epoch(),
    expectedStatuses,
  };
}

/** Measures one call. */
class CallMeasurement implements CallObserver {
  readonly #recorder: Recorder;
  readonly #operation: OperationState;

  constructor(recorder: Recorder, operation: OperationState) {
    this.#recorder = recorder;
    this.#operation = operation;
    operation.inFlight += 1;
  }

  attempt(): AttemptObserver {
    return this.#operation;
  }

  retry({ failure }: RetryScheduled): void {
    this.#recorder.retries.add(1, this.#operation.retryAttributes(errorTypeOf(failure)));
  }

  end({ outcome, durationMs, failure }: CallEnd): void {
    const { duration, errors, client, epoch } = this.#recorder;
    const seconds = durationMs / 1_000;
    if (outcome === 'success') {
      this.#operation.succeed(epoch());
      duration.record(seconds, this.#operation.success);
      return;
    }
    const error =
      failure !== undefined && this.#isError(failure) ? errorLabelsOf(failure) : undefined;
    const attributes = this.#operation.fail(outcome, error, epoch());
    if (error !== undefined) errors.add(1, client.errorAttributes(error));
    duration.record(seconds, attributes);
  }

  #isError({ source, status }: Failure): boolean {
    if (source === 'cancelled') return false;
    return status === undefined || !this.#recorder.expectedStatuses.has(status);
  }
}
