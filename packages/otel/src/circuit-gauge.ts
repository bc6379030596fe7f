import type { CircuitChange, CircuitState } from '@defender-resilience/core';
import type { ObservableResult } from '@opentelemetry/api';
import { ATTR_CIRCUIT, ATTR_CIRCUIT_STATE } from './attribute-names.ts';

const STATES: readonly CircuitState[] = ['closed', 'open', 'half-open'];

const MAX_CIRCUITS = 100;

/**
 * The current state of every circuit that has changed, at most 100 of them. None is dropped for a
 * newer one: the SDK would go on exporting its series.
 */
export class CircuitGauge {
  readonly #states = new Map<string, CircuitState>();

  change({ circuit, to }: CircuitChange): void {
    if (this.#states.has(circuit) || this.#states.size < MAX_CIRCUITS)
      this.#states.set(circuit, to);
  }

  /** The callback of an observable gauge. */
  readonly observe = (result: ObservableResult): void => {
    for (const [circuit, current] of this.#states) {
      for (const state of STATES) {
        const attributes = { [ATTR_CIRCUIT]: circuit, [ATTR_CIRCUIT_STATE]: state };
        result.observe(state === current ? 1 : 0, attributes);
      }
    }
  };
}
