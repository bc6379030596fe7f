import type { AsyncLocalStorage } from 'node:async_hooks';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { asyncLocalStorage } from '../../runtime.ts';
import { type Fetch, wrapFetch } from './wrap-fetch.ts';

/** All wrapped fetches that call the global one. */
const globalFetches = new WeakSet<object>();

/** A call of a function that replaced the global fetch. */
interface GlobalCall {
  active: boolean;
}

/**
 * Wraps the global fetch. Looks it up at each call, as a program that calls `fetch` does, so that a later
 * replacement such as a mock is called. If the replacement is the wrapped fetch itself, or a function that
 * calls it, the fetch that was global before is called.
 */
export function wrapGlobalFetch(pipeline: Pipeline): Fetch {
  const original = globalThis.fetch;
  /** Has a value in everything that the function calls, however much later. */
  let calls: AsyncLocalStorage<GlobalCall> | undefined;
  let calling = false;
  const callGlobal: Fetch = (...args) => {
    const current = globalThis.fetch;
    if (current === original || globalFetches.has(current)) return original(...args);
    const Storage = calls === undefined ? asyncLocalStorage() : undefined;
    if (Storage !== undefined) calls = new Storage();
    const call: GlobalCall = { active: true };
    calling = true;
    try {
      const response =
        calls === undefined ? current(...args) : calls.run(call, () => current(...args));
      const end = (): void => {
        call.active = false;
      };
      Promise.resolve(response).then(end, end);
      return response;
    } finally {
      calling = false;
    }
  };
  const callsItself = (): boolean => calling || calls?.getStore()?.active === true;
  Object.defineProperty(callGlobal, 'length', { value: 1, configurable: true });
  const fetch = wrapFetch(pipeline, callGlobal, {}, () => (callsItself() ? original : undefined));
  globalFetches.add(fetch);
  return fetch;
}
