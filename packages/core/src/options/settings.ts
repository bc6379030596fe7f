import type { HostMap } from '../catalogue/hosts.ts';
import { MAX_TIMER_MS, systemClock } from '../clock.ts';
import { isFunction, isObject, isRecord } from '../is.ts';
import { systemRandom } from '../random.ts';
import type { ResilienceOptions, Settings } from './options.ts';
import { checkQuotaGroups, QUOTA_OPTIONS, quotaSettings, throttleSettings } from './quota.ts';
import {
  DEFAULT_DEADLINE_MS,
  NUMBER_OPTIONS,
  type NumberOption,
  OPERATION_FIELDS,
} from './table.ts';
import { show } from './values.ts';

const OTHER_OPTIONS: Readonly<
  Record<string, readonly [accepts: string, check: (value: unknown) => boolean]>
> = {
  retry: ['an object', isRecord],
  budget: ['an object', isRecord],
  circuit: ['an object or false', (value) => value === false || isRecord(value)],
  ...QUOTA_OPTIONS,
  throwHttpErrors: ['true or false', (value) => typeof value === 'boolean'],
  refreshToken: ['a function', isFunction],
  operations: ['an object of operation names', isRecord],
  hosts: ["an object of hosts and 'xdr', 'mde', 'graph' or 'all'", isHostMap],
  observers: ['an array of observers', (value) => Array.isArray(value) && value.every(isObject)],
  onObserverError: ['a function', isFunction],
  clock: ['a Clock with now, epoch and timer', isClock],
  random: ['a function', isFunction],
};

/**
 * Checks the options and fills in the defaults.
 *
 * @throws TypeError that lists every fault with its path, rule and value
 */
export function settingsOf(options: ResilienceOptions = {}): Settings {
  const faults: string[] = [];
  if (!isObject(options) || Array.isArray(options)) {
    throw new TypeError(`createResilience takes an object of options, got ${show(options)}`);
  }
  checkNames(options, faults);
  checkOthers(options, faults);
  const number = (path: string): number => {
    const row = NUMBER_OPTIONS.find((option) => option.path === path);
    return row?.value ?? Number.NaN;
  };
  const values = new Map<string, number>();
  for (const row of NUMBER_OPTIONS) {
    const given = valueAt(options, row.path);
    if (given === undefined) {
      if (row.value !== undefined) values.set(row.path, row.value);
    } else if (fits(row, given)) {
      values.set(row.path, given);
    } else {
      faults.push(`${row.path} must be ${rule(row)}, got ${show(given)}`);
    }
  }
  checkOperations(options.operations, faults);
  checkQuotaGroups(valueAt(options, 'quota.groups'), faults);
  const get = (path: string): number => values.get(path) ?? number(path);
  checkPairs(values, get, faults);
  if (faults.length > 0) {
    throw new TypeError(`createResilience got invalid options:\n- ${faults.join('\n- ')}`);
  }
  return {
    attemptTimeoutMs: values.get('attemptTimeoutMs'),
    deadlineMs: values.get('deadlineMs'),
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
    quota: quotaSettings(options.quota, values),
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

function checkNames(options: object, faults: string[]): void {
  const known = [...NUMBER_OPTIONS.map((row) => row.path), ...Object.keys(OTHER_OPTIONS)];
  for (const [name, value] of Object.entries(options)) {
    const nested = known.some((path) => path.startsWith(`${name}.`));
    if (!known.includes(name)) faults.push(unknownOption(name, known));
    if (!nested || !isRecord(value)) continue;
    for (const field of Object.keys(value)) {
      const path = `${name}.${field}`;
      if (!known.includes(path)) faults.push(unknownOption(path, known));
    }
  }
}

function unknownOption(path: string, known: readonly string[]): string {
  const last = path.split('.').at(-1)?.toLowerCase() ?? '';
  const near = known.find((name) => {
    const candidate = name.split('.').at(-1)?.toLowerCase() ?? '';
    return candidate === last || candidate.startsWith(last) || last.startsWith(candidate);
  });
  return `${path} is not an option${near === undefined ? '' : `; did you mean ${near}?`}`;
}

function checkOthers(options: object, faults: string[]): void {
  for (const [name, [accepts, check]] of Object.entries(OTHER_OPTIONS)) {
    const value = valueAt(options, name);
    if (value !== undefined && !check(value)) {
      faults.push(`${name} must be ${accepts}, got ${show(value)}`);
    }
  }
}

function checkOperations(operations: unknown, faults: string[]): void {
  if (!isRecord(operations)) return;
  for (const [name, given] of Object.entries(operations)) {
    if (!isRecord(given)) {
      faults.push(`operations['${name}'] must be an object, got ${show(given)}`);
      continue;
    }
    for (const [field, value] of Object.entries(given)) {
      const row = OPERATION_FIELDS.find((option) => option.path === field);
      const path = `operations['${name}'].${field}`;
      if (value === undefined) continue;
      if (field === 'idempotent') {
        if (typeof value !== 'boolean')
          faults.push(`${path} must be true or false, got ${show(value)}`);
      } else if (row === undefined) {
        faults.push(`${path} is not an option`);
      } else if (!fits(row, value)) {
        faults.push(`${path} must be ${rule(row)}, got ${show(value)}`);
      }
    }
  }
}

function checkPairs(
  given: ReadonlyMap<string, number>,
  get: (path: string) => number,
  faults: string[],
): void {
  const atMost = (low: string, high: string): void => {
    if (get(low) > get(high)) {
      faults.push(`${low} (${get(low)}) must not exceed ${high} (${get(high)})`);
    }
  };
  const attempt = given.get('attemptTimeoutMs');
  const deadline = given.get('deadlineMs');
  if (attempt !== undefined && attempt > (deadline ?? DEFAULT_DEADLINE_MS)) {
    faults.push(
      `attemptTimeoutMs (${attempt}) must not exceed deadlineMs (${deadline ?? `${DEFAULT_DEADLINE_MS}, the default`})`,
    );
  }
  atMost('retry.initialDelayMs', 'retry.maxDelayMs');
  atMost('retry.throttleInitialDelayMs', 'retry.throttleMaxDelayMs');
  atMost('circuit.openMs', 'circuit.maxOpenMs');
}

function fits(row: NumberOption, value: unknown): value is number {
  return (
    typeof value === 'number' &&
    (row.integer ? Number.isInteger(value) : Number.isFinite(value)) &&
    value >= row.min &&
    value <= row.max
  );
}

function rule(row: NumberOption): string {
  const kind = row.integer ? 'an integer' : 'a number';
  const limit = row.max === MAX_TIMER_MS ? '' : ` and ≤ ${row.max}`;
  return `${kind} ≥ ${row.min}${limit}`;
}

function valueAt(options: object, path: string): unknown {
  let value: unknown = options;
  for (const part of path.split('.')) value = isRecord(value) ? value[part] : undefined;
  return value;
}

function isClock(value: unknown): boolean {
  return isRecord(value) && ['now', 'epoch', 'timer'].every((method) => isFunction(value[method]));
}

function isHostMap(value: unknown): boolean {
  const families: readonly unknown[] = ['xdr', 'mde', 'graph', 'all'];
  return isRecord(value) && Object.values(value).every((family) => families.includes(family));
}

function lowerCased(hosts: HostMap | undefined): HostMap {
  return Object.fromEntries(
    Object.entries(hosts ?? {}).map(([host, family]) => [host.toLowerCase(), family]),
  );
}
