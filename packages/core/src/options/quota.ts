import type { Quota } from '../catalogue/entry.ts';
import { isFunction, isObject, isRecord } from '../is.ts';
import type { QuotaSettings, ThrottleSettings } from '../quota/gate.ts';
import type { QuotaStore } from '../quota/store.ts';
import type { ResilienceOptions } from './options.ts';
import { show } from './values.ts';

/** How calls keep within their quotas. */
export interface QuotaOptions {
  /**
   * Limits by quota group, in place of the documented ones: `{ incidents: { perMinute: 50 } }`.
   * `false`: the group is not counted. All other groups have their documented limits.
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
   * How many processes share the store. While it is away, each sends its part of the limit.
   *
   * @defaultValue as many as the store saw lately; 8 where it was never reached
   */
  readonly expectedProcesses?: number;
  /**
   * For how long the store may be slow or fail, in milliseconds, before each process goes on with its
   * part of the limit.
   *
   * @defaultValue 2,000
   */
  readonly storeTimeoutMs?: number;
  /**
   * The share of each limit that is kept for calls of a priority above 0: 0.02 keeps two of a hundred.
   * An urgent call is then sent at once, even where a bulk job has used up its part of the minute.
   *
   * @defaultValue 0: an urgent call is the next to be sent
   */
  readonly reserve?: number;
  /**
   * How long a minute of the quotas lasts, in milliseconds; their hour is 60 of them. Only for tests
   * against a simulator with the same shortened minutes.
   *
   * @defaultValue 60,000
   */
  readonly minuteMs?: number;
  /**
   * How long a call may take at most to arrive at the service, in milliseconds. A call counts until one
   * window after its arrival, which is known from its answer; without an answer it counts as arrived
   * after this time.
   *
   * @defaultValue 5,000
   */
  readonly transitMs?: number;
}

type Check = readonly [accepts: string, check: (value: unknown) => boolean];

/** What the options on throttling and quotas accept that are not numbers. */
export const QUOTA_OPTIONS: Readonly<Record<string, Check>> = {
  throttle: ['an object or false', (value) => value === false || isRecord(value)],
  'throttle.pause': ['true or false', (value) => typeof value === 'boolean'],
  quota: [
    "false, 'documented' or an object",
    (value) => value === false || value === 'documented' || isRecord(value),
  ],
  'quota.groups': ['an object of quota groups', isRecord],
  'quota.store': ['a QuotaStore with take, settle and report', isStore],
};

const HOUR_MS = 3_600_000;

/** The limits of a group and the most that they can be: a place is kept for each call of a window. */
const QUOTA_FIELDS: Readonly<Record<string, number>> = {
  perMinute: 1_000_000,
  perHour: 1_000_000,
  runningMsPerHour: HOUR_MS * 1_000,
  runningMsPerDay: 24 * HOUR_MS * 1_000,
};

/**
 * How calls are held after a 429. Without retries there are no pauses unless someone asks for them: they
 * would hold back and reject calls that another layer retries in its own time.
 */
export function throttleSettings(
  { throttle, quota = false, retry }: ResilienceOptions,
  get: (path: string) => number,
): ThrottleSettings {
  const given = throttle === false ? { pause: false } : throttle;
  const waits = quota !== false || retry?.maxRetries !== 0;
  return { pause: given?.pause ?? waits, maxWaiting: get('throttle.maxWaiting') };
}

/** Adds the faults of `quota.groups`. */
export function checkQuotaGroups(groups: unknown, faults: string[]): void {
  if (!isRecord(groups)) return;
  for (const [group, given] of Object.entries(groups)) {
    const path = `quota.groups['${group}']`;
    if (given === false || given === undefined) continue;
    if (!isRecord(given)) {
      faults.push(`${path} must be an object of limits or false, got ${show(given)}`);
      continue;
    }
    for (const [field, value] of Object.entries(given)) {
      const max = QUOTA_FIELDS[field];
      if (max === undefined) faults.push(`${path}.${field} is not an option`);
      else if (value !== undefined && !isCount(value, max)) {
        faults.push(`${path}.${field} must be an integer ≥ 1 and ≤ ${max}, got ${show(value)}`);
      }
    }
  }
}

/** The settings; undefined where quotas are off. */
export function quotaSettings(
  given: QuotaOptions | 'documented' | false | undefined,
  values: ReadonlyMap<string, number>,
): QuotaSettings | undefined {
  if (given === undefined || given === false) return undefined;
  const { groups, store } = given === 'documented' ? {} : given;
  const get = (name: string): number => values.get(`quota.${name}`) ?? Number.NaN;
  return {
    groups: { ...groups },
    minuteMs: get('minuteMs'),
    transitMs: get('transitMs'),
    reserve: get('reserve'),
    store,
    expectedProcesses: values.get('quota.expectedProcesses'),
    storeTimeoutMs: get('storeTimeoutMs'),
  };
}

function isCount(value: unknown, max: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max;
}

function isStore(value: unknown): boolean {
  return (
    isObject(value) &&
    ['take', 'settle', 'report'].every((name) => isFunction(Reflect.get(value, name)))
  );
}
