import type { QuotaState, ReadQuotas } from '@defender-resilience/core';
import { warnOnce } from './warn.ts';

/** So many are kept at most: a program that makes a wrapper for each call shall not fill its memory. */
const MAX = 1_000;

/** The newest of what is added, each once. */
export class Newest<T> implements Iterable<T> {
  readonly #items = new Set<T>();

  add(item: T): void {
    this.#items.delete(item);
    this.#items.add(item);
    if (this.#items.size <= MAX) return;
    const [oldest] = this.#items;
    if (oldest !== undefined) this.#items.delete(oldest);
  }

  get size(): number {
    return this.#items.size;
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.#items.values();
  }
}

/** Reads the quotas of the wrappers that one observer watches. */
export class QuotaReaders {
  readonly #reads = new Newest<ReadQuotas>();

  get empty(): boolean {
    return this.#reads.size === 0;
  }

  add(read: ReadQuotas): void {
    this.#reads.add(read);
  }

  /** Never throws: a scrape shows what can be read. */
  states(): readonly QuotaState[] {
    return [...this.#reads].flatMap((read) => {
      try {
        return read();
      } catch (error) {
        const name = error instanceof Error ? error.name : typeof error;
        warnOnce(read, `The quotas of a wrapper could not be read: ${name}`);
        return [];
      }
    });
  }
}
