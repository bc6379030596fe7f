/** Chance that is the same for the same seed (mulberry32). */
export interface Chance {
  /** From 0 (inclusive) to 1 (exclusive). */
  next(): number;
  /** An integer, both ends included. */
  int(min: number, max: number): number;
  one<T>(...values: readonly T[]): T;
  /** True that often. */
  chance(probability: number): boolean;
}

export function chanceOf(seed: number): Chance {
  // Spread, so that neighbouring seeds have nothing in common.
  let state = Math.imul(seed ^ 0x9e_37_79_b9, 0x85_eb_ca_6b) >>> 0;
  const next = (): number => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    int,
    one<T>(...values: readonly T[]): T {
      return values[int(0, values.length - 1)] as T;
    },
    chance: (probability) => next() < probability,
  };
}
