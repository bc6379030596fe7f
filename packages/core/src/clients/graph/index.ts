/**
 * For the Microsoft Graph JavaScript SDK (`@microsoft/microsoft-graph-client`), versions 2 and 3. Needs
 * Node 22 or later.
 *
 * @packageDocumentation
 */

import { failureOf } from '../../failure/attach.ts';
import { followContext } from '../../pipeline/nested-calls.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { pipelineOf, type ResilienceLike } from '../../pipeline/pipeline-of.ts';
import { runCall } from '../../pipeline/run-call.ts';
import { bearerTokenOf } from '../../pipeline/token.ts';
import { refuseOptions } from '../../validation/refuse-options.ts';
import type { AttemptChanges, SendFetch } from '../fetch/fetch-call.ts';
import { type FetchInit, type FetchInput, readRequest } from '../fetch/request.ts';
import { getHeader, withHeaders } from '../shared/headers.ts';
import { SdkCall } from '../shared/sdk-call.ts';
import {
  isAuthHandler,
  refuseRetryHandler,
  shouldBypass,
  splitChain,
} from '../shared/sdk-chain.ts';
import { annotatePartial, annotateResponse } from './annotate-response.ts';

export type { ResilienceLike } from '../../pipeline/pipeline-of.ts';
export type {
  BatchContext,
  ExecuteBatchOptions,
  GraphBatch,
  GraphBatchedResponse,
  GraphBatchRequest,
  GraphBatchResponse,
} from './execute-batch.ts';
export { executeBatch } from './execute-batch.ts';

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
 * A handler that makes the requests of the Microsoft Graph SDK resilient, in place of its
 * `RetryHandler`. Works with versions 2 and 3, on Node.
 *
 * The handlers after it in the chain run again for each attempt. Put the `AuthenticationHandler` there, as
 * {@link graphMiddlewareChain} does, so that each attempt asks for a token.
 *
 * Uploads (`application/octet-stream`, `Content-Range`) pass untouched. A `$batch` is sent again only if all
 * requests in it may be; {@link executeBatch} resends only those that were throttled.
 *
 * @example
 * ```ts
 * const chain = [graphMiddleware(resilience), new AuthenticationHandler(provider), new HTTPMessageHandler()];
 * const client = Client.initWithMiddleware({ middleware: chain });
 * ```
 */
export function graphMiddleware(resilience: ResilienceLike): GraphMiddleware {
  refuseOptions('graphMiddleware', arguments[1]);
  return new ResilientHandler(pipelineOf(resilience, 'graphMiddleware'), undefined);
}

/**
 * The SDK's own chain with the resilient handler in place of its `RetryHandler`. Works with versions
 * 2 and 3, on Node.
 *
 * @example
 * ```ts
 * const middleware = graphMiddlewareChain(
 *   resilience,
 *   MiddlewareFactory.getDefaultMiddlewareChain(authProvider),
 * );
 * const client = Client.initWithMiddleware({ middleware });
 * ```
 * @param chain - what `MiddlewareFactory.getDefaultMiddlewareChain` returns, or handlers of your own; those
 * before the `AuthenticationHandler` and the `RetryHandler` stay outside and run once per call
 * @throws TypeError if the chain is empty
 */
export function graphMiddlewareChain<T extends GraphMiddleware>(
  resilience: ResilienceLike,
  chain: readonly T[],
): (T | GraphMiddleware)[] {
  refuseOptions('graphMiddlewareChain', arguments[2]);
  const pipeline = pipelineOf(resilience, 'graphMiddlewareChain');
  const { outside, inside } = splitChain(
    'graphMiddlewareChain',
    chain,
    'MiddlewareFactory.getDefaultMiddlewareChain(authProvider)',
  );
  const tokens = inside.some(isAuthHandler) ? new TokenHandler(pipeline) : undefined;
  const withTokens = inside.flatMap((handler): (T | GraphMiddleware)[] =>
    tokens !== undefined && isAuthHandler(handler) ? [handler, tokens] : [handler],
  );
  return [...outside, new ResilientHandler(pipeline, tokens), ...withTokens];
}

class ResilientHandler implements GraphMiddleware {
  readonly #pipeline: Pipeline;
  /** Sets a new token after the SDK's own handler has set its token; undefined if there is no such handler. */
  readonly #tokens: TokenHandler | undefined;
  #next: GraphMiddleware | undefined = undefined;
  #checked = false;

  constructor(pipeline: Pipeline, tokens: TokenHandler | undefined) {
    this.#pipeline = pipeline;
    this.#tokens = tokens;
    // The SDK throws its own errors, in which the response is hard to find.
    followContext();
  }

