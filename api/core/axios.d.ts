import { t as ResilienceLike } from "./pipeline-of.js";
/**
 * An axios instance, known by its shape: `axios` itself, what `axios.create` gives, or a
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
 *
 * Works below axios's interceptors and transforms, which run once for each call: request interceptors
 * before the first attempt, response interceptors after the last. A rejection is axios's own error,
 * unchanged; `failureOf(error)` tells what it was, and `failureOf(response)` where `validateStatus`
 * lets failures through. axios's `timeout`, where it is set, holds for each attempt and takes the place
 * of `attemptTimeoutMs`, which otherwise covers an attempt with its body, unless that is streamed.
 *
 * A request that axios-retry would repeat as well is rejected with an error that says so.
 *
 * @returns the same instance
 * @throws TypeError where the instance is none, or is wrapped by another wrapper already
 */
export declare function wrapAxios<T extends AxiosLike>(resilience: ResilienceLike, instance: T): T;
export type { AxiosLike, ResilienceLike };
