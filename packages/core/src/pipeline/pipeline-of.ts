import { isObject } from '../is.ts';
import type { Pipeline } from './pipeline.ts';

/** What `createResilience` gives, as far as the adapters of the clients need to know it. */
export interface ResilienceLike {
  readonly fetch: typeof globalThis.fetch;
  snapshot(): object;
}

const pipelines = new WeakMap<object, Pipeline>();

/** Lets the adapters, which are handed a wrapper, find what is behind it. */
export function registerPipeline(resilience: ResilienceLike, pipeline: Pipeline): void {
  pipelines.set(resilience, pipeline);
}

/**
 * What is behind a wrapper.
 *
 * @param taker - the function that was handed the wrapper, for the message
 * @throws TypeError for whatever this copy of the package did not make
 */
export function pipelineOf(resilience: unknown, taker: string): Pipeline {
  const pipeline = isObject(resilience) ? pipelines.get(resilience) : undefined;
  if (pipeline === undefined) {
    throw new TypeError(
      `${taker} takes what createResilience gives (of the same copy of this package), got ${typeof resilience}`,
    );
  }
  return pipeline;
}
