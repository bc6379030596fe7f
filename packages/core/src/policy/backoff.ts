import { ExponentialBackoff, type GeneratorFn, type IBackoff } from 'cockatiel';
import type { Random } from '../random.ts';

/** How long to wait before the next attempt where the service did not say. */
export interface BackoffSettings {
  /** The median of the first wait, in milliseconds. @defaultValue 1,000 */
  readonly initialDelayMs: number;
  /** The longest wait, in milliseconds. @defaultValue 30,000 */
  readonly maxDelayMs: number;
}

// Decorrelated jitter as Polly defines it: the median doubles from attempt to attempt while the
// single waits spread over the whole range. cockatiel's own generator reads Math.random; chance is
// a parameter here, so that every wait can be tested.
// Source: Polly.Contrib.WaitAndRetry, "DecorrelatedJitterBackoffV2".
const SMOOTHING = 4;
const MEDIAN_SCALE = 1 / 1.4;

type JitterState = readonly [attempt: number, sum: number];

const decorrelatedJitter =
  (random: Random): GeneratorFn<JitterState> =>
  (state, { initialDelay, maxDelay, exponent }) => {
    const [attempt, sum] = state ?? [0, 0];
    const t = attempt + random();
    const next = exponent ** t * Math.tanh(Math.sqrt(SMOOTHING * t));
    const delay = Number.isFinite(next)
      ? Math.max(0, next - sum) * MEDIAN_SCALE * initialDelay
      : maxDelay;
    return [Math.min(delay, maxDelay), [attempt + 1, next]];
  };

/** One call's sequence of waits. */
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

  /** The next wait in milliseconds. */
  next(): number {
    this.#current = this.#current?.next(undefined) ?? this.#factory.next();
    return this.#current.duration;
  }
}

/** The most that is added to a told wait, so that many clients do not come back at one instant. */
const MAX_HERD_JITTER_MS = 2_000;

/**
 * A wait that the service told, plus up to 10 % and at most 2 s against herds. Never less than it
 * was told.
 */
export function toldWait(retryAfterMs: number, random: Random): number {
  return retryAfterMs + random() * Math.min(retryAfterMs * 0.1, MAX_HERD_JITTER_MS);
}
