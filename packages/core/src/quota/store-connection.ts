import { type Clock, sleep, type Timer } from '../clock.ts';
import type { QuotaChange } from '../observe/quota.ts';
import type { QuotaStore } from './store.ts';

export interface StoreSettings {
  /** For how long the store may be slow or fail before the wrapper goes on without it. */
  readonly timeoutMs: number;
  /** How often a store that is away is looked for. */
  readonly probeMs: number;
}

/**
 * The timeout is waited for in so many steps: a process that was stopped or starved for seconds has not
 * waited for the store in that time, and reads the answers that came meanwhile first.
 */
const STEPS = 10;
/** A question that failed is asked again after this share of the timeout. */
const RETRY_SHARE = 1 / 20;

/**
 * A store that may be slow, fail and come back. It is away when it did not answer for `timeoutMs`;
 * then it is looked for in the background.
 */
export class StoreConnection {
  readonly #store: QuotaStore;
  readonly #clock: Clock;
  readonly #settings: StoreSettings;
  readonly #changed: (change: QuotaChange) => void;
  readonly #listeners: (() => void)[] = [];
  /** Ends the questions that are under way. */
  #lost = new AbortController();
  #away = false;
  #closed = false;
  #probe: Timer | undefined = undefined;
  readonly #questions = new Set<Promise<unknown>>();

  constructor(
    store: QuotaStore,
    clock: Clock,
    settings: StoreSettings,
    changed: (change: QuotaChange) => void,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#settings = settings;
    this.#changed = changed;
  }

  get away(): boolean {
    return this.#away;
  }

  /** Calls `listener` when the store was lost and when it is back. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Asks the store, again where that fails. Never rejects; undefined while the store is away.
   *
   * @param probe - what to ask until a store is back that went away with this question.
   */
  ask<T>(
    question: (store: QuotaStore) => Promise<T>,
    probe: (store: QuotaStore) => Promise<unknown>,
  ): Promise<T | undefined> {
    const answer = this.#ask(question, probe);
    this.#questions.add(answer);
    return answer.finally(() => this.#questions.delete(answer));
  }

  /** Resolves when all questions are answered or given up. The store itself stays open. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#probe?.cancel();
    while (this.#questions.size > 0) {
      await Promise.all(this.#questions);
      // An answer may lead to a question in the same turn: a place that nobody waits for is given back.
      await sleep(this.#clock, 0);
    }
  }

  async #ask<T>(
    question: (store: QuotaStore) => Promise<T>,
    probe: (store: QuotaStore) => Promise<unknown>,
  ): Promise<T | undefined> {
    const startedAt = this.#clock.now();
    while (!this.#away) {
      try {
        return await this.#inTime(question);
      } catch (error) {
        if (this.#away) return undefined;
        const { timeoutMs } = this.#settings;
        if (this.#clock.now() - startedAt >= timeoutMs) this.#lose(error, probe);
        else await sleep(this.#clock, timeoutMs * RETRY_SHARE);
      }
    }
    return undefined;
  }

  #inTime<T>(question: (store: QuotaStore) => Promise<T>): Promise<T> {
    const { signal } = this.#lost;
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        timer.cancel();
        signal.removeEventListener('abort', late);
      };
      const late = (): void => {
        stop();
        reject(LATE);
      };
      const stepMs = this.#settings.timeoutMs / STEPS;
      let left = STEPS;
      const step = (): void => {
        left -= 1;
        if (left === 0) late();
        else timer = this.#clock.timer(step, stepMs);
      };
      let timer = this.#clock.timer(step, stepMs);
      signal.addEventListener('abort', late);
      question(this.#store).then(resolve, reject).finally(stop);
    });
  }

  #lose(error: unknown, probe: (store: QuotaStore) => Promise<unknown>): void {
    this.#away = true;
    this.#lost.abort();
    this.#lost = new AbortController();
    this.#changed({ kind: 'store', state: 'lost', ...(error === LATE ? {} : { error }) });
    this.#probeLater(probe);
    for (const listener of this.#listeners) listener();
  }

  #probeLater(probe: (store: QuotaStore) => Promise<unknown>): void {
    if (this.#closed) return;
    const look = (): void => {
      this.#inTime(probe).then(
        () => this.#return(),
        () => this.#probeLater(probe),
      );
    };
    this.#probe = this.#clock.timer(look, this.#settings.probeMs, { keepAlive: false });
  }

  #return(): void {
    this.#away = false;
    this.#changed({ kind: 'store', state: 'back' });
    for (const listener of this.#listeners) listener();
  }
}

const LATE: Error = new Error('The quota store did not answer in time');
