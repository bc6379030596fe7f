import type { Engine } from './engine.ts';

/** What `createResilience` gives, as far as the adapters of the clients need to know it. */
export interface ResilienceLike {
  readonly fetch: typeof globalThis.fetch;
  snapshot(): object;
}

const engines = new WeakMap<object, Engine>();

/** Lets the adapters, which are handed a wrapper, find what is behind it. */
export function registerEngine(resilience: ResilienceLike, engine: Engine): void {
  engines.set(resilience, engine);
}

/**
 * What is behind a wrapper.
 *
 * @param taker - the function that was handed the wrapper, for the message
 * @throws TypeError for whatever this copy of the package did not make
 */
export function engineOf(resilience: unknown, taker: string): Engine {
  const engine = isObject(resilience) ? engines.get(resilience) : undefined;
  if (engine === undefined) {
    throw new TypeError(
      `${taker} takes what createResilience gives (of the same copy of this package), got ${typeof resilience}`,
    );
  }
  return engine;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
