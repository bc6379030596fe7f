import type { Attributes, BatchObservableResult, Meter, Observable } from '@opentelemetry/api';
import { ClientState } from './client-state.ts';
import { type InstrumentRow, OBSERVABLES, optionsOf, type Report } from './instruments.ts';

/** How many different `constantAttributes` are exported, such as tenants. */
const MAX_CLIENTS = 1_000;

/**
 * The state of all clients that are measured through one meter, read at each export. Counting here is much
 * cheaper than recording with the SDK, which hashes the attributes of every measurement.
 */
export class Observables {
  readonly #clients = new Map<string, ClientState>();
  readonly #instruments: Report['instruments'];

  constructor(meter: Meter) {
    this.#instruments = {
      operations: create(meter, OBSERVABLES.operations),
      inFlight: create(meter, OBSERVABLES.inFlight),
      attempts: create(meter, OBSERVABLES.attempts),
      failuresSinceSuccess: create(meter, OBSERVABLES.failuresSinceSuccess),
      lastSuccess: create(meter, OBSERVABLES.lastSuccess),
      lastError: create(meter, OBSERVABLES.lastError),
      startTime: create(meter, OBSERVABLES.startTime),
      circuitState: create(meter, OBSERVABLES.circuitState),
      circuitTransitions: create(meter, OBSERVABLES.circuitTransitions),
      quotaLimit: create(meter, OBSERVABLES.quotaLimit),
      quotaUsed: create(meter, OBSERVABLES.quotaUsed),
      quotaWaiting: create(meter, OBSERVABLES.quotaWaiting),
    };
    // One callback for all instruments, so that the values of one export are read at the same time.
    meter.addBatchObservableCallback(this.#report, Object.values(this.#instruments));
  }

  /** The state of the client with these attributes, shared by all observers that have them. */
  client(constantAttributes: Attributes, maxOperations: number): ClientState {
    const key = JSON.stringify(Object.entries(constantAttributes).toSorted(byName));
    const known = this.#clients.get(key);
    if (known !== undefined) return known;
    const client = new ClientState(constantAttributes, maxOperations);
    if (this.#clients.size < MAX_CLIENTS) this.#clients.set(key, client);
    return client;
  }

  readonly #report = (result: BatchObservableResult): void => {
    const report: Report = {
      instruments: this.#instruments,
      observe: (instrument, value, attributes) => result.observe(instrument, value, attributes),
    };
    for (const client of this.#clients.values()) client.report(report);
  };
}

function create(meter: Meter, row: InstrumentRow): Observable {
  const { name, kind } = row;
  const options = optionsOf(row);
  if (kind === 'ObservableCounter') return meter.createObservableCounter(name, options);
  if (kind === 'ObservableUpDownCounter') return meter.createObservableUpDownCounter(name, options);
  return meter.createObservableGauge(name, options);
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

const observablesByMeter = new WeakMap<Meter, Observables>();

/** The observables of a meter, shared by all observers that use it. */
export function observablesOf(meter: Meter): Observables {
  const known = observablesByMeter.get(meter) ?? new Observables(meter);
  observablesByMeter.set(meter, known);
  return known;
}
