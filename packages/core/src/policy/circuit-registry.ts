import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import { Circuit, type CircuitSettings, type CircuitTransition } from './circuit.ts';

/** A limited number of circuits of one wrapper, by host and operation. */
export class CircuitRegistry {
  readonly #settings: CircuitSettings;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #circuits = new Map<string, Circuit>();

  constructor(settings: CircuitSettings, clock: Clock, random: Random) {
    this.#settings = settings;
    this.#clock = clock;
    this.#random = random;
  }

  /** The circuit of `key`; undefined if there is none yet. */
  find(key: string): Circuit | undefined {
    return this.#circuits.get(key);
  }

  /** The circuit of `key`, created with `onChange` if there is none yet. */
  get(key: string, onChange: (change: CircuitTransition) => void): Circuit {
    const known = this.#circuits.get(key);
    if (known !== undefined) return known;
    const circuit = new Circuit(this.#settings, this.#clock, this.#random, onChange);
    if (this.#hasRoom()) this.#circuits.set(key, circuit);
    return circuit;
  }

  snapshot(now: number): ({ circuit: string } & ReturnType<Circuit['snapshot']>)[] {
    return [...this.#circuits].map(([circuit, state]) => ({ circuit, ...state.snapshot(now) }));
  }

  // Forgets a closed circuit if necessary. If every circuit is open, there is no room, and the new one lasts
  // only as long as its call.
  #hasRoom(): boolean {
    if (this.#circuits.size < this.#settings.maxCircuits) return true;
    for (const [key, circuit] of this.#circuits) {
      if (!circuit.closed) continue;
      this.#circuits.delete(key);
      return true;
    }
    return false;
  }
}
