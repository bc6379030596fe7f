import { isObject } from '../is.ts';
import type { Pipeline } from './pipeline.ts';

/** The part of `createResilience`'s result that the adapters need. */
export interface ResilienceLike {
  readonly fetch: typeof globalThis.fetch;
  snapshot(): object;
}

const pipelines = new WeakMap<object, Pipeline>();

/** Registers the pipeline of a wrapper, so that adapters can find it. */
export function registerPipeline(resilience: ResilienceLike, pipeline: Pipeline): void {
  pipelines.set(resilience, pipeline);
}

/**
 * Returns the pipeline of a wrapper.
 *
 * @param caller - the function that was called with the wrapper, for the message
 * @throws TypeError for anything that this copy of the package did not create
 */
export function pipelineOf(resilience: unknown, caller: string): Pipeline {
  const pipeline = isObject(resilience) ? pipelines.get(resilience) : undefined;
  if (pipeline === undefined) {
    throw new TypeError(
      `${caller} takes the result of createResilience (from the same copy of this package), got ${typeof resilience}`,
    );
  }
  return pipeline;
}
