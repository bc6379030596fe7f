import { operationFor } from '../../catalogue/routes.ts';
import { attachFailure, failureOf } from '../../failure/attach.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { pipelineOf, type ResilienceLike } from '../../pipeline/pipeline-of.ts';
import { runCall } from '../../pipeline/run-call.ts';
import { AxiosCall } from './axios-call.ts';
import { readCall } from './request.ts';
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

/** The adapters that this module made, and whose they are. */
const adapters = new WeakMap<object, Pipeline>();
/** The instances that have the interceptor. */
const instances = new WeakSet<object>();

/**
 * Makes every request of an axios instance resilient, and of the instances that are created from it.
 *
 * Works below axios's interceptors and transforms, which run once for each call: request interceptors
 * before the first attempt, response interceptors after the last. A rejection is axios's own error,
 * unchanged; `failureOf(error)` tells what it was, and `failureOf(response)` where `validateStatus`
 * lets failures through. axios's `timeout`, where it is set, holds for each attempt and takes the place
 * of `attemptTimeoutMs`, which otherwise covers an attempt with its body, unless that is streamed.
 *
 * A request that axios-retry would repeat as well is rejected with an error that says so.
 *
 * @returns the same instance
 * @throws TypeError where the instance is none, or is wrapped by another wrapper already
 */
export function wrapAxios<T extends AxiosLike>(resilience: ResilienceLike, instance: T): T {
  const pipeline = pipelineOf(resilience, 'wrapAxios');
  if (!isInstance(instance)) {
    throw new TypeError('wrapAxios takes an axios instance, such as axios.create() gives');
  }
  install(pipeline, instance);
  return instance;
}

function install(pipeline: Pipeline, instance: Instance): void {
  const { defaults, interceptors } = instance;
  const owner = ownerOf(defaults['adapter']);
  if (owner !== undefined && owner !== pipeline) {
    throw new TypeError(
      'This axios instance, or the one that it was created from, is wrapped by another resilience already: attempts would multiply',
    );
  }
  if (instances.has(defaults)) return;
  instances.add(defaults);
  const sender = senderFor(instance);
  const resilient = (adapter: unknown): unknown =>
    ownerOf(adapter) === undefined ? adapterFor(pipeline, adapter, sender) : adapter;
  defaults['adapter'] = resilient(defaults['adapter']);
  // For requests that bring an adapter of their own. Synchronous, so that the others' timing stays.
  const useOwn = (config: AxiosConfig): AxiosConfig => {
    config['adapter'] = resilient(config['adapter']);
    return config;
  };
  interceptors.request.use(useOwn, undefined, { synchronous: true });
}

function ownerOf(adapter: unknown): Pipeline | undefined {
  return isRecord(adapter) ? adapters.get(adapter) : undefined;
}

function adapterFor(pipeline: Pipeline, inner: unknown, sender: Sender): AxiosAdapter {
  const adapter: AxiosAdapter = async (config) => {
    refuseAxiosRetry(config);
    const call = readCall(config);
    if (call === undefined) return sender.send(inner, config);
    const { method, url } = call;
    const operation = operationFor(
      { method, host: url.host, path: url.pathname },
      pipeline.settings.hosts,
    );
    const plan = new AxiosCall(pipeline, operation, call, config, inner, sender);
    try {
      return await runCall(pipeline, plan);
    } catch (error) {
      throw plan.signal?.aborted === true ? await axiosCancel(sender, config, error) : error;
    }
  };
  adapters.set(adapter, pipeline);
  return adapter;
}

/** What axios rejects with when its caller cancels, in the place of the signal's bare reason. */
async function axiosCancel(sender: Sender, config: AxiosConfig, reason: unknown): Promise<unknown> {
  const failure = failureOf(reason);
  if (failure !== undefined && failure.source !== 'cancelled') return reason;
  const cancel = await sender.cancelled(config);
  if (failure !== undefined) attachFailure(cancel, failure);
  return cancel;
}

/** axios-retry leaves its state in the configuration of each request that it watches. */
function refuseAxiosRetry(config: AxiosConfig): void {
  const state = config['axios-retry'];
  if (!isRecord(state) || state['retries'] === 0) return;
  throw new Error(
    'axios-retry is installed on this axios instance, which wrapAxios makes resilient already: together they would multiply the attempts. Remove axios-retry, or give it { retries: 0 }.',
  );
}
