import { t as ResilienceLike } from "./pipeline-of.js";
type FetchInput = Parameters<typeof globalThis.fetch>[0];
type FetchInit = NonNullable<Parameters<typeof globalThis.fetch>[1]>;
/** One request in a `$batch`. */
interface GraphBatchRequest {
  readonly id: string;
  readonly method: string;
  /** Relative to the version of Graph, such as `/security/incidents`. */
  readonly url: string;
  readonly headers?: object;
  readonly body?: unknown;
  /** The IDs of the requests that must succeed before this one is carried out. */
  readonly dependsOn?: readonly string[];
}
/** The body of a `$batch` request. */
interface GraphBatch {
  readonly requests: readonly GraphBatchRequest[];
}
/** One response in the response of a `$batch`. */
interface GraphBatchedResponse {
  readonly id: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}
/** The response of a `$batch`. */
interface GraphBatchResponse {
  readonly responses: readonly GraphBatchedResponse[];
}
/** The options of `executeBatch`. */
interface ExecuteBatchOptions {
  /** Cancels the batch at once, even during a wait; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * The time limit of the whole batch, in milliseconds. No request is sent again if its wait would exceed it.
   *
   * @defaultValue the wrapper's `deadlineMs`
   */
  readonly deadlineMs?: number;
}
/** The second argument of `send`. */
interface BatchContext {
  /** Aborts when the caller's own signal does, or when the time is up. */
  readonly signal: AbortSignal;
}
type SendBatch = (batch: GraphBatch, context: BatchContext) => PromiseLike<GraphBatchResponse>;
/**
 * Sends a Graph `$batch`, then sends the requests that were throttled or failed temporarily again, after the
 * longest wait that the service asked for. Does not repeat an action that may have been carried out. Follows
 * the wrapper's `retry` options: stops after `maxRetries`, when a wait is longer than `maxRetryAfterMs` or
 * ends after the deadline, or when the retry budget is used up.
 *
 * @param send - posts a batch and returns its document
 * @returns the last response to each request; `failuresOf` says what is wrong with them
 * @throws whatever `send` rejects with
 * @throws DeadlineExceededError if the deadline passed before `send` returned
 * @throws TypeError when the batch has no requests, `send` is not a function, or an option is invalid
 * @example
 * ```ts
 * const batch = { requests: [{ id: '1', method: 'GET', url: '/security/incidents' }] };
 * const { responses } = await executeBatch(resilience, batch, (part) =>
 *   client.api('/$batch').post(part),
 * );
 * ```
 */
export declare function executeBatch(resilience: ResilienceLike, batch: GraphBatch, send: SendBatch, options?: ExecuteBatchOptions): Promise<GraphBatchResponse>;
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
export declare function graphMiddleware(resilience: ResilienceLike): GraphMiddleware;
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
export declare function graphMiddlewareChain<T extends GraphMiddleware>(resilience: ResilienceLike, chain: readonly T[]): (T | GraphMiddleware)[];
export type { BatchContext, ExecuteBatchOptions, GraphBatch, GraphBatchRequest, GraphBatchResponse, GraphBatchedResponse, ResilienceLike };
