import type { Pipeline } from '../../pipeline/pipeline.ts';
import { type Fetch, wrapFetch } from './wrap-fetch.ts';

/** The wrapped fetches of all wrappers that call the global one. */
const globalFetches = new WeakSet<object>();

/**
 * Wraps the global fetch, which is looked up at each call, as a program that calls `fetch` does it: so
 * what is put in its place later, such as a mock, is called. Where the program puts the wrapped one there,
 * or a function that calls it, the fetch that was global before is called.
 */
export function wrapGlobalFetch(pipeline: Pipeline): Fetch {
  const original = globalThis.fetch;
  let calling = false;
  const callGlobal: Fetch = (...args) => {
    const current = globalThis.fetch;
    calling = true;
    try {
      return (globalFetches.has(current) ? original : current)(...args);
    } finally {
      calling = false;
    }
  };
  Object.defineProperty(callGlobal, 'length', { value: 1, configurable: true });
  const fetch = wrapFetch(pipeline, callGlobal, {}, () => (calling ? original : undefined));
  globalFetches.add(fetch);
  return fetch;
}
