import { ExponentialBackoff, type GeneratorFn, type IBackoff } from 'cockatiel';
import type { Random } from '../random.ts';

/** How long to wait before the next attempt when the service did not say. */
export interface BackoffSettings {
  /**
   * The median of the first wait, in milliseconds. It doubles from retry to retry.
   *
   * @defaultValue 1,000
   */
  readonly initialDelayMs: number;
  /** The longest wait, in milliseconds. @defaultValue 30,000 */
  readonly maxDelayMs: number;
}

// Decorrelated jitter as Polly defines it: the median doubles from attempt to attempt, while individual waits
// spread over the whole range. cockatiel's own generator uses Math.random; here randomness is a parameter, so
// that every wait can be tested. Source: Polly.Contrib.WaitAndRetry, "DecorrelatedJitterBackoffV2".
const SMOOTHING = 4;
const MEDIAN_SCALE = 1 / 1.4;

type JitterState = readonly [attempt: number, sum: number];

const decorrelatedJitter =
  (random: Random): GeneratorFn<JitterState> =>
  (state, { initialDelay, maxDelay, exponent }) => {
    const [attempt, sum] = state ?? [0, 0];
    const t = attempt + random();
    const next = exponent ** t * Math.tanh(Math.sqrt(SMOOTHING * t));
    const delay = Number.isFinite(next) ? (next - sum) * MEDIAN_SCALE * initialDelay : maxDelay;
    return [Math.min(delay, maxDelay), [attempt + 1, next]];
  };

/** The waits of one call. */
export class BackoffSequence {
  readonly #factory: ExponentialBackoff<JitterState>;
  #current: IBackoff<unknown> | undefined;

  constructor(settings: BackoffSettings, random: Random) {
    this.#factory = new ExponentialBackoff<JitterState>({
      generator: decorrelatedJitter(random),
      initialDelay: settings.initialDelayMs,
      maxDelay: settings.maxDelayMs,
      exponent: 2,
    });
  }

  /** The next wait, in milliseconds. */
  next(): number {
    this.#current = this.#current?.next(undefined) ?? this.#factory.next();
    return this.#current.duration;
  }
}

/** The longest jitter that is added to a Retry-After. */
const MAX_JITTER_MS = 2_000;

/**
 * A Retry-After plus up to 10 % jitter, at most 2 s, so that clients do not all come back at the same instant.
 * Never less than the service asked for.
 */
export function jitteredRetryAfter(retryAfterMs: number, random: Random): number {
  return retryAfterMs + random() * Math.min(retryAfterMs * 0.1, MAX_JITTER_MS);
}
