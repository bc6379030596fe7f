import type { Quota } from '../catalogue/entry.ts';
import { isFunction, isRecord } from '../is.ts';
import type { QuotaLimiter } from '../quota/limiter.ts';
import type { QuotaSettings } from '../quota/quota-gate.ts';
import { show } from './values.ts';

/** How calls keep within the quotas. */
export interface QuotaOptions {
  /**
   * Limits by quota group, in the place of the documented ones: `{ incidents: { perMinute: 50 } }`.
   * `false`: the group is not counted. Groups that are not named have their documented limits.
   */
  readonly groups?: Readonly<Record<string, Quota | false>>;
  /**
   * A limiter of the package `rate-limiter-flexible` whose store all processes share that call with
   * the same tenant and application, such as a `RateLimiterRedis`.
   *
   * @defaultValue none: this process counts alone
   */
  readonly limiter?: QuotaLimiter;
  /**
   * How many calls may wait in one group. When it is full, a call of a higher priority takes the place
   * of another; further ones fail at once.
   *
   * @defaultValue 1,000
   */
  readonly maxWaiting?: number;
  /**
   * Which share of each limit is kept for calls of a priority above 0: 0.02 keeps two of a hundred. An
   * urgent call then goes at once, even where a bulk job has used up its part of the minute.
   *
   * @defaultValue 0: an urgent call goes with the next free slot
   */
  readonly reserve?: number;
  /**
   * How long a minute of the quotas lasts, in milliseconds; their hour is 60 of them. Only for tests
   * against a simulator whose minutes are shortened as well.
   *
   * @defaultValue 60,000
   */
  readonly minuteMs?: number;
  /**
   * How long a call may take at most to arrive at the service, in milliseconds. A call counts until a
   * window after its arrival, so until its answer, or this time, tells that it has arrived, its place
   * is kept. It costs throughput only where calls take longer than this.
   *
   * @defaultValue 5,000
   */
  readonly transitMs?: number;
  /**
   * How many processes share the limiter: while its store is away, each sends its part of the limit.
   *
   * @defaultValue as many as were seen at work lately
   */
  readonly expectedProcesses?: number;
  /**
   * How long the limiter's store may take to answer before the wrapper goes on without it, in
   * milliseconds.
   *
   * @defaultValue 500
   */
  readonly storeTimeoutMs?: number;
}

type Check = readonly [accepts: string, check: (value: unknown) => boolean];

/** What the options on quotas take that are no numbers. */
export const QUOTA_OPTIONS: Readonly<Record<string, Check>> = {
  quota: [
    "false, 'documented' or an object",
    (value) => value === false || value === 'documented' || isRecord(value),
  ],
  'quota.groups': ['an object of quota groups', isRecord],
  'quota.limiter': [
    'a limiter of rate-limiter-flexible with integer points ≥ 1, without blockDuration and insuranceLimiter',
    isLimiter,
  ],
};

const HOUR_MS = 3_600_000;

/** The limits of a group and the most that they can be: a place is kept for each call of a window. */
const QUOTA_FIELDS: Readonly<Record<string, number>> = {
  perMinute: 1_000_000,
  perHour: 1_000_000,
  runningMsPerHour: HOUR_MS * 1_000,
  runningMsPerDay: 24 * HOUR_MS * 1_000,
};

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
  const { groups, limiter } = given === 'documented' ? {} : given;
  const get = (name: string): number => values.get(`quota.${name}`) ?? Number.NaN;
  return {
    groups: { ...groups },
    limiter,
    maxWaiting: get('maxWaiting'),
    minuteMs: get('minuteMs'),
    transitMs: get('transitMs'),
    reserve: get('reserve'),
    expectedProcesses: values.get('quota.expectedProcesses'),
    storeTimeoutMs: get('storeTimeoutMs'),
  };
}

function isCount(value: unknown, max: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max;
}

function isLimiter(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const read = (name: string): unknown => Reflect.get(value, name);
  const methods = ['consume', 'penalty', 'set', 'get', 'delete'];
  return (
    methods.every((name) => isFunction(read(name))) &&
    isCount(read('points'), Number.MAX_SAFE_INTEGER) &&
    // The one would prolong each slot that is tried, the other would count for this process alone.
    !read('blockDuration') &&
    !read('insuranceLimiter')
  );
}
