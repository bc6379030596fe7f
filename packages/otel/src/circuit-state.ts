import type { CircuitChange, CircuitState } from '@defender-resilience/core';
import type { Attributes } from '@opentelemetry/api';
import {
  ATTR_CIRCUIT,
  ATTR_CIRCUIT_STATE,
  ATTR_CIRCUIT_TO,
  ATTR_OPERATION,
} from './attribute-names.ts';
import type { Report } from './instruments.ts';

/** One state of a circuit. */
interface StateSeries {
  readonly stateAttributes: Attributes;
  readonly transitionAttributes: Attributes;
  /** How many wrappers have the circuit in this state. */
  wrappers: number;
  transitions: number;
}

/** The values of `CircuitState` as attributes: with an underscore, as in the metrics for Prometheus. */
const STATES: ReadonlyMap<CircuitState, string> = new Map([
  ['closed', 'closed'],
  ['open', 'open'],
  ['half-open', 'half_open'],
]);

/** The states of one circuit, which several wrappers may have under the same name. */
export class CircuitStates {
  readonly #series: ReadonlyMap<CircuitState, StateSeries>;

  constructor(circuit: string, operation: string, constantAttributes: Attributes) {
    const attributes = {
      ...constantAttributes,
      [ATTR_CIRCUIT]: circuit,
      [ATTR_OPERATION]: operation,
    };
    this.#series = new Map(
      [...STATES].map(([state, value]) => [
        state,
        {
          stateAttributes: { ...attributes, [ATTR_CIRCUIT_STATE]: value },
          transitionAttributes: { ...attributes, [ATTR_CIRCUIT_TO]: value },
          wrappers: state === 'closed' ? 1 : 0,
          transitions: 0,
        },
      ]),
    );
  }

  change({ from, to }: CircuitChange): void {
    const before = this.#series.get(from);
    // The change to `from` may have happened before there was an SDK.
    const left = before !== undefined && before.wrappers > 0 ? before : this.#series.get('closed');
    const next = this.#series.get(to);
    if (left !== undefined) left.wrappers = Math.max(left.wrappers - 1, 0);
    if (next === undefined) return;
    next.wrappers += 1;
    next.transitions += 1;
  }

  report({ observe, instruments }: Report): void {
    for (const series of this.#series.values()) {
      observe(instruments.circuitState, series.wrappers > 0 ? 1 : 0, series.stateAttributes);
      observe(instruments.circuitTransitions, series.transitions, series.transitionAttributes);
    }
  }
}
