import { t as ResilienceLike } from "./pipeline-of.js";
/**
 * An axios instance, known by its shape: `axios` itself, what `axios.create` returns, or a
 * `new axios.Axios()`.
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
 * Attempts are made below axios's interceptors and transforms, so that these run once for each call:
 * request interceptors before the first attempt, response interceptors after the last. A rejection is
 * axios's own error, unchanged; `failureOf(error)` says what it was, and `failureOf(response)` does where
 * `validateStatus` lets failures through. axios's `timeout`, where it is set, limits each attempt and
 * takes the place of `attemptTimeoutMs`. Otherwise `attemptTimeoutMs` limits an attempt with its body,
 * unless the body is streamed.
 *
 * A request that axios-retry would repeat as well is rejected with an error that says so.
 *
 * @example
 * ```ts
 * const client = wrapAxios(resilience, axios.create({ baseURL: 'https://api.security.microsoft.com' }));
 * const { data } = await client.get('/api/incidents');
 * ```
 * @returns the same instance
 * @throws TypeError if it is no axios instance, or is wrapped by another wrapper already
 */
export declare function wrapAxios<T extends AxiosLike>(resilience: ResilienceLike, instance: T): T;
export type { AxiosLike, ResilienceLike };
