import type { Pipeline } from '../../pipeline/pipeline.ts';
import { runCall } from '../../pipeline/run-call.ts';
import { FetchCall } from './fetch-call.ts';
import { type FetchRequest, readRequest } from './request.ts';

/** Any function that is called like `fetch`. */
export type Fetch = typeof globalThis.fetch;

/** The options of `wrapFetch`. */
export interface WrapFetchOptions {
  /**
   * Reads the JSON body of a success, up to 1 MiB, before the response is returned, so that a body that
   * breaks off is retried like any other network failure. For clients that read the whole body anyway, such
   * as ky. The caller still gets an unread response.
   *
   * @defaultValue false: every success is returned as soon as its headers arrive
   */
  readonly bufferJson?: boolean;
}

/**
 * Wraps `inner` so that its HTTP calls go through the pipeline, and everything else passes untouched.
 *
 * @param bypass - the fetch that a call must go to without the pipeline; undefined: through the pipeline
 */
export function wrapFetch(
  pipeline: Pipeline,
  inner: Fetch,
  { bufferJson = false }: WrapFetchOptions = {},
  bypass: () => Fetch | undefined = () => undefined,
): Fetch {
  const fetch = function (this: unknown, ...args: Parameters<Fetch>): Promise<Response> {
    const direct = bypass();
    if (direct !== undefined) return callAs(direct, this, args);
    const send = (input: unknown, init: unknown): Promise<Response> =>
      callAs(inner, this, args.length <= 2 ? [input, init] : [input, init, ...args.slice(2)]);
    let request: FetchRequest | undefined;
    try {
      request = readRequest(args[0], args[1]);
    } catch (error) {
      return Promise.reject(error);
    }
    // The inner fetch reports invalid URLs, methods and arguments exactly as it does without the wrapper.
    if (request === undefined) return callAs(inner, this, args);
    const response = runCall(pipeline, new FetchCall(pipeline, request, send, bufferJson));
    if (!request.signal?.aborted) return response;
    // Nothing is sent: the inner fetch rejects at once, and reports wrong arguments first.
    response.catch(() => undefined);
    return send(request.input, request.init);
  };
  Object.defineProperty(fetch, 'name', { value: 'fetch', configurable: true });
  Object.defineProperty(fetch, 'length', { value: inner.length, configurable: true });
  return fetch;
}

// A custom fetch may take more than the standard's two arguments.
function callAs(inner: Fetch, self: unknown, args: readonly unknown[]): Promise<Response> {
  const any = inner as (this: unknown, ...args: readonly never[]) => Promise<Response>;
  return Reflect.apply(any, self, args as readonly never[]);
}
