/**
 * For clients that Kiota generated (`@microsoft/kiota-http-fetchlibrary` 1.0). Needs Node 22 or later.
 *
 * @packageDocumentation
 */

import { followContext } from '../../pipeline/nested-calls.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { pipelineOf, type ResilienceLike } from '../../pipeline/pipeline-of.ts';
import { runCall } from '../../pipeline/run-call.ts';
import { refuseOptions } from '../../validation/refuse-options.ts';
import type { SendFetch } from '../fetch/fetch-call.ts';
import { readRequest } from '../fetch/request.ts';
import { withHeaders } from '../shared/headers.ts';
import { SdkCall } from '../shared/sdk-call.ts';
import { refuseRetryHandler, shouldBypass, splitChain } from '../shared/sdk-chain.ts';

export type { ResilienceLike } from '../../pipeline/pipeline-of.ts';

/** A handler of Kiota's chain, recognised by its shape. */
export interface KiotaMiddleware {
  next: KiotaMiddleware | undefined;
  execute(url: string, init: RequestInit, options?: object): Promise<Response>;
}

/**
 * A handler that makes the requests of a client that Kiota generated resilient, in place of its
 * `RetryHandler`. Works with version 1.0 of Kiota's fetch library, on Node.
 *
 * Kiota turns an error response into an error of the generated client, which `classify` reads. For a response
 * that is not JSON, its error would lack the status and the ID, so this handler rejects with a
 * `DefenderApiError` instead, which has `responseStatusCode` and `responseHeaders` like Kiota's errors.
 *
 * Uploads (`application/octet-stream`, `Content-Range`) pass untouched.
 *
 * @example
 * ```ts
 * const handlers = [kiotaMiddleware(resilience), new CustomFetchHandler(fetch)];
 * const client = new HttpClient(undefined, ...handlers);
 * ```
 */
export function kiotaMiddleware(resilience: ResilienceLike): KiotaMiddleware {
  refuseOptions('kiotaMiddleware', arguments[1]);
  return new ResilientKiotaHandler(pipelineOf(resilience, 'kiotaMiddleware'));
}

/**
 * Kiota's own chain with the resilient handler in place of its `RetryHandler`. An
 * `AuthorizationHandler` in the chain asks for a token in each attempt; the authentication provider of a
 * request adapter is asked once for each call. Works with version 1.0 of Kiota's fetch library, on Node.
 *
 * @example
 * ```ts
 * const chain = kiotaMiddlewareChain(resilience, MiddlewareFactory.getDefaultMiddlewares());
 * const client = new HttpClient(undefined, ...chain);
 * ```
 * @param chain - what `MiddlewareFactory.getDefaultMiddlewares` returns, or handlers of your own; those
 * before the `AuthorizationHandler` and the `RetryHandler` stay outside and run once per call
 * @throws TypeError if the chain is empty
 */
export function kiotaMiddlewareChain<T extends { next: unknown }>(
  resilience: ResilienceLike,
  chain: readonly T[],
): (T | KiotaMiddleware)[] {
  refuseOptions('kiotaMiddlewareChain', arguments[2]);
  const pipeline = pipelineOf(resilience, 'kiotaMiddlewareChain');
  const { outside, inside } = splitChain(
    'kiotaMiddlewareChain',
    chain,
    'MiddlewareFactory.getDefaultMiddlewares()',
  );
  return [...outside, new ResilientKiotaHandler(pipeline), ...inside];
}

class ResilientKiotaHandler implements KiotaMiddleware {
  next: KiotaMiddleware | undefined = undefined;
  readonly #pipeline: Pipeline;
  #checked = false;

  constructor(pipeline: Pipeline) {
    this.#pipeline = pipeline;
    // Kiota throws its own errors, in which the response is hard to find.
    followContext();
  }

  async execute(url: string, init: RequestInit, options?: object): Promise<Response> {
    const next = this.#checkedNext();
    const request = readRequest(url, init);
    const { headers = {} } = init;
    if (request === undefined || shouldBypass(headers)) {
      return next.execute(url, init, options);
    }
    const send: SendFetch = async (input, attempt, changes) => {
      const own = { ...attempt, headers: withHeaders(headers, changes.headers) };
      const response = await next.execute(String(input), own, options);
      call.noteHeaders(own.headers);
      return response;
    };
    const call = new SdkCall(this.#pipeline, request, send, isUnreadable);
    return runCall(this.#pipeline, call);
  }

  #checkedNext(): KiotaMiddleware {
    if (this.next === undefined) {
      throw new Error(
        'The resilient Kiota handler cannot be the last one in a chain: it does not send requests',
      );
    }
    if (!this.#checked) refuseRetryHandler(this.next, 'next', 'kiotaMiddlewareChain');
    this.#checked = true;
    return this.next;
  }
}

/**
 * Whether Kiota cannot create an error from a response. A 401 is left to its request adapter, which answers
 * claims challenges.
 */
function isUnreadable(response: Response): boolean {
  const type = response.headers.get('content-type') ?? '';
  return response.status !== 401 && !type.toLowerCase().includes('json');
}
