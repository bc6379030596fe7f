import type { Quota } from '../catalogue/entry.ts';
import { OTHER, operations } from '../catalogue/operations.ts';
import { tokenOperation } from '../catalogue/operations-entra.ts';
import { batchOperation } from '../catalogue/operations-graph.ts';
import type { QuotaSettings, ThrottleSettings } from '../quota/gate.ts';
import type { QuotaStore } from '../quota/store.ts';
import {
  boolean,
  integer,
  mapOf,
  type OptionRules,
  object,
  orValue,
  type Rule,
  withMethods,
} from '../validation/check-options.ts';
import { nearestOption } from '../validation/nearest-option.ts';
import type { ResilienceOptions } from './options.ts';
import { numberFields } from './table.ts';

/** How calls stay within their quotas. */
export interface QuotaOptions {
  /**
   * Limits by quota group, replacing the documented ones: `{ incidents: { perMinute: 50 } }`. `false` stops
   * counting the group. All other groups keep their documented limits.
   */
  readonly groups?: Readonly<Record<string, Quota | false>>;
  /**
   * Counts the calls of all processes and machines that share the quota of one tenant and application:
   * `redisQuotaStore` of `@defender-resilience/core/redis`, `memoryQuotaStore` of
   * `@defender-resilience/core/memory`, or your own.
   *
   * @defaultValue none: this process counts alone
   */
  readonly store?: QuotaStore;
  /**
   * How many processes share the store. While it is unavailable, each sends its part of the limit.
   *
   * @defaultValue as many as the store saw recently; 8 if it was never reached
   */
  readonly expectedProcesses?: number;
  /**
   * How long the store may be slow or fail, in milliseconds, before each process continues with its part of the
   * limit.
   *
   * @defaultValue 2,000
   */
  readonly storeTimeoutMs?: number;
  /**
   * The share of each limit that is reserved for calls with a priority above 0: 0.02 reserves two of a hundred.
   * An urgent call is then sent at once, even if a bulk job has used up the rest of the minute.
   *
   * @defaultValue 0: an urgent call is sent next
   */
  readonly reserve?: number;
  /**
   * How long a minute of the quotas lasts, in milliseconds; an hour is 60 of them. Only for tests against a
   * simulator with the same shortened minutes.
   *
   * @defaultValue 60,000
   */
  readonly minuteMs?: number;
  /**
   * The longest time that a call takes to arrive at the service, in milliseconds. A call counts until one
   * window after its arrival: at the latest when its response arrives, or after this time.
   *
   * @defaultValue 5,000
   */
  readonly transitMs?: number;
}

const NO_OPTIONS: QuotaOptions = Object.freeze({});
const HOUR_MS = 3_600_000;

/** Each limit has a maximum because one entry is kept for each call of a window. */
const limits: Rule = object(
  {
    perMinute: integer(1, 1_000_000),
    perHour: integer(1, 1_000_000),
    runningMsPerHour: integer(1, HOUR_MS * 1_000),
    runningMsPerDay: integer(1, 24 * HOUR_MS * 1_000),
  },
  'an object of limits or false',
);

const GROUPS: ReadonlySet<string> = new Set([
  OTHER.quotaGroup,
  tokenOperation.quotaGroup,
  batchOperation.quotaGroup,
  ...operations.map(({ quotaGroup }) => quotaGroup),
]);

/** A group without operations would limit nothing. */
function groupFault(name: string): string | undefined {
  if (GROUPS.has(name)) return undefined;
  const nearest = nearestOption(name, [...GROUPS]);
  return `is not a quota group${nearest === undefined ? ' of the operations table' : `; did you mean '${nearest}'?`}`;
}

/** The rules of the options on throttling and quotas. */
export const QUOTA_FIELDS: OptionRules = {
  throttle: orValue(
    object({ ...numberFields('throttle'), pause: boolean }),
    'an object or false',
    false,
  ),
  quota: orValue(
    object({
      ...numberFields('quota'),
      store: withMethods('a QuotaStore with take, settle and report', 'take', 'settle', 'report'),
      groups: mapOf(
        orValue(limits, limits.accepts, false),
        'an object of quota groups',
        groupFault,
      ),
    }),
    "false, 'documented' or an object",
    false,
    'documented',
  ),
};

/**
 * How calls are held after a 429. Without retries there are no pauses unless requested: they would hold and
 * reject calls that another layer retries at its own pace.
 */
export function throttleSettings(
  { throttle, quota = false, retry }: ResilienceOptions,
  get: (path: string) => number,
): ThrottleSettings {
  const given = throttle === false ? { pause: false } : throttle;
  const waits = quota !== false || retry?.maxRetries !== 0;
  return { pause: given?.pause ?? waits, maxWaiting: get('throttle.maxWaiting') };
}

/** The settings; undefined if quotas are off. */
export function quotaSettings(
  given: QuotaOptions | 'documented' | false | undefined,
  get: (path: string) => number,
): QuotaSettings | undefined {
  if (given === undefined || given === false) return undefined;
  const { groups, store, expectedProcesses } = given === 'documented' ? NO_OPTIONS : given;
  return {
    groups: { ...groups },
    minuteMs: get('quota.minuteMs'),
    transitMs: get('quota.transitMs'),
    reserve: get('quota.reserve'),
    store,
    expectedProcesses,
    storeTimeoutMs: get('quota.storeTimeoutMs'),
  };
}
