import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/catalogue/entry.ts';
import type { ResilienceOptions } from '../../src/options/options.ts';
import { settingsOf } from '../../src/options/settings.ts';
import type { Limits } from '../../src/pipeline/call.ts';
import { limitsOf, priorityOf } from '../../src/pipeline/limits.ts';

type Own = Partial<Limits>;

const OPERATION: Operation = { name: 'own', quotaGroup: 'own' };

function limits(
  options: ResilienceOptions,
  operation: Partial<Operation>,
  call?: Own,
  method?: string,
): Limits {
  return limitsOf(settingsOf(options), { ...OPERATION, ...operation }, 'own', method, call);
}

describe('the limits of a call', () => {
  const table = { deadlineMs: 5_000, attemptTimeoutMs: 50 };
  const wrapper = { deadlineMs: 4_000, attemptTimeoutMs: 40, retry: { maxRetries: 4 } };
  const operations = { own: { deadlineMs: 3_000, attemptTimeoutMs: 30, maxRetries: 3 } };
  const call = { deadlineMs: 2_000, attemptTimeoutMs: 20, maxRetries: 2 };

  it.each<[string, ResilienceOptions, Partial<Operation>, Own | undefined, Own]>([
    [
      'the defaults',
      {},
      {},
      undefined,
      { deadlineMs: 300_000, attemptTimeoutMs: 60_000, maxRetries: 3 },
    ],
    ['those of the table', {}, table, {}, { ...table, maxRetries: 3 }],
    [
      'the wrapper’s',
      wrapper,
      table,
      {},
      { deadlineMs: 4_000, attemptTimeoutMs: 40, maxRetries: 4 },
    ],
    ['the wrapper’s for the operation', { ...wrapper, operations }, table, {}, operations.own],
    ['its own', { ...wrapper, operations }, table, call, call],
    [
      'the wrapper’s where only another operation has some',
      { ...wrapper, operations: { other: operations.own } },
      table,
      {},
      { deadlineMs: 4_000, attemptTimeoutMs: 40, maxRetries: 4 },
    ],
    ['no retries where it says so', wrapper, table, { maxRetries: 0 }, { maxRetries: 0 }],
    [
      'no longer attempt than the whole call',
      {},
      {},
      { deadlineMs: 100, attemptTimeoutMs: 200 },
      { deadlineMs: 100, attemptTimeoutMs: 100 },
    ],
  ])('are %s', (_what, options, operation, own, expected) => {
    expect(limits(options, operation, own)).toMatchObject(expected);
  });
});

describe('whether a call may be carried out twice', () => {
  it.each<[string | undefined, boolean]>([
    ['GET', true],
    ['HEAD', true],
    ['OPTIONS', true],
    ['PUT', true],
    ['DELETE', true],
    ['TRACE', true],
    ['QUERY', true],
    ['POST', false],
    ['PATCH', false],
    ['get', false],
    [undefined, true],
  ])('is said by its method %s', (method, idempotent) => {
    expect(limits({}, {}, {}, method).idempotent).toBe(idempotent);
    // A function has the method of its operation.
    expect(limits({}, method === undefined ? {} : { method }).idempotent).toBe(idempotent);
  });

  it.each<[string, ResilienceOptions, Partial<Operation>, Own, boolean]>([
    ['the table', {}, { idempotent: false }, {}, false],
    ['the table for a query by POST', {}, { idempotent: true, method: 'POST' }, {}, true],
    [
      'the wrapper for the operation',
      { operations: { own: { idempotent: true } } },
      { idempotent: false },
      {},
      true,
    ],
    [
      'the call',
      { operations: { own: { idempotent: true } } },
      { idempotent: true },
      { idempotent: false },
      false,
    ],
  ])('is said by %s rather', (_who, options, operation, call, idempotent) => {
    expect(limits(options, operation, call).idempotent).toBe(idempotent);
  });

  it('is said by the method of the request rather than by the one of the table', () => {
    expect(limits({}, { method: 'GET' }, {}, 'POST').idempotent).toBe(false);
  });
});

it.each<[string, number | undefined, number | undefined, number | undefined, number]>([
  ['of the call', 1, 2, 3, 1],
  ['of the call, also where it is 0', 0, 2, 3, 0],
  ['of the wrapper for the operation', undefined, 2, 3, 2],
  ['of the table', undefined, undefined, 3, 3],
  ['that no one sets', undefined, undefined, undefined, 0],
  ['that is no number', Number.NaN, 2, 3, 0],
])('the priority is the one %s', (_what, priority, own, table, expected) => {
  const settings = settingsOf(own === undefined ? {} : { operations: { own: { priority: own } } });
  const operation: Operation = {
    ...OPERATION,
    ...(table === undefined ? {} : { priority: table }),
  };
  expect(priorityOf(settings, { name: 'own', operation, priority })).toBe(expected);
});
