import { findErrorCode, operations } from '@defender-resilience/core';
import { FEATURES } from '../call.ts';
import { isObject } from '../json.ts';
import { RECORD_MODES } from '../record.ts';
import { isAction, STEP_ACTIONS, TOKEN_OPERATION } from '../script.ts';
import {
  anyOf,
  boolean,
  type Check,
  integer,
  listOf,
  number,
  oneOf,
  recordOf,
  rule,
  shape,
  text,
} from './validators.ts';

/** The longest delay that a timer takes. */
const MAX_DELAY_MS = 2_147_483_647;
/** A window keeps the time of so many calls. */
const MAX_LIMIT = 1_000_000;

const milliseconds = number(0, MAX_DELAY_MS);
const status = integer(200, 599);

// Node throws for anything else.
const headerValue = rule(
  'a header value of printable ASCII',
  (value) => typeof value === 'string' && /^[\t\x20-\x7e]*$/.test(value),
);
const headerName = rule(
  'a header name',
  (value) => typeof value === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(value),
);

const OPERATION_NAMES: ReadonlySet<unknown> = new Set([
  ...operations.map(({ name }) => name),
  TOKEN_OPERATION,
  'other',
]);
const GROUPS: ReadonlySet<unknown> = new Set(operations.map(({ quotaGroup }) => quotaGroup));

/** The calls that an answer or a fault is for; a name that no call can have is a mistake. */
const target = rule(
  'an operation such as "incidents.list", or the beginning of a path such as "/api/machines"',
  (value) => (typeof value === 'string' && value.startsWith('/')) || OPERATION_NAMES.has(value),
);

const quotaGroup: Check = rule('a quota group such as "incidents"', (value) => GROUPS.has(value));

const messageValue = rule('a text, a number or a list of texts', (value) => {
  if (typeof value === 'string' || typeof value === 'number') return true;
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
});

const retryAfter = anyOf(
  'a number of seconds, the header as text, or { "dateInMs": milliseconds }',
  number(-MAX_DELAY_MS, MAX_DELAY_MS),
  headerValue,
  shape({ dateInMs: number(-MAX_DELAY_MS, MAX_DELAY_MS) }, ['dateInMs']),
);

const stepFields = shape({
  status,
  code: text,
  message: rule('a text', (value) => typeof value === 'string'),
  values: recordOf(messageValue),
  headers: recordOf(headerValue, headerName),
  body: rule(
    'a text or an object',
    (value) => typeof value === 'string' || typeof value === 'object',
  ),
  latencyMs: milliseconds,
  action: oneOf(...STEP_ACTIONS),
  for: target,
  times: anyOf('an integer ≥ 1 or "always"', integer(1), oneOf('always')),
  retryAfter,
});

const shortStep = rule(
  `a status from 200 to 599, a code of the catalogue, one of ${STEP_ACTIONS.join(', ')}, or the answer spelled out`,
  (value) => {
    if (typeof value === 'string') return isAction(value) || findErrorCode(value) !== undefined;
    return status(value, '').length === 0;
  },
);

const step: Check = (value, path) => (isObject(value) ? stepFields : shortStep)(value, path);

export const script: Check = listOf(step);

const latency = anyOf(
  'a number of milliseconds, or two: from and to',
  milliseconds,
  rule('a range', (value) => {
    if (listOf(milliseconds, 2)(value, '').length > 0) return false;
    return Array.isArray(value) && value.length === 2 && Number(value[0]) <= Number(value[1]);
  }),
);

export const faults: Check = shape(
  {
    probability: number(0, 1),
    codes: listOf(step, 1),
    seed: integer(0),
    latencyMs: latency,
    for: target,
  },
  ['probability'],
);

export const outage: Check = shape({
  status: anyOf('a status from 400 to 599 or "reset"', integer(400, 599), oneOf('reset')),
  durationMs: number(0),
});

export const foreignLoad: Check = shape({ group: quotaGroup, share: number(0, 1) }, [
  'group',
  'share',
]);

/** Rows by table: JSON objects, as a test or another process gives them. */
export const hunting: Check = recordOf(
  listOf(rule('an object', isObject)),
  rule('a table name such as "DeviceEvents"', (value) => /^\w+$/.test(String(value))),
);

const limits = shape({
  perMinute: integer(1, MAX_LIMIT),
  perHour: integer(1, MAX_LIMIT),
  runningMsPerHour: number(1),
});

const quotas: Check = (value, path) => {
  if (isObject(value)) return recordOf(limits, quotaGroup)(value, path);
  return rule('"documented", "off" or limits by quota group', (option) => {
    return option === 'documented' || option === 'off';
  })(value, path);
};

export const simulatorOptions: Check = shape({
  port: integer(0, 65_535),
  seed: integer(0),
  script,
  hunting,
  quotas,
  faults,
  minuteMs: number(1),
  incidents: integer(0, 100_000),
  requireToken: boolean,
  tokenLifetimeMs: number(1),
  machineActionMs: number(0),
  disabledFeatures: listOf(oneOf(...FEATURES)),
  record: oneOf(...RECORD_MODES),
  newestAt: rule(
    'a valid Date',
    (value) => value instanceof Date && !Number.isNaN(value.getTime()),
  ),
  clock: rule('a clock with now(), epoch() and timer()', (value) => {
    return (
      isObject(value) &&
      ['now', 'epoch', 'timer'].every((name) => typeof value[name] === 'function')
    );
  }),
});
