import { t as ResilienceLike } from "./pipeline-of.js";
/**
 * An interceptor for `dispatcher.compose(...)`, of undici 6, 7 or 8. Returns a dispatch function of the same
 * type as the one it receives.
 */
type UndiciInterceptor = <D extends (options: never, handler: never) => boolean>(dispatch: D) => D;
/**
 * An interceptor that makes every request of a dispatcher resilient. Works with undici 6, 7 and 8, on
 * Node.
 *
 * Responses stream and keep their back-pressure. After the last attempt, an HTTP error reaches the caller as
 * an ordinary response, and a rejection is undici's own error.
 *
 * Compose it after `dns` and before `redirect` and `decompress`, so that it wraps the first and the others
 * wrap it. Upgrades and `CONNECT` pass untouched.
 *
 * @example
 * ```ts
 * const { dns, redirect } = interceptors;
 * setGlobalDispatcher(
 *   new Agent().compose(dns(), undiciInterceptor(resilience), redirect({ maxRedirections: 3 })),
 * );
 * ```
 */
export declare function undiciInterceptor(resilience: ResilienceLike): UndiciInterceptor;
export type { ResilienceLike, UndiciInterceptor };
