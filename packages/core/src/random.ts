/** Where chance comes from: a number from 0 (inclusive) to 1 (exclusive), as `Math.random` gives. */
export type Random = () => number;

/** The random numbers of this process. */
export const systemRandom: Random = () => Math.random();
