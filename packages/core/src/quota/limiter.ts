/** What a limiter tells of a key: as `RateLimiterRes` of rate-limiter-flexible does. */
export interface LimiterAnswer {
  readonly consumedPoints: number;
  /** Milliseconds until the key is forgotten. */
  readonly msBeforeNext: number;
}

/**
 * What is used of a limiter of the package `rate-limiter-flexible`: `RateLimiterRedis`,
 * `RateLimiterValkey`, `RateLimiterPostgres` or another with a store that processes share. Make it
 * with `points: 1`, any `duration` (it is not used), and a `keyPrefix` that names tenant and
 * application; without `blockDuration` and without `insuranceLimiter`, since the wrapper itself goes
 * on with a share of the limit while the store is away.
 */
export interface QuotaLimiter {
  readonly points: number;
  /** Rejects with a {@link LimiterAnswer} when the points are used up, with an error when it cannot say. */
  consume(
    key: string,
    points: number,
    options: { readonly customDuration: number },
  ): Promise<LimiterAnswer>;
  penalty(
    key: string,
    points: number,
    options: { readonly customDuration: number },
  ): Promise<LimiterAnswer>;
  set(key: string, points: number, seconds: number): Promise<unknown>;
  get(key: string): Promise<LimiterAnswer | null>;
  delete(key: string): Promise<boolean>;
}
