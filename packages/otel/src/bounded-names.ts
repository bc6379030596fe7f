/** The value that all names beyond the limit share. */
const OTHER_NAME = '_OTHER';

/** Keeps the first `max` different names, and replaces every further one by `_OTHER`. */
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
