import { t as ResilienceLike } from "./pipeline-of.js";
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
export declare function kiotaMiddleware(resilience: ResilienceLike): KiotaMiddleware;
/**
 * Kiota's own chain with the resilient handler first, and without the `RetryHandler`. An
 * `AuthorizationHandler` in the chain asks for a token in each attempt; the authentication provider of a
 * request adapter is asked once for each call.
 *
 * @param chain - what `MiddlewareFactory.getDefaultMiddlewares` gives, or handlers of your own; those that
 * stand before the `AuthorizationHandler` and the `RetryHandler` stay outside and run once
 * @throws TypeError where the chain is empty
 */
export declare function kiotaMiddlewareChain<T extends {
  next: unknown;
}>(resilience: ResilienceLike, chain: readonly T[]): (T | KiotaMiddleware)[];
export type { ResilienceLike };
