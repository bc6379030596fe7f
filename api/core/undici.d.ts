import { t as ResilienceLike } from "./pipeline-of.js";
/**
 * An interceptor for `dispatcher.compose(...)`, of undici 6, 7 or 8. It gives a dispatch function of the
 * very type that it is given.
 */
type UndiciInterceptor = <D extends (options: never, handler: never) => boolean>(dispatch: D) => D;
/**
 * An interceptor that makes every request of a dispatcher resilient. Responses stream and keep their
 * back-pressure; an HTTP error that is given up on reaches the caller as the answer that it is, and a
 * rejection is undici's own error.
 *
 * Compose it after `dns` and before `redirect` and `decompress`, so that it stands outside the first
 * and inside the others. Upgrades and `CONNECT` pass untouched.
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
