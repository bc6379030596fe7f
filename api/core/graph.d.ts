import { t as ResilienceLike } from "./pipeline-of.js";
type FetchInput = Parameters<typeof globalThis.fetch>[0];
type FetchInit = NonNullable<Parameters<typeof globalThis.fetch>[1]>;
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
 * `RetryHandler`. Works with versions 2 and 3, on Node.
 *
 * The handlers behind it in the chain run again for each attempt. Put the `AuthenticationHandler` there,
 * as {@link graphMiddlewareChain} does, and each attempt asks for a token.
 *
 * `$batch` requests and uploads (`application/octet-stream`, `Content-Range`) pass untouched.
 *
 * @example
 * ```ts
 * const chain = [graphMiddleware(resilience), new AuthenticationHandler(provider), new HTTPMessageHandler()];
 * const client = Client.initWithMiddleware({ middleware: chain });
 * ```
 */
export declare function graphMiddleware(resilience: ResilienceLike): GraphMiddleware;
/**
 * The SDK's own chain with the resilient handler in the place of its `RetryHandler`. Works with versions
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
 * before the `AuthenticationHandler` and the `RetryHandler` stay outside and run once for each call
 * @throws TypeError if the chain is empty
 */
export declare function graphMiddlewareChain<T extends GraphMiddleware>(resilience: ResilienceLike, chain: readonly T[]): (T | GraphMiddleware)[];
export type { ResilienceLike };
