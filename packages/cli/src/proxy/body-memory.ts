/** The memory that the bodies of all requests together may use, in bytes. */
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

  /** Takes so many bytes, or none if they are not there. */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.#limit) return false;
    this.#used += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#used -= bytes;
  }
}
