/** Calls of another application, spread evenly over time. */
interface Load {
  readonly share: number;
  readonly startedAt: number;
  endedAt: number;
}

/** A limit, and the rate of calls that uses all of it. */
export interface ForeignTarget {
  readonly limit: number;
  readonly windowMs: number;
  readonly ratePerMs: number;
}

/** The calls of other applications that use one group's quota. */
export class ForeignLoads {
  #loads: Load[] = [];

  /** Starts to use `share` of the quota. Returns the function that ends it. */
  start(share: number, now: number): (endedAt: number) => void {
    const load: Load = { share, startedAt: now, endedAt: Number.POSITIVE_INFINITY };
    this.#loads.push(load);
    return (endedAt) => {
      load.endedAt = Math.min(load.endedAt, endedAt);
    };
  }

  /** Ends every load that has not ended yet. */
  end(endedAt: number): void {
    for (const load of this.#loads) load.endedAt = Math.min(load.endedAt, endedAt);
  }

  /** How many calls of others are in the window that ends now. */
  reserved({ limit, windowMs, ratePerMs }: ForeignTarget, now: number): number {
    const calls = this.#loads.reduce((sum, { share, startedAt, endedAt }) => {
      const insideMs = Math.min(now, endedAt) - Math.max(startedAt, now - windowMs);
      return sum + Math.min(share * ratePerMs * Math.max(insideMs, 0), share * limit);
    }, 0);
    return Math.min(Math.floor(calls), limit);
  }

  /** Forgets the loads that ended more than `longestMs` ago. */
  prune(longestMs: number, now: number): void {
    this.#loads = this.#loads.filter(({ endedAt }) => now - endedAt < longestMs);
  }
}
