import type { QuotaStore } from '@defender-resilience/core';
import { memoryQuotaStore } from '@defender-resilience/core/memory';
import type { ManualClock } from '../../src/testing/index.ts';

/** A store in virtual time that takes its time to answer, fails, hangs and forgets. */
export class LaggingStore implements QuotaStore {
  readonly #clock: ManualClock;
  readonly #latencyMs: () => number;
  #epoch = 0;
  #store: QuotaStore;
  /** `hangs`: never answers; `fails`: rejects. */
  state: 'up' | 'hangs' | 'fails' = 'up';
  /** How many questions were asked. */
  questions = 0;

  constructor(clock: ManualClock, latencyMs: () => number = () => 2) {
    this.#clock = clock;
    this.#latencyMs = latencyMs;
    this.#store = memoryQuotaStore(clock);
  }

  /** Forgets everything, as a store that is restarted without persistence does. */
  flush(): void {
    this.#epoch += 1;
    this.#store = memoryQuotaStore(this.#clock);
  }

  take: QuotaStore['take'] = (request) =>
    this.#ask(async () => {
      const epoch = String(this.#epoch);
      return { ...(await this.#store.take(request)), epoch };
    });

  settle: QuotaStore['settle'] = (...args) => this.#ask(() => this.#store.settle(...args));

  report: QuotaStore['report'] = (...args) => this.#ask(() => this.#store.report(...args));

  /** Acts half-way through its latency, as a store does. */
  async #ask<T>(act: () => Promise<T>): Promise<T> {
    this.questions += 1;
    const latencyMs = this.#latencyMs();
    await this.#pass(latencyMs / 2);
    if (this.state === 'hangs') return new Promise<T>(() => undefined);
    if (this.state === 'fails') throw new Error('the store is away');
    const answer = await act();
    await this.#pass(latencyMs / 2);
    return answer;
  }

  #pass(ms: number): Promise<void> {
    if (ms === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#clock.timer(resolve, ms);
    });
  }
}
