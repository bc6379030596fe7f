import { t as Clock } from "./clock.js";
import { r as QuotaStore } from "./store.js";
/**
 * A quota store in this process: for several wrappers that share one quota, and for tests.
 *
 * @example
 * ```ts
 * const store = memoryQuotaStore();
 * const reading = createResilience({ quota: { store } });
 * const acting = createResilience({ quota: { store }, deadlineMs: 30_000 });
 * ```
 * @throws TypeError if `clock` is not a clock
 */
export declare function memoryQuotaStore(clock?: Clock): QuotaStore;
