import type { MetricOptions } from '@opentelemetry/api';
import {
  ATTR_CIRCUIT,
  ATTR_CIRCUIT_STATE,
  ATTR_ERROR_CLASS,
  ATTR_ERROR_TYPE,
  ATTR_OPERATION,
  ATTR_OUTCOME,
  ATTR_QUOTA_GROUP,
  ATTR_QUOTA_PER,
  ATTR_RETRY_REASON,
} from './attribute-names.ts';

/** One metric. The instruments and the reference page are made from these rows. */
export interface InstrumentRow {
  readonly name: string;
  readonly kind: 'Histogram' | 'Counter' | 'ObservableUpDownCounter' | 'ObservableGauge';
  /** A UCUM unit. */
  readonly unit: string;
  readonly description: string;
  readonly attributes: readonly string[];
  /** The bucket boundaries that the SDK is advised to use, in the metric's unit. */
  readonly boundaries?: readonly number[];
}

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
  attributes: [ATTR_ERROR_TYPE, ATTR_ERROR_CLASS],
});

export const RETRIES: InstrumentRow = Object.freeze({
  name: 'defender.client.retries',
  kind: 'Counter',
  unit: '{retry}',
  description: 'Retries, by the error of the attempt before',
  attributes: [ATTR_OPERATION, ATTR_RETRY_REASON],
});

export const ACTIVE_OPERATIONS: InstrumentRow = Object.freeze({
  name: 'defender.client.operations.active',
  kind: 'ObservableUpDownCounter',
  unit: '{operation}',
  description: 'Calls in progress',
  attributes: [ATTR_OPERATION],
});

export const CIRCUIT_STATE: InstrumentRow = Object.freeze({
  name: 'defender.client.circuit.state',
  kind: 'ObservableGauge',
  unit: '1',
  description:
    '1 for the current state of the circuit, 0 for the other states; from its first change on',
  attributes: [ATTR_CIRCUIT, ATTR_CIRCUIT_STATE],
});

export const QUOTA_LIMIT: InstrumentRow = Object.freeze({
  name: 'defender.client.quota.limit',
  kind: 'ObservableGauge',
  unit: '{call}',
  description:
    'Calls that the quota allows in its window: as configured, or less after the service refused calls',
  attributes: [ATTR_QUOTA_GROUP, ATTR_QUOTA_PER],
});

export const QUOTA_USED: InstrumentRow = Object.freeze({
  name: 'defender.client.quota.used',
  kind: 'ObservableGauge',
  unit: '{call}',
  description: 'Calls in the window that ends now, as far as this process knows',
  attributes: [ATTR_QUOTA_GROUP, ATTR_QUOTA_PER],
});

export const QUOTA_WAITING: InstrumentRow = Object.freeze({
  name: 'defender.client.quota.waiting',
  kind: 'ObservableGauge',
  unit: '{call}',
  description: 'Calls that wait for the quota',
  attributes: [ATTR_QUOTA_GROUP],
});

/** Every metric of this package. */
export const instrumentTable: readonly InstrumentRow[] = Object.freeze([
  OPERATION_DURATION,
  ERRORS,
  RETRIES,
  ACTIVE_OPERATIONS,
  CIRCUIT_STATE,
  QUOTA_LIMIT,
  QUOTA_USED,
  QUOTA_WAITING,
]);

/** The options of the instrument, as the metrics API takes them. */
export function optionsOf({ unit, description, boundaries }: InstrumentRow): MetricOptions {
  return {
    unit,
    description,
    ...(boundaries === undefined ? {} : { advice: { explicitBucketBoundaries: [...boundaries] } }),
  };
}
