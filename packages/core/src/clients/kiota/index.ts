/**
 * For clients that Kiota generated (`@microsoft/kiota-http-fetchlibrary`).
 *
 * @packageDocumentation
 */

import { followContext } from '../../pipeline/nested-calls.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { pipelineOf, type ResilienceLike } from '../../pipeline/pipeline-of.ts';
import { runCall } from '../../pipeline/run-call.ts';
import { readRequest } from '../fetch/request.ts';
import {
  isAuthHandler,
  isRepeated,
  isRetryHandler,
  passesThrough,
  refuseRetryHandler,
  SdkCall,
  type SdkSend,
} from '../shared/sdk-call.ts';
import { freshHeaders } from '../shared/sdk-headers.ts';

export type { ResilienceLike } from '../../pipeline/pipeline-of.ts';

/** A handler of Kiota's chain, known by its shape. */
export interface KiotaMiddleware {
  next: KiotaMiddleware | undefined;
  execute(url: string, init: RequestInit, options?: object): Promise<Response>;
}

/**
 * A handler that makes the requests of a client that Kiota generated resilient, in the place of its
 * `RetryHandler`.
 *
 * Kiota turns an answer into an error of the generated client's, which `classify` reads. Of an answer
 * that is no JSON it makes an error without status and ID; there this handler rejects with a
 * `DefenderApiError`, which bears `responseStatusCode` and `responseHeaders` as Kiota's errors do.
 *
 * Uploads (`application/octet-stream`, `Content-Range`) and `$batch` requests pass untouched.
 */
export function kiotaMiddleware(resilience: ResilienceLike): KiotaMiddleware {
  return new ResilientKiotaHandler(pipelineOf(resilience, 'kiotaMiddleware'));
}

/**
 * Kiota's own chain with the resilient handler first, and without the `RetryHandler`. An
 * `AuthorizationHandler` in the chain asks for a token in each attempt; the authentication provider of a
 * request adapter is asked once for each call.
 *
 * @param chain - what `MiddlewareFactory.getDefaultMiddlewares` gives, or handlers of your own; those that
 * stand before the `AuthorizationHandler` and the `RetryHandler` stay outside and run once
 * @throws TypeError where the chain is empty
 */
export function kiotaMiddlewareChain<T extends { next: unknown }>(
  resilience: ResilienceLike,
  chain: readonly T[],
): (T | KiotaMiddleware)[] {
  const pipeline = pipelineOf(resilience, 'kiotaMiddlewareChain');
  if (chain?.length === undefined || chain.length === 0) {
    throw new TypeError(
      'kiotaMiddlewareChain takes a chain of handlers, such as MiddlewareFactory.getDefaultMiddlewares() gives',
    );
  }
  const first = chain.findIndex((handler) => isAuthHandler(handler) || isRetryHandler(handler));
  const outside = chain.slice(0, Math.max(first, 0));
  const inside = chain.slice(outside.length).filter((handler) => !isRetryHandler(handler));
  return [...outside, new ResilientKiotaHandler(pipeline), ...inside];
}

class ResilientKiotaHandler implements KiotaMiddleware {
  next: KiotaMiddleware | undefined = undefined;
  readonly #pipeline: Pipeline;
  #checked = false;

  constructor(pipeline: Pipeline) {
    this.#pipeline = pipeline;
    // Kiota throws errors of its own making, in which the answer is hard to find.
    followContext();
  }

  async execute(url: string, init: RequestInit, options?: object): Promise<Response> {
    const next = this.#checkedNext();
    const read = readRequest(url, init);
    const own: unknown = init.headers;
    if (read === undefined || passesThrough(read, own) || isRepeated(own)) {
      return next.execute(url, init, options);
    }
    const send: SdkSend = async (input, attempt, changes) => {
      const headers = freshHeaders(own, changes.headers);
      return next.execute(String(input), { ...attempt, headers }, options);
    };
    return runCall(this.#pipeline, new SdkCall(this.#pipeline, read, send, isUnreadable));
  }

  #checkedNext(): KiotaMiddleware {
    if (this.next === undefined) {
      throw new Error('The resilient Kiota handler cannot stand last: it does not send requests');
    }
    if (!this.#checked) refuseRetryHandler(this.next, 'next', 'kiotaMiddlewareChain');
    this.#checked = true;
    return this.next;
  }
}

/** A 401 is left to the adapter, which answers its claims challenge. */
function isUnreadable(response: Response): boolean {
  const type = response.headers.get('content-type') ?? '';
  return response.status !== 401 && !type.toLowerCase().includes('json');
}
