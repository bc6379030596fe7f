import { type Clock, sleep, type Timer } from '../clock.ts';
import type { QuotaChange } from '../observe/quota.ts';
import type { QuotaStore } from './store.ts';

export interface StoreSettings {
  /** How long the store may be slow or fail, in milliseconds, before the wrapper continues without it. */
  readonly timeoutMs: number;
  /** The interval at which an unavailable store is probed, in milliseconds. */
  readonly probeMs: number;
}

/**
 * The timeout is split into this many timers. A process that was stopped or starved did not wait for the store
 * in that time, and can then first read the answers that arrived meanwhile.
 */
const STEPS = 10;
/** A failed request is repeated after this share of the timeout. */
const RETRY_SHARE = 1 / 20;

/**
 * Sends requests to a store that may be slow, fail and recover. It counts as unavailable after `timeoutMs` without an
 * answer; then it is probed in the background.
 */
export class StoreConnection {
  readonly #store: QuotaStore;
  readonly #clock: Clock;
  readonly #settings: StoreSettings;
  readonly #changed: (change: QuotaChange) => void;
  readonly #listeners: (() => void)[] = [];
  /** Aborts the pending requests. */
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

  /** Calls `listener` when the store is lost and when it is back. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Sends a request to the store, and repeats it if it fails. Never rejects; undefined while the store is unavailable.
   *
   * @param probe - the request that checks whether the store is back, if it is lost with this request
   */
  ask<T>(
    question: (store: QuotaStore) => Promise<T>,
    probe: (store: QuotaStore) => Promise<unknown>,
  ): Promise<T | undefined> {
    const answer = this.#ask(question, probe);
    this.#questions.add(answer);
    return answer.finally(() => this.#questions.delete(answer));
  }

  /** Resolves when every request is answered or abandoned. The store itself stays open. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#probe?.cancel();
    while (this.#questions.size > 0) {
      await Promise.all(this.#questions);
      // An answer may cause another request in the same turn, such as to return a place that nobody waits for.
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

const LATE: Error = new Error('The quota store did not respond in time');
