import { t as ResilienceLike } from "./pipeline-of.js";
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
export declare function kiotaMiddleware(resilience: ResilienceLike): KiotaMiddleware;
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
export declare function kiotaMiddlewareChain<T extends {
  next: unknown;
}>(resilience: ResilienceLike, chain: readonly T[]): (T | KiotaMiddleware)[];
export type { ResilienceLike };
