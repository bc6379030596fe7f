/**
 * For axios, versions 0 and 1. Needs Node 22 or later.
 *
 * @packageDocumentation
 */

import { attachFailure, failureOf } from '../../failure/attach.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { pipelineOf, type ResilienceLike } from '../../pipeline/pipeline-of.ts';
import { runCall } from '../../pipeline/run-call.ts';
import { refuseOptions } from '../../validation/refuse-options.ts';
import { AxiosCall } from './axios-call.ts';
import { readRequest } from './request.ts';
import { type Sender, senderFor } from './sender.ts';
import {
  type AxiosAdapter,
  type AxiosConfig,
  type AxiosLike,
  type Instance,
  isInstance,
  isRecord,
} from './types.ts';

export type { ResilienceLike } from '../../pipeline/pipeline-of.ts';
export type { AxiosLike } from './types.ts';

/** The adapters that this module made, and the wrapper that each belongs to. */
const pipelineOfAdapter = new WeakMap<object, Pipeline>();
/** The defaults of the instances that have our interceptor. */
const wrapped = new WeakSet<object>();

/**
 * Makes every request of an axios instance resilient, and of the instances that are created from it.
 * Works with axios 0 and 1, on Node.
 *
 * Attempts are made below axios's interceptors and transforms, so these run once per call: request
 * interceptors before the first attempt, response interceptors after the last. A rejection is axios's own
 * error, unchanged; `failureOf(error)` explains it, and if `validateStatus` lets failures through,
 * `failureOf(response)` does. If axios's `timeout` is set, it limits each attempt instead of
 * `attemptTimeoutMs`. Otherwise `attemptTimeoutMs` limits an attempt including its body, unless the body is
 * streamed.
 *
 * A request that axios-retry would repeat as well is rejected with an error that says so.
 *
 * @example
 * ```ts
 * const client = wrapAxios(resilience, axios.create({ baseURL: 'https://api.security.microsoft.com' }));
 * const { data } = await client.get('/api/incidents');
 * ```
 * @returns the same instance
 * @throws TypeError if it is not an axios instance, or another wrapper has already wrapped it
 */
export function wrapAxios<T extends AxiosLike>(resilience: ResilienceLike, instance: T): T {
  refuseOptions('wrapAxios', arguments[2]);
  const pipeline = pipelineOf(resilience, 'wrapAxios');
  if (!isInstance(instance)) {
    throw new TypeError('wrapAxios takes an axios instance, as returned by axios.create()');
  }
  install(pipeline, instance);
  return instance;
}

function install(pipeline: Pipeline, instance: Instance): void {
  const { defaults, interceptors } = instance;
  const owner = ownerOf(defaults['adapter']);
  if (owner !== undefined && owner !== pipeline) {
    throw new TypeError(
      'This axios instance, or the one that it was created from, is already wrapped by another resilience: attempts would multiply',
    );
  }
  if (wrapped.has(defaults)) return;
  wrapped.add(defaults);
  const sender = senderFor(instance);
  const resilient = (adapter: unknown): unknown =>
    ownerOf(adapter) === undefined ? adapterFor(pipeline, adapter, sender) : adapter;
  defaults['adapter'] = resilient(defaults['adapter']);
  // For requests with their own adapter. Synchronous, so that the timing of other interceptors stays the
  // same.
  const wrapOwnAdapter = (config: AxiosConfig): AxiosConfig => {
    config['adapter'] = resilient(config['adapter']);
    return config;
  };
  interceptors.request.use(wrapOwnAdapter, undefined, { synchronous: true });
}

function ownerOf(adapter: unknown): Pipeline | undefined {
  return isRecord(adapter) ? pipelineOfAdapter.get(adapter) : undefined;
}

function adapterFor(pipeline: Pipeline, inner: unknown, sender: Sender): AxiosAdapter {
  const adapter: AxiosAdapter = async (config) => {
    refuseAxiosRetry(config);
    const request = readRequest(config);
    if (request === undefined) return sender.send(inner, config);
    try {
      return await runCall(pipeline, new AxiosCall(pipeline, request, config, inner, sender));
    } catch (error) {
      throw request.signal?.aborted ? await axiosCancel(sender, config, error) : error;
    }
  };
  pipelineOfAdapter.set(adapter, pipeline);
  return adapter;
}

/** The error that axios rejects with when its caller cancels, instead of the signal's bare reason. */
async function axiosCancel(sender: Sender, config: AxiosConfig, reason: unknown): Promise<unknown> {
  const failure = failureOf(reason);
  if (failure !== undefined && failure.source !== 'cancelled') return reason;
  const cancel = await sender.cancelled(config);
  if (failure !== undefined) attachFailure(cancel, failure);
  return cancel;
}

/** axios-retry keeps its state in the configuration of each request that it watches. */
function refuseAxiosRetry(config: AxiosConfig): void {
  const state = config['axios-retry'];
  if (!isRecord(state) || state['retries'] === 0) return;
  throw new Error(
    'axios-retry is installed on this axios instance, which wrapAxios already makes resilient: together they would multiply the attempts. Remove axios-retry, or give it { retries: 0 }.',
  );
}
