import { isObject } from '../is.ts';
import type { Pipeline } from './pipeline.ts';

/** What `createResilience` returns, as far as the adapters need to know it. */
export interface ResilienceLike {
  readonly fetch: typeof globalThis.fetch;
  snapshot(): object;
}

const pipelines = new WeakMap<object, Pipeline>();

/** Lets the adapters find the pipeline behind the wrapper that they are given. */
export function registerPipeline(resilience: ResilienceLike, pipeline: Pipeline): void {
  pipelines.set(resilience, pipeline);
}

/**
 * The pipeline behind a wrapper.
 *
 * @param caller - the function that was given the wrapper, for the message
 * @throws TypeError for whatever this copy of the package did not make
 */
export function pipelineOf(resilience: unknown, caller: string): Pipeline {
  const pipeline = isObject(resilience) ? pipelines.get(resilience) : undefined;
  if (pipeline === undefined) {
    throw new TypeError(
      `${caller} takes what createResilience gives (of the same copy of this package), got ${typeof resilience}`,
    );
  }
  return pipeline;
}
