import type { Engine } from '../call/engine.ts';
import { runCall } from '../call/run.ts';
import { operationFor } from '../catalogue/routes.ts';
import { FetchPlan } from './fetch-plan.ts';
import { readRequest } from './fetch-request.ts';

/** Any function that is called as `fetch` is. */
export type Fetch = typeof globalThis.fetch;

/** Wraps `inner` so that its HTTP calls go through the pipeline and everything else passes untouched. */
export function wrapFetch(engine: Engine, inner: Fetch): Fetch {
  const fetch = function (this: unknown, ...args: Parameters<Fetch>): Promise<Response> {
    const request = readRequest(args[0], args[1]);
    if (request === undefined) return passThrough(inner, this, args);
    const { method, url } = request;
    const operation = operationFor(
      { method, host: url.host, path: url.pathname },
      engine.settings.hosts,
    );
    const send: Fetch = (...sent) => call(inner, this, [...sent, ...args.slice(2)]);
    return runCall(engine, new FetchPlan(engine, operation, request, args[0], send));
  };
  Object.defineProperty(fetch, 'name', { value: 'fetch', configurable: true });
  Object.defineProperty(fetch, 'length', { value: inner.length, configurable: true });
  return fetch;
}

// What is not an HTTP request that can be read for certain is the inner fetch's alone: it reports
// invalid URLs, methods and arguments exactly as it does without the wrapper.
async function passThrough(
  inner: Fetch,
  self: unknown,
  args: Parameters<Fetch>,
): Promise<Response> {
  return call(inner, self, args);
}

// A fetch of somebody's own may take more than the standard's two arguments.
function call(inner: Fetch, self: unknown, args: readonly unknown[]): Promise<Response> {
  const any = inner as (this: unknown, ...args: readonly never[]) => Promise<Response>;
  return Reflect.apply(any, self, args as readonly never[]);
}
