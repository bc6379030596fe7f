import { t as ResilienceLike } from "./pipeline-of.js";
/**
 * An axios instance, recognised by its shape: `axios` itself, what `axios.create` returns, or a `new
 * axios.Axios()`.
 */
interface AxiosLike {
  readonly defaults: object;
  readonly interceptors: {
    readonly request: object;
  };
  request: unknown;
}
/**
 * Makes every request of an axios instance resilient, and of the instances that are created from it.
 * Works with axios 0 and 1, on Node.
 *
 * Attempts are made below axios's interceptors and transforms, so these run once per call: request
 * interceptors before the first attempt, response interceptors after the last. A rejection is axios's own
 * error, unchanged; `failureOf(error)` explains it, and if `validateStatus` lets failures through,
 * `failureOf(response)` does. If axios's `timeout` is set, it limits each attempt instead of
 * `attemptTimeoutMs`. Otherwise `attemptTimeoutMs` limits an attempt including its body, unless the body is
 * streamed.
 *
 * A request that axios-retry would repeat as well is rejected with an error that says so.
 *
 * @example
 * ```ts
 * const client = wrapAxios(resilience, axios.create({ baseURL: 'https://api.security.microsoft.com' }));
 * const { data } = await client.get('/api/incidents');
 * ```
 * @returns the same instance
 * @throws TypeError if it is not an axios instance, or another wrapper has already wrapped it
 */
export declare function wrapAxios<T extends AxiosLike>(resilience: ResilienceLike, instance: T): T;
export type { AxiosLike, ResilienceLike };
