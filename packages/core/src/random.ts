/** The source of randomness: returns a number from 0 (inclusive) to 1 (exclusive), like `Math.random`. */
export type Random = () => number;

/** The random numbers of this process. */
export const systemRandom: Random = () => Math.random();
