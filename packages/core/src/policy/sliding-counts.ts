/** How many slices a window is cut into: the window slides in steps of one slice. */
const SLICES = 60;

/**
 * Two counts over a window that really slides: what is older than the window (and at most one
 * sixtieth of it more) is forgotten, whether or not anything is counted meanwhile.
 *
 * Constant memory and constant time, however much is counted.
 */
export class SlidingCounts {
  readonly #sliceMs: number;
  readonly #first = new Uint32Array(SLICES + 1);
  readonly #second = new Uint32Array(SLICES + 1);
  #slice = -1;
  #firstTotal = 0;
  #secondTotal = 0;

  constructor(windowMs: number) {
    this.#sliceMs = windowMs / SLICES;
  }

  addFirst(now: number): void {
    const index = this.#indexAt(now);
    this.#first[index] = (this.#first[index] ?? 0) + 1;
    this.#firstTotal += 1;
  }

  addSecond(now: number): void {
    const index = this.#indexAt(now);
    this.#second[index] = (this.#second[index] ?? 0) + 1;
    this.#secondTotal += 1;
  }

  first(now: number): number {
    this.#indexAt(now);
    return this.#firstTotal;
  }

  second(now: number): number {
    this.#indexAt(now);
    return this.#secondTotal;
  }

  clear(): void {
    this.#first.fill(0);
    this.#second.fill(0);
    this.#firstTotal = 0;
    this.#secondTotal = 0;
  }

  #indexAt(now: number): number {
    const slice = Math.floor(now / this.#sliceMs);
    if (slice > this.#slice) this.#forget(slice);
    return this.#slice % (SLICES + 1);
  }

  #forget(slice: number): void {
    const steps = Math.min(slice - this.#slice, SLICES + 1);
    for (let step = 0; step < steps; step += 1) {
      const index = (slice - step) % (SLICES + 1);
      this.#firstTotal -= this.#first[index] ?? 0;
      this.#secondTotal -= this.#second[index] ?? 0;
      this.#first[index] = 0;
      this.#second[index] = 0;
    }
    this.#slice = slice;
  }
}
