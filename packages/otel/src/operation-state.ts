import type { Attributes, Meter } from '@opentelemetry/api';
import { ATTR_OPERATION, ATTR_OUTCOME } from './attribute-names.ts';
import { ACTIVE_OPERATIONS, optionsOf } from './instruments.ts';

/** The calls in progress of one operation, and the attributes that its measurements share. */
export class OperationState {
  inProgress = 0;
  readonly attributes: Attributes;
  readonly success: Attributes;

  constructor(operation: string) {
    this.attributes = Object.freeze({ [ATTR_OPERATION]: operation });
    this.success = Object.freeze({ [ATTR_OPERATION]: operation, [ATTR_OUTCOME]: 'success' });
  }
}

/**
 * The state of all operations that are measured through one meter. It is counted here and read at each
 * export, because an SDK hashes the attributes of every single measurement.
 */
export class OperationStates {
  readonly #states = new Map<string, OperationState>();

  constructor(meter: Meter) {
    meter
      .createObservableUpDownCounter(ACTIVE_OPERATIONS.name, optionsOf(ACTIVE_OPERATIONS))
      .addCallback((result) => {
        for (const { inProgress, attributes } of this.#states.values()) {
          result.observe(inProgress, attributes);
        }
      });
  }

  of(operation: string): OperationState {
    let state = this.#states.get(operation);
    if (state === undefined) {
      state = new OperationState(operation);
      this.#states.set(operation, state);
    }
    return state;
  }
}

const statesByMeter = new WeakMap<Meter, OperationStates>();

/** The states of a meter, shared by all observers that use it. */
export function operationStatesOf(meter: Meter): OperationStates {
  const known = statesByMeter.get(meter) ?? new OperationStates(meter);
  statesByMeter.set(meter, known);
  return known;
}
