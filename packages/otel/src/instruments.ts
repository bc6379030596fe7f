import type { Attributes, MetricOptions, Observable } from '@opentelemetry/api';
import {
  ATTR_CIRCUIT,
  ATTR_CIRCUIT_STATE,
  ATTR_CIRCUIT_TO,
  ATTR_ERROR_CLASS,
  ATTR_ERROR_TYPE,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_OPERATION,
  ATTR_OUTCOME,
  ATTR_QUOTA_GROUP,
  ATTR_QUOTA_PER,
  ATTR_RETRY_REASON,
} from './attribute-names.ts';

/** One metric. The instruments and the reference page are generated from these rows. */
export interface InstrumentRow {
  readonly name: string;
  readonly kind:
    | 'Histogram'
    | 'Counter'
    | 'ObservableCounter'
    | 'ObservableUpDownCounter'
    | 'ObservableGauge';
  /** A UCUM unit. */
  readonly unit: string;
  readonly description: string;
  /** The names of its attributes, without those of the option `constantAttributes`. */
  readonly attributes: readonly string[];
  /** The bucket boundaries that the SDK is advised to use, in the metric's unit. */
  readonly boundaries?: readonly number[];
}

const ERROR = [ATTR_ERROR_TYPE, ATTR_ERROR_CLASS];

export const OPERATION_DURATION: InstrumentRow = Object.freeze({
  name: 'defender.client.operation.duration',
  kind: 'Histogram',
  unit: 's',
  description: 'Duration of calls, with all their attempts and waits',
  attributes: [ATTR_OPERATION, ATTR_OUTCOME, ATTR_ERROR_TYPE],
  // From one quick response to a call that waited a minute for its quota; hunting takes minutes.
  boundaries: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180],
});

export const ERRORS: InstrumentRow = Object.freeze({
  name: 'defender.client.errors',
  kind: 'Counter',
  unit: '{error}',
  description: 'Calls that failed after all retries, by error',
  attributes: ERROR,
});

export const RETRIES: InstrumentRow = Object.freeze({
  name: 'defender.client.retries',
  kind: 'Counter',
  unit: '{retry}',
  description: 'Retries, by the error of the previous attempt',
  attributes: [ATTR_OPERATION, ATTR_RETRY_REASON],
});

export type ObservableKey =
  | 'operations'
  | 'inFlight'
  | 'attempts'
  | 'failuresSinceSuccess'
  | 'lastSuccess'
  | 'lastError'
  | 'startTime'
  | 'circuitState'
  | 'circuitTransitions'
  | 'quotaLimit'
  | 'quotaUsed'
  | 'quotaWaiting';

/** The metrics that are read at each export instead of being recorded at each call. */
export const OBSERVABLES: Readonly<Record<ObservableKey, InstrumentRow>> = Object.freeze({
  operations: {
    name: 'defender.client.operations',
    kind: 'ObservableCounter',
    unit: '{operation}',
    description: 'Calls that ended, each counted once',
    attributes: [ATTR_OPERATION, ATTR_OUTCOME, ...ERROR],
  },
  inFlight: {
    name: 'defender.client.operations.in_flight',
    kind: 'ObservableUpDownCounter',
    unit: '{operation}',
    description: 'Calls in progress',
    attributes: [ATTR_OPERATION],
  },
  attempts: {
    name: 'defender.client.attempts',
    kind: 'ObservableCounter',
    unit: '{attempt}',
    description: 'Attempts that ended, by the HTTP status of the response',
    attributes: [ATTR_OPERATION, ATTR_HTTP_RESPONSE_STATUS_CODE],
  },
  failuresSinceSuccess: {
    name: 'defender.client.failures_since_success',
    kind: 'ObservableGauge',
    unit: '{call}',
    description:
      'Calls of the operation that failed with this error since the operation last succeeded; 0 after a success',
    attributes: [ATTR_OPERATION, ...ERROR],
  },
  lastSuccess: {
    name: 'defender.client.last_success.timestamp',
    kind: 'ObservableGauge',
    unit: 's',
    description:
      'When a call of the operation last succeeded, in seconds since 1970; 0 from its first call until one does',
    attributes: [ATTR_OPERATION],
  },
  lastError: {
    name: 'defender.client.last_error.timestamp',
    kind: 'ObservableGauge',
    unit: 's',
    description: 'When a call of the operation last failed with this error, in seconds since 1970',
    attributes: [ATTR_OPERATION, ...ERROR],
  },
  startTime: {
    name: 'defender.client.start_time',
    kind: 'ObservableGauge',
    unit: 's',
    description: 'When the observer was created, in seconds since 1970',
    attributes: [],
  },
  circuitState: {
    name: 'defender.client.circuit.state',
    kind: 'ObservableGauge',
    unit: '{state}',
    description: '1 for the current state of the circuit, 0 for the other states',
    attributes: [ATTR_CIRCUIT, ATTR_OPERATION, ATTR_CIRCUIT_STATE],
  },
  circuitTransitions: {
    name: 'defender.client.circuit.transitions',
    kind: 'ObservableCounter',
    unit: '{transition}',
    description: 'Changes of the state of the circuit',
    attributes: [ATTR_CIRCUIT, ATTR_OPERATION, ATTR_CIRCUIT_TO],
  },
  quotaLimit: {
    name: 'defender.client.quota.limit',
    kind: 'ObservableGauge',
    unit: '{call}',
    description: 'Calls that the quota allows in its window: as configured, or lower after 429s',
    attributes: [ATTR_QUOTA_GROUP, ATTR_QUOTA_PER],
  },
  quotaUsed: {
    name: 'defender.client.quota.used',
    kind: 'ObservableGauge',
    unit: '{call}',
    description: 'Calls in the window that ends now, as far as this process knows',
    attributes: [ATTR_QUOTA_GROUP, ATTR_QUOTA_PER],
  },
  quotaWaiting: {
    name: 'defender.client.quota.waiting',
    kind: 'ObservableGauge',
    unit: '{call}',
    description: 'Calls that wait for the quota',
    attributes: [ATTR_QUOTA_GROUP],
  },
});

/** Receives the values of one export. */
export interface Report {
  readonly instruments: Readonly<Record<ObservableKey, Observable>>;
  readonly observe: (instrument: Observable, value: number, attributes: Attributes) => void;
}

/** Every metric of this package. */
export const instrumentTable: readonly InstrumentRow[] = Object.freeze([
  OPERATION_DURATION,
  ERRORS,
  RETRIES,
  ...Object.values(OBSERVABLES),
]);

/** The options of the instrument for the metrics API. */
export function optionsOf({ unit, description, boundaries }: InstrumentRow): MetricOptions {
  return {
    unit,
    description,
    ...(boundaries === undefined ? {} : { advice: { explicitBucketBoundaries: [...boundaries] } }),
  };
}
