import { OTHER } from './definition.ts';

const MAX_LENGTH = 128;

/**
 * Something for each of the first names that come, and one for all others. What would be a label of
 * no use, such as an empty or endless name, goes with the others.
 */
export class Bounded<T> {
  readonly #max: number;
  readonly #make: (name: string) => T;
  readonly #known = new Map<string, T>();
  #other: T | undefined = undefined;

  constructor(max: number, make: (name: string) => T) {
    this.#max = max;
    this.#make = make;
  }

  get(name: string): T {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    if (this.#known.size >= this.#max || !isFit(name)) {
      this.#other ??= this.#make(OTHER);
      return this.#other;
    }
    const made = this.#make(name);
    this.#known.set(name, made);
    return made;
  }
}

// The types promise a string; a plugin that throws because someone else broke a promise helps nobody.
function isFit(name: unknown): boolean {
  return typeof name === 'string' && name !== '' && name !== OTHER && name.length <= MAX_LENGTH;
}
