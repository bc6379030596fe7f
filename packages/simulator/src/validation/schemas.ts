import { findErrorCode, operations } from '@defender-resilience/core';
import {
  anyOf,
  arrayOf,
  boolean,
  integer,
  mapOf,
  nearestOption,
  number,
  type OptionRules,
  object,
  oneOf,
  orValue,
  type Rule,
  where,
  withMethods,
} from '@defender-resilience/core/validation';
import { FEATURES } from '../call.ts';
import { isObject } from '../json.ts';
import type { SimulatorOptions } from '../options.ts';
import { RECORD_MODES } from '../record.ts';
import { isAction, STEP_ACTIONS, TOKEN_OPERATION } from '../script.ts';

/** The longest delay of a timer. */
const MAX_DELAY_MS = 2_147_483_647;
/** The maximum of a limit, since a window keeps the time of each call. */
const MAX_LIMIT = 1_000_000;

const milliseconds = number(0, MAX_DELAY_MS);
/** Accepts a non-empty text. */
export const text: Rule = where(
  'a non-empty text',
  (value) => typeof value === 'string' && value !== '',
);
const status = integer(200, 599);

// Node throws for anything else.
const headerValue = where(
  'a header value of printable ASCII',
  (value) => typeof value === 'string' && /^[\t\x20-\x7e]*$/.test(value),
);
const headerFault = (name: string): string | undefined =>
  /^[\w!#$%&'*+.^`|~-]+$/.test(name) ? undefined : 'is not a header name';

const OPERATION_NAMES: ReadonlySet<unknown> = new Set([
  ...operations.map(({ name }) => name),
  TOKEN_OPERATION,
  'other',
]);
const GROUPS: readonly string[] = [...new Set(operations.map(({ quotaGroup }) => quotaGroup))];

/** The calls that an answer or a fault applies to. A name that no call can have is a mistake. */
const target = where(
  'an operation such as "incidents.list", or the beginning of a path such as "/api/machines"',
  (value) => (typeof value === 'string' && value.startsWith('/')) || OPERATION_NAMES.has(value),
);

const quotaGroup: Rule = where('a quota group such as "incidents"', (value) =>
  GROUPS.includes(String(value)),
);

function groupFault(name: string): string | undefined {
  if (GROUPS.includes(name)) return undefined;
  const nearest = nearestOption(name, GROUPS);
  return `is not a quota group${nearest === undefined ? '' : `; did you mean '${nearest}'?`}`;
}

const messageValue = where('a text, a number or a list of texts', (value) => {
  if (typeof value === 'string' || typeof value === 'number') return true;
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
});

const retryAfter = anyOf(
  'a number of seconds, the header as text, or { "dateInMs": milliseconds }',
  number(-MAX_DELAY_MS, MAX_DELAY_MS),
  headerValue,
  object({ dateInMs: number(-MAX_DELAY_MS, MAX_DELAY_MS) }, 'an object', ['dateInMs']),
);

const STEP_FIELDS: OptionRules = {
  status,
  code: text,
  message: where('a text', (value) => typeof value === 'string'),
  values: mapOf(messageValue, 'an object'),
  headers: mapOf(headerValue, 'an object', headerFault),
  body: where(
    'a text or an object',
    (value) => typeof value === 'string' || typeof value === 'object',
  ),
  latencyMs: milliseconds,
  action: oneOf(...STEP_ACTIONS),
  for: target,
  times: anyOf('an integer ≥ 1 or "always"', integer(1), oneOf('always')),
  retryAfter,
};

const step: Rule = {
  accepts: `a status from 200 to 599, a code of the catalogue, one of ${STEP_ACTIONS.join(', ')}, or the answer in full`,
  test(value) {
    if (typeof value !== 'string') return isObject(value) || status.test(value);
    return isAction(value) || findErrorCode(value) !== undefined;
  },
  fields: STEP_FIELDS,
};

export const script: Rule = arrayOf(step, 'a list');

const latency = anyOf(
  'a number of milliseconds, or two: from and to',
  milliseconds,
  where('a range', (value) => {
    if (!Array.isArray(value) || value.length !== 2) return false;
    return value.every(milliseconds.test) && Number(value[0]) <= Number(value[1]);
  }),
);

export const faults: Rule = object(
  {
    probability: number(0, 1),
    codes: arrayOf(step, 'a list of at least 1', 1),
    seed: integer(0),
    latencyMs: latency,
    for: target,
  },
  'an object',
  ['probability'],
);

export const outage: Rule = object({
  status: anyOf('a status from 400 to 599 or "reset"', integer(400, 599), oneOf('reset')),
  durationMs: number(0),
});

export const foreignLoad: Rule = object({ group: quotaGroup, share: number(0, 1) }, 'an object', [
  'group',
  'share',
]);

/** Rows by table: JSON objects, as from a test or another process. */
export const hunting: Rule = mapOf(
  arrayOf(where('an object', isObject), 'a list'),
  'an object',
  (name) => (/^\w+$/.test(name) ? undefined : 'is not a table name such as "DeviceEvents"'),
);

const limits = object({
  perMinute: integer(1, MAX_LIMIT),
  perHour: integer(1, MAX_LIMIT),
  runningMsPerHour: number(1),
});

/** The options of `startSimulator`. */
export const OPTIONS: OptionRules & Readonly<Record<keyof SimulatorOptions, Rule>> = {
  port: integer(0, 65_535),
  seed: integer(0),
  script,
  hunting,
  quotas: orValue(
    mapOf(limits, 'an object of limits', groupFault),
    "'documented', 'off' or limits by quota group",
    'documented',
    'off',
  ),
  faults,
  minuteMs: number(1),
  incidents: integer(0, 100_000),
  requireToken: boolean,
  tokenLifetimeMs: number(1),
  machineActionMs: number(0),
  disabledFeatures: arrayOf(oneOf(...FEATURES), 'a list'),
  record: oneOf(...RECORD_MODES),
  newestAt: where(
    'a valid Date',
    (value) => value instanceof Date && !Number.isNaN(value.getTime()),
  ),
  clock: withMethods('a clock with now(), epoch() and timer()', 'now', 'epoch', 'timer'),
};
