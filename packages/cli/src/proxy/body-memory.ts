/** Limits the memory for the bodies of all requests, in bytes. */
export class BodyMemory {
  readonly #limit: number;
  #used = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How much is used now. */
  get used(): number {
    return this.#used;
  }

  /** Reserves so many bytes. Returns false, and reserves none, if not enough are left. */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.#limit) return false;
    this.#used += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#used -= bytes;
  }
}