  setNext(next: GraphMiddleware): void {
    this.#next = next;
  }

  async execute(context: GraphContext): Promise<void> {
    const next = this.#checkedNext();
    const { request, options } = context;
    const read = readRequest(request, options);
    const headers = read?.headers;
    if (read === undefined || shouldBypass(headers)) {
      await next.execute(context);
      return;
    }
    // Copies the caller's context, which would otherwise keep the response alive as long as a listener on the
    // signal.
    const { response: _, ...given } = context;
    const send: SendFetch = async (input, init, changes) => {
      const attempt = this.#attemptContext(given, input, init, changes);
      this.#tokens?.set(attempt, { call, token: changes.token });
      await next.execute(attempt);
      call.noteHeaders(sentHeaders(attempt));
      if (attempt.response === undefined) throw new Error('The Graph chain set no response');
      return attempt.response;
    };
    const call = new SdkCall(this.#pipeline, read, send, () => false);
    const response = await runCall(this.#pipeline, call);
    context.response = response;
    const failure = failureOf(response);
    if (failure === undefined) return;
    // A partial response is a success: the SDK must not take it for an error.
    if (failure.partial !== undefined) annotatePartial(response, failure);
    else annotateResponse(response, failure, new Date(this.#pipeline.clock.epoch()));
  }

  /** A context for one attempt, since the SDK's handlers change the context that they receive. */
  #attemptContext(
    context: GraphContext,
    input: FetchInput,
    init: FetchInit,
    { headers: added }: AttemptChanges,
  ): GraphContext {
    // The token is set after the SDK's own handler, if there is one.
    const early = this.#tokens === undefined ? added : withoutAuthorization(added);
    return {
      ...context,
      // The SDK's handlers append to the headers of a `Request`.
      request: isBodiless(input) ? input.clone() : input,
      options: { ...init, headers: withHeaders(context.options?.headers ?? {}, early) },
    };
  }

  #checkedNext(): GraphMiddleware {
    if (this.#next === undefined) {
      throw new Error(
        'The resilient Graph handler cannot be the last one in a chain: it does not send requests',
      );
    }
    if (!this.#checked) refuseRetryHandler(this.#next, 'nextMiddleware', 'graphMiddlewareChain');
    this.#checked = true;
    return this.#next;
  }
}

/** The call that an attempt belongs to, and the token that `refreshToken` returned in it. */
interface TokenState {
  readonly call: SdkCall;
  readonly token: string | undefined;
}

/**
 * Runs after the handler that authenticates, and replaces its token with the one that `refreshToken`
 * returned. Adds no token if that handler set none, as for hosts other than Graph's.
 */
class TokenHandler implements GraphMiddleware {
  readonly #pipeline: Pipeline;
  readonly #states = new WeakMap<GraphContext, TokenState>();
  #next: GraphMiddleware | undefined = undefined;

  constructor(pipeline: Pipeline) {
    this.#pipeline = pipeline;
  }

  set(context: GraphContext, state: TokenState): void {
    this.#states.set(context, state);
  }

  setNext(next: GraphMiddleware): void {
    this.#next = next;
  }

  async execute(context: GraphContext): Promise<void> {
    const token = this.#tokenFor(context);
    if (token !== undefined) {
      const { headers = {} } = context.options ?? {};
      const authorization = [['Authorization', `Bearer ${token}`]] as const;
      context.options = { ...context.options, headers: withHeaders(headers, authorization) };
    }
    await this.#next?.execute(context);
  }

  #tokenFor(context: GraphContext): string | undefined {
    const state = this.#states.get(context);
    const authorization = getHeader(sentHeaders(context), 'authorization');
    if (state === undefined || bearerTokenOf(authorization) === undefined) return undefined;
    const { call, token } = state;
    return token ?? this.#pipeline.refresher?.replacementOf(call, authorization);
  }
}

/** The headers of a request after the handlers so far. */
function sentHeaders({ request, options }: GraphContext): unknown {
  const own = options?.headers;
  if (own !== undefined && getHeader(own, 'authorization') !== undefined) return own;
  return typeof request === 'object' && 'headers' in request ? request.headers : own;
}

function withoutAuthorization(headers: AttemptChanges['headers']): AttemptChanges['headers'] {
  return headers.filter(([name]) => name !== 'authorization');
}

function isBodiless(input: FetchInput): input is Request {
  return typeof input === 'object' && 'body' in input && input.body === null;
}
