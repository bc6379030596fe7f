import type { Clock } from '../clock.ts';
import type { QuotaChange } from '../observe/quota.ts';
import type { LimiterAnswer, QuotaLimiter } from './limiter.ts';

/** Said in place of an answer while the store cannot be reached. */
export const AWAY: unique symbol = Symbol('the store is away');

/** How long after its time an answer is still taken. */
const GRACE_MS = 20;

export interface StoreSettings {
  /** How long the store may take to answer. */
  readonly timeoutMs: number;
  /** How often a store that is away is looked for. */
  readonly retryMs: number;
}

/**
 * The store that a shared limiter counts in, which may be slow, go away and come back. Whatever is
 * asked of it is answered in time: by the store, or with {@link AWAY}.
 */
export class Store {
  readonly #limiter: QuotaLimiter;
  readonly #clock: Clock;
  readonly #settings: StoreSettings;
  readonly #changed: (change: QuotaChange) => void;
  #away = false;
  #outages = 0;
  #backAt = Number.NEGATIVE_INFINITY;

  constructor(
    limiter: QuotaLimiter,
    clock: Clock,
    settings: StoreSettings,
    changed: (change: QuotaChange) => void,
  ) {
    this.#limiter = limiter;
    this.#clock = clock;
    this.#settings = settings;
    this.#changed = changed;
  }

  get away(): boolean {
    return this.#away;
  }

  /** Counts the outages: what was held in the store before the latest one may be another's by now. */
  get outages(): number {
    return this.#outages;
  }

  /** When the latest outage ended. */
  get backAt(): number {
    return this.#backAt;
  }

  /** The points that fill a key: whoever consumes them is the only one. */
  get points(): number {
    return this.#limiter.points;
  }

  /** Asks the store, unless it is away. Never rejects. */
  async ask<T>(question: (limiter: QuotaLimiter) => Promise<T>): Promise<T | typeof AWAY> {
    return this.#away ? AWAY : this.#answer(question);
  }

  /** The store has lost what it held, as one that was restarted has. */
  forgot(): void {
    this.#outages += 1;
    this.#backAt = this.#clock.now();
  }

  async #answer<T>(question: (limiter: QuotaLimiter) => Promise<T>): Promise<T | typeof AWAY> {
    try {
      return await this.#inTime(question);
    } catch (error) {
      this.#lose(error);
      return AWAY;
    }
  }

  #inTime<T>(question: (limiter: QuotaLimiter) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const late = (): void => reject(LATE);
      // In two steps: after a stall of this process, the timer fires before what came meanwhile is read.
      let timer = this.#clock.timer(() => {
        timer = this.#clock.timer(late, GRACE_MS, { keepAlive: false });
      }, this.#settings.timeoutMs);
      question(this.#limiter)
        .then(resolve, reject)
        .finally(() => timer.cancel());
    });
  }

  #lose(error: unknown): void {
    if (this.#away) return;
    this.#away = true;
    this.#outages += 1;
    this.#changed({ kind: 'store', state: 'lost', ...(error === LATE ? {} : { error }) });
    this.#lookAgainLater();
  }

  #lookAgainLater(): void {
    const look = async (): Promise<void> => {
      const answer = await this.#answer((limiter) => limiter.get('looking'));
      if (answer === AWAY) this.#lookAgainLater();
      else this.#find();
    };
    this.#clock.timer(() => void look(), this.#settings.retryMs, { keepAlive: false });
  }

  #find(): void {
    this.#away = false;
    this.#backAt = this.#clock.now();
    this.#changed({ kind: 'store', state: 'back' });
  }
}

const LATE: Error = new Error('The store of the limiter did not answer in time');

/** Whether a limiter rejected because the points are used up. */
export function isAnswer(reason: unknown): reason is LimiterAnswer {
  return (
    typeof reason === 'object' &&
    reason !== null &&
    !(reason instanceof Error) &&
    'msBeforeNext' in reason &&
    typeof reason.msBeforeNext === 'number'
  );
}
