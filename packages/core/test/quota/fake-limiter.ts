import type { LimiterAnswer, QuotaLimiter } from '@defender-resilience/core';
import type { ManualClock } from '../../src/testing/index.ts';

interface Entry {
  points: number;
  expiresAt: number;
}

/** A store in virtual time that behaves as rate-limiter-flexible's Redis limiter: whole seconds. */
export class FakeStore {
  readonly #clock: ManualClock;
  readonly #latencyMs: () => number;
  #entries = new Map<string, Entry>();
  /** `hangs`: never answers; `fails`: rejects. */
  state: 'up' | 'hangs' | 'fails' = 'up';
  operations = 0;

  constructor(clock: ManualClock, latencyMs: () => number = () => 2) {
    this.#clock = clock;
    this.#latencyMs = latencyMs;
  }

  get keys(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Forgets everything, as a store that is restarted without persistence does. */
  wipe(): void {
    this.#entries = new Map();
  }

  limiter(points = 1): QuotaLimiter {
    return {
      points,
      consume: async (key, consumed, { customDuration }) => {
        const answer = await this.#ask(() => this.#increase(key, consumed, customDuration));
        if (answer.consumedPoints <= points) return answer;
        // Not an error, but the answer itself: so does the real one.
        const { promise, reject } = Promise.withResolvers<never>();
        reject(answer);
        return promise;
      },
      penalty: (key, consumed, { customDuration }) =>
        this.#ask(() => this.#increase(key, consumed, customDuration)),
      set: (key, value, seconds) =>
        this.#ask(() => {
          const expiresAt = this.#clock.now() + Math.floor(seconds) * 1_000;
          this.#entries.set(key, { points: value, expiresAt });
        }),
      get: (key) =>
        this.#ask(() => {
          const entry = this.#live(key);
          return entry === undefined ? null : this.#answerOf(entry);
        }),
      delete: (key) => this.#ask(() => this.#entries.delete(key)),
    };
  }

  #increase(key: string, points: number, seconds: number): LimiterAnswer {
    const entry = this.#live(key) ?? {
      points: 0,
      expiresAt: this.#clock.now() + Math.floor(seconds) * 1_000,
    };
    entry.points += points;
    this.#entries.set(key, entry);
    return this.#answerOf(entry);
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.expiresAt <= this.#clock.now()) this.#entries.delete(key);
    return this.#entries.get(key);
  }

  #answerOf({ points, expiresAt }: Entry): LimiterAnswer {
    return { consumedPoints: points, msBeforeNext: expiresAt - this.#clock.now() };
  }

  /** Acts half-way through its latency, as a store does. */
  async #ask<T>(act: () => T): Promise<T> {
    this.operations += 1;
    const latencyMs = this.#latencyMs();
    await this.#pass(latencyMs / 2);
    if (this.state === 'hangs') return new Promise<T>(() => undefined);
    if (this.state === 'fails') throw new Error('the store is away');
    try {
      return act();
    } finally {
      await this.#pass(latencyMs / 2);
    }
  }

  #pass(ms: number): Promise<void> {
    if (ms === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#clock.timer(resolve, ms);
    });
  }
}
