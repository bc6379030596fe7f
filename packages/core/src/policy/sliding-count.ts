/** How many slices a window is cut into: the window slides in steps of one slice. */
const SLICES = 60;

/**
 * Counts events over a sliding window. Forgets events older than the window, at the latest after another
 * sixtieth of it, whether or not anything else is counted.
 *
 * Uses constant memory and time.
 */
export class SlidingCount {
  readonly #sliceMs: number;
  readonly #slices = new Uint32Array(SLICES + 1);
  #current = -1;
  #total = 0;

  constructor(windowMs: number) {
    this.#sliceMs = windowMs / SLICES;
  }

  /** Counts one event. */
  add(now: number): void {
    this.#slideTo(now);
    const index = this.#current % (SLICES + 1);
    this.#slices[index] = (this.#slices[index] ?? 0) + 1;
    this.#total += 1;
  }

  /** How many events the window holds. */
  total(now: number): number {
    this.#slideTo(now);
    return this.#total;
  }

  clear(): void {
    this.#slices.fill(0);
    this.#total = 0;
  }

  #slideTo(now: number): void {
    const slice = Math.floor(now / this.#sliceMs);
    if (slice <= this.#current) return;
    const steps = Math.min(slice - this.#current, SLICES + 1);
    for (let step = 0; step < steps; step += 1) {
      const index = (slice - step) % (SLICES + 1);
      this.#total -= this.#slices[index] ?? 0;
      this.#slices[index] = 0;
    }
    this.#current = slice;
  }
}
