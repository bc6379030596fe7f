import { i as AttemptContext, n as ExecuteOptions } from "./function-call.js";
import { t as ResilienceLike } from "./pipeline-of.js";
import { IDefaultPolicyContext, IPolicy } from "cockatiel";
/** The argument of the function that a policy runs: the context of `execute`, as plain data. */
export interface ResiliencePolicyContext extends IDefaultPolicyContext, AttemptContext {
  readonly signal: AbortSignal;
}
/** The options of `execute`, without the signal: cockatiel passes one to each execution. */
export type PolicyOptions = Omit<ExecuteOptions, "signal">;
/**
 * A cockatiel policy that runs functions as `resilience.execute(operation, …)` does: with the wrapper's
 * retries, circuits, quotas and observers. Combine it with cockatiel's bulkhead, timeout and fallback in
 * cockatiel's own `wrap(…)`; leave out its retry and circuit breaker, or attempts multiply.
 *
 * The policy's `onSuccess` and `onFailure` fire once for each execution, however many attempts it takes.
 *
 * @example
 * ```ts
 * import { asPolicy } from '@defender-resilience/core/cockatiel';
 * import { bulkhead, wrap } from 'cockatiel';
 *
 * const policy = wrap(bulkhead(10, 100), asPolicy(resilience, 'incidents.list'));
 * const response = await policy.execute(({ signal }) => fetch(url, { signal }));
 * ```
 * @param operation - a name from the operations table (`incidents.get`), or your own
 * @throws TypeError where `resilience` was not made by `createResilience`, or the name is missing
 */
export declare function asPolicy(resilience: ResilienceLike, operation: string, options?: PolicyOptions): IPolicy<ResiliencePolicyContext>;
export type { ResilienceLike };
