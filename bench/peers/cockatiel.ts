import {
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  type IPolicy,
  retry,
  SamplingBreaker,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';

export const cockatielRetry = (): IPolicy =>
  retry(handleAll, { maxAttempts: 3, backoff: new ExponentialBackoff() });

export const cockatielBreaker = (): IPolicy =>
  circuitBreaker(handleAll, { halfOpenAfter: 15_000, breaker: new ConsecutiveBreaker(5) });

/** The stack that its readme shows, with the numbers of ours. */
export const cockatielWrap = (): IPolicy =>
  wrap(
    retry(handleAll, { maxAttempts: 3, backoff: new ExponentialBackoff() }),
    circuitBreaker(handleAll, {
      halfOpenAfter: 15_000,
      breaker: new SamplingBreaker({ threshold: 0.8, duration: 60_000, minimumRps: 0.2 }),
    }),
    timeout(60_000, TimeoutStrategy.Cooperative),
  );
