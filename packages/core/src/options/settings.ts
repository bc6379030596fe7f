import type { HostMap } from '../catalogue/hosts.ts';
import { systemClock } from '../clock.ts';
import { systemRandom } from '../random.ts';
import {
  arrayOf,
  boolean,
  checkOptions,
  fn,
  mapOf,
  type OptionRules,
  object,
  orValue,
  property,
  withMethods,
} from '../validation/check-options.ts';
import { hosts } from './host-rule.ts';
import { observer } from './observer-rule.ts';
import type { ResilienceOptions, Settings } from './options.ts';
import { QUOTA_FIELDS, quotaSettings, throttleSettings } from './quota.ts';
import { CALL_FIELDS, DEFAULT_DEADLINE_MS, NUMBER_OPTIONS, numberFields } from './table.ts';

const FIELDS: OptionRules = {
  ...numberFields(''),
  retry: object(numberFields('retry')),
  budget: object(numberFields('budget')),
  circuit: orValue(object(numberFields('circuit')), 'an object or false', false),
  ...QUOTA_FIELDS,
  throwHttpErrors: boolean,
  refreshToken: fn,
  operations: mapOf(object(CALL_FIELDS), 'an object of operation names'),
  hosts,
  observers: arrayOf(observer, 'an array of observers'),
  onObserverError: fn,
  clock: withMethods('a Clock with now, epoch and timer', 'now', 'epoch', 'timer'),
  random: fn,
};

/**
 * Checks the options and fills in the defaults.
 *
 * @throws TypeError that lists every fault with its path, rule and value
 */
export function settingsOf(options: ResilienceOptions = {}): Settings {
  checkOptions('createResilience', FIELDS, options, () => orderFaults(options));
  const get = (path: string): number => numberAt(options, path) ?? Number.NaN;
  return {
    attemptTimeoutMs: options.attemptTimeoutMs,
    deadlineMs: options.deadlineMs,
    retry: {
      maxRetries: get('retry.maxRetries'),
      initialDelayMs: get('retry.initialDelayMs'),
      maxDelayMs: get('retry.maxDelayMs'),
      throttleInitialDelayMs: get('retry.throttleInitialDelayMs'),
      throttleMaxDelayMs: get('retry.throttleMaxDelayMs'),
      maxRetryAfterMs: get('retry.maxRetryAfterMs'),
    },
    budget: { ratio: get('budget.ratio'), minPerMinute: get('budget.minPerMinute') },
    circuit:
      options.circuit === false
        ? undefined
        : {
            failureRatio: get('circuit.failureRatio'),
            minimumAttempts: get('circuit.minimumAttempts'),
            windowMs: get('circuit.windowMs'),
            openMs: get('circuit.openMs'),
            maxOpenMs: get('circuit.maxOpenMs'),
            maxCircuits: get('circuit.maxCircuits'),
          },
    throttle: throttleSettings(options, get),
    quota: quotaSettings(options.quota, get),
    throwHttpErrors: options.throwHttpErrors ?? false,
    refreshToken: options.refreshToken,
    operations: { ...options.operations },
    hosts: lowerCased(options.hosts),
    observers: [...(options.observers ?? [])],
    onObserverError: options.onObserverError,
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
  };
}

/** The number at a path such as `retry.maxRetries`, else its default. */
function numberAt(options: ResilienceOptions, path: string): number | undefined {
  let value: unknown = options;
  for (const name of path.split('.')) {
    value = typeof value === 'object' && value !== null ? property(value, name) : undefined;
  }
  if (typeof value === 'number') return value;
  return NUMBER_OPTIONS.find((option) => option.path === path)?.value;
}

/** Options that must not exceed another. */
const AT_MOST: readonly (readonly [lower: string, higher: string])[] = [
  ['attemptTimeoutMs', 'deadlineMs'],
  ['retry.initialDelayMs', 'retry.maxDelayMs'],
  ['retry.throttleInitialDelayMs', 'retry.throttleMaxDelayMs'],
  ['circuit.openMs', 'circuit.maxOpenMs'],
];

function orderFaults(options: ResilienceOptions): readonly string[] {
  return AT_MOST.flatMap(([lower, higher]) => {
    const low = numberAt(options, lower);
    const high = numberAt(options, higher);
    const limit = high ?? DEFAULT_DEADLINE_MS;
    if (low === undefined || low <= limit) return [];
    const shown = high === undefined ? `${limit}, the default` : limit;
    return [`${lower} (${low}) must not exceed ${higher} (${shown})`];
  });
}

function lowerCased(given: HostMap = {}): HostMap {
  return Object.fromEntries(
    Object.entries(given).map(([host, family]) => [host.toLowerCase(), family]),
  );
}
