/** What stands for every name beyond the limit. */
const OTHER_NAME = '_OTHER';

/** Tells the first `max` names apart; every further one is `_OTHER`. */
export class BoundedNames {
  readonly #max: number;
  readonly #known = new Set<string>();

  constructor(max: number) {
    this.#max = max;
  }

  of(name: string): string {
    if (this.#known.has(name)) return name;
    if (this.#known.size >= this.#max) return OTHER_NAME;
    this.#known.add(name);
    return name;
  }
}
