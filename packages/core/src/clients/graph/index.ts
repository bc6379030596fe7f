/**
 * For the Microsoft Graph JavaScript SDK (`@microsoft/microsoft-graph-client`).
 *
 * @packageDocumentation
 */

import { failureOf } from '../../failure/attach.ts';
import { followContext } from '../../pipeline/nested-calls.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { pipelineOf, type ResilienceLike } from '../../pipeline/pipeline-of.ts';
import { runCall } from '../../pipeline/run-call.ts';
import type { FetchInit } from '../fetch/init.ts';
import { type FetchInput, readRequest } from '../fetch/request.ts';
import {
  isAuthHandler,
  isRepeated,
  isRetryHandler,
  passesThrough,
  refuseRetryHandler,
  SdkCall,
  type SdkChanges,
  type SdkSend,
} from '../shared/sdk-call.ts';
import { freshHeaders, setHeader } from '../shared/sdk-headers.ts';
import { showToGraph } from './annotate-response.ts';

export type { ResilienceLike } from '../../pipeline/pipeline-of.ts';

/** A request on its way through the SDK's chain. */
export interface GraphContext {
  request: FetchInput;
  options?: FetchInit;
  response?: Response;
}

/** A handler of the SDK's chain, known by its shape. */
export interface GraphMiddleware {
  execute(context: GraphContext): Promise<void>;
  setNext?(next: GraphMiddleware): void;
}

/**
 * A handler that makes the requests of the Microsoft Graph SDK resilient, in the place of its
 * `RetryHandler`. What stands behind it in the chain runs again for each attempt: put the
 * `AuthenticationHandler` there, as {@link graphMiddlewareChain} does, and each attempt asks for a
 * token.
 *
 * `$batch` requests and uploads (`application/octet-stream`, `Content-Range`) pass untouched.
 */
export function graphMiddleware(resilience: ResilienceLike): GraphMiddleware {
  return new ResilientHandler(pipelineOf(resilience, 'graphMiddleware'), undefined);
}

/**
 * The SDK's own chain with the resilient handler first, and without the `RetryHandler`.
 *
 * @example
 * ```ts
 * const middleware = graphMiddlewareChain(
 *   resilience,
 *   MiddlewareFactory.getDefaultMiddlewareChain(authProvider),
 * );
 * const client = Client.initWithMiddleware({ middleware });
 * ```
 * @param chain - what `MiddlewareFactory.getDefaultMiddlewareChain` gives, or handlers of your own; those
 * that stand before the `AuthenticationHandler` and the `RetryHandler` stay outside and run once
 * @throws TypeError where the chain is empty
 */
export function graphMiddlewareChain<T extends GraphMiddleware>(
  resilience: ResilienceLike,
  chain: readonly T[],
): (T | GraphMiddleware)[] {
  const pipeline = pipelineOf(resilience, 'graphMiddlewareChain');
  if (chain?.length === undefined || chain.length === 0) {
    throw new TypeError(
      'graphMiddlewareChain takes a chain of handlers, such as MiddlewareFactory.getDefaultMiddlewareChain(authProvider) gives',
    );
  }
  const first = chain.findIndex((handler) => isAuthHandler(handler) || isRetryHandler(handler));
  const tokens = new TokenHandler();
  const inside = chain
    .slice(Math.max(first, 0))
    .filter((handler) => !isRetryHandler(handler))
    .flatMap((handler) => (isAuthHandler(handler) ? [handler, tokens] : [handler]));
  const resilient = new ResilientHandler(pipeline, inside.includes(tokens) ? tokens : undefined);
  return [...chain.slice(0, Math.max(first, 0)), resilient, ...inside];
}

class ResilientHandler implements GraphMiddleware {
  readonly #pipeline: Pipeline;
  /** Sets a new token after the SDK's own handler has set its one. */
  readonly #tokens: TokenHandler | undefined;
  #next: GraphMiddleware | undefined = undefined;
  #checked = false;

  constructor(pipeline: Pipeline, tokens: TokenHandler | undefined) {
    this.#pipeline = pipeline;
    this.#tokens = tokens;
    // The SDK throws errors of its own making, in which the answer is hard to find.
    followContext();
  }

  setNext(next: GraphMiddleware): void {
    this.#next = next;
  }

  async execute(context: GraphContext): Promise<void> {
    const next = this.#checkedNext();
    const { request, options } = context;
    const read = readRequest(request, options);
    const headers = options?.headers ?? read?.request?.headers;
    if (read === undefined || passesThrough(read, headers) || isRepeated(headers)) {
      await next.execute(context);
      return;
    }
    const send: SdkSend = (input, init, changes) => this.#send(next, context, input, init, changes);
    const plan = new SdkCall(this.#pipeline, read, send, () => false);
    const response = await runCall(this.#pipeline, plan);
    context.response = response;
    const failure = failureOf(response);
    if (failure === undefined) return;
    showToGraph(response, failure, new Date(this.#pipeline.clock.epoch()));
  }

  /** One attempt, in a context of its own: the SDK's handlers change what they are given. */
  async #send(
    next: GraphMiddleware,
    context: GraphContext,
    input: FetchInput,
    init: FetchInit,
    { headers: changed, token }: SdkChanges,
  ): Promise<Response> {
    const except = this.#tokens === undefined ? undefined : 'authorization';
    const kept = token === undefined ? undefined : except;
    const headers = freshHeaders(context.options?.headers, changed, kept);
    const { response: _, ...rest } = context;
    const attempt: GraphContext = {
      ...rest,
      // The token would be appended to the headers of the caller's own request.
      request: isBodiless(input) ? input.clone() : input,
      options: { ...init, headers },
    };
    if (token !== undefined) this.#tokens?.set(attempt, token);
    await next.execute(attempt);
    if (attempt.response === undefined) throw new Error('The Graph chain gave no response');
    return attempt.response;
  }

  #checkedNext(): GraphMiddleware {
    if (this.#next === undefined) {
      throw new Error('The resilient Graph handler cannot stand last: it does not send requests');
    }
    if (!this.#checked) refuseRetryHandler(this.#next, 'nextMiddleware', 'graphMiddlewareChain');
    this.#checked = true;
    return this.#next;
  }
}

/** Stands behind the handler that authenticates, for the token that `refreshToken` gave. */
class TokenHandler implements GraphMiddleware {
  readonly #tokens = new WeakMap<GraphContext, string>();
  #next: GraphMiddleware | undefined = undefined;

  set(context: GraphContext, token: string): void {
    this.#tokens.set(context, token);
  }

  setNext(next: GraphMiddleware): void {
    this.#next = next;
  }

  async execute(context: GraphContext): Promise<void> {
    const token = this.#tokens.get(context);
    if (token !== undefined) {
      const headers = freshHeaders(context.options?.headers, undefined);
      setHeader(headers, 'Authorization', `Bearer ${token}`);
      context.options = { ...context.options, headers };
    }
    await this.#next?.execute(context);
  }
}

function isBodiless(input: FetchInput): input is Request {
  return typeof input === 'object' && 'body' in input && input.body === null;
}
