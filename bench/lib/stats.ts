/** The middle of a sample, and how far its halves spread. */
export interface Summary {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
  readonly samples: number;
}

/** Median and quartiles, which a few samples beside a busy neighbour do not move. */
export function summarise(samples: readonly number[]): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    lower: quantile(sorted, 0.25),
    upper: quantile(sorted, 0.75),
    samples: sorted.length,
  };
}

/** A quantile of sorted samples, between its neighbours; NaN where there are none. */
export function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (above - below) * (at - Math.floor(at));
}
