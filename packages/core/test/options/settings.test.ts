import { describe, expect, it } from 'vitest';
import type { ResilienceOptions } from '../../src/options/options.ts';
import { settingsOf } from '../../src/options/settings.ts';
import { NUMBER_OPTIONS } from '../../src/options/table.ts';
import { manualClock } from '../../src/testing/index.ts';

/** What a program in plain JavaScript may pass. */
function settingsOfAnything(options: unknown): unknown {
  return Reflect.apply(settingsOf, undefined, [options]);
}

function faultsOf(options: unknown): string {
  try {
    settingsOfAnything(options);
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
  return 'no fault';
}

function fieldOf(options: object, name: string): object {
  const value: unknown = Reflect.get(options, name);
  return typeof value === 'object' && value !== null ? value : {};
}

/** An object with one value at a path such as `retry.maxRetries`. */
function at(path: string, value: unknown): object {
  const [first = '', second] = path.split('.');
  return { [first]: second === undefined ? value : { [second]: value } };
}

describe('options that are not given', () => {
  it('take their defaults', () => {
    expect(settingsOf()).toMatchObject({
      attemptTimeoutMs: undefined,
      deadlineMs: undefined,
      retry: { maxRetries: 3, initialDelayMs: 1_000, maxDelayMs: 30_000, maxRetryAfterMs: 180_000 },
      budget: { ratio: 0.2, minPerMinute: 30 },
      circuit: {
        failureRatio: 0.8,
        minimumAttempts: 10,
        windowMs: 60_000,
        openMs: 15_000,
        maxOpenMs: 120_000,
      },
      throttle: { pause: true, maxWaiting: 1_000 },
      throwHttpErrors: false,
      observers: [],
    });
  });

  it('take their defaults when they are undefined as well', () => {
    const given = settingsOfAnything({
      retry: { maxRetries: undefined },
      throwHttpErrors: undefined,
      circuit: undefined,
    });
    expect(given).toMatchObject({
      retry: { maxRetries: 3 },
      throwHttpErrors: false,
      circuit: { openMs: 15_000 },
    });
  });
});

describe('options that are given', () => {
  it.each(NUMBER_OPTIONS.map(({ path, min }) => [path, min]))(
    '%s takes its least value %d',
    (path, min) => {
      const neighbours: ResilienceOptions = {
        retry: { initialDelayMs: 0, throttleInitialDelayMs: 0 },
        circuit: { openMs: 1 },
      };
      const [first = '', second = ''] = path.split('.');
      const given = { ...neighbours, ...(second === '' ? { [first]: min } : {}) };
      if (second !== '')
        Object.assign(given, { [first]: { ...fieldOf(neighbours, first), [second]: min } });
      expect(faultsOf(given)).toBe('no fault');
    },
  );

  it.each(NUMBER_OPTIONS.map((option) => [option.path, option]))(
    '%s refuses what is below, too large, or no number',
    (path, option) => {
      for (const value of [
        option.min - 1,
        option.max + 1,
        Number.NaN,
        '5',
        null,
        Number.POSITIVE_INFINITY,
      ]) {
        expect(faultsOf(at(path, value))).toContain(`${path} must be`);
      }
    },
  );

  it('switch circuits off with false', () => {
    expect(settingsOf({ circuit: false }).circuit).toBeUndefined();
  });

  it('are copied, so that a later change of the caller’s object changes nothing', () => {
    const operations = { 'incidents.list': { maxRetries: 1 } };
    const settings = settingsOf({ operations });
    Object.assign(operations, { other: {} });
    expect(Object.keys(settings.operations)).toEqual(['incidents.list']);
  });

  it('compare hosts without regard to letter case', () => {
    expect(settingsOf({ hosts: { 'LOCALHOST:8080': 'all' } }).hosts).toEqual({
      'localhost:8080': 'all',
    });
  });

  it('take a clock and a source of chance', () => {
    const clock = manualClock();
    const random = (): number => 0;
    expect(settingsOf({ clock, random })).toMatchObject({ clock, random });
  });
});

describe('faults', () => {
  it('are all named at once, each with its path, its rule and the value', () => {
    const message = faultsOf({
      retry: { maxRetries: -1, initialDelayMs: 'soon' },
      circuit: { failureRatio: 2 },
      throwHttpErrors: 'maybe',
    });
    expect(message).toBe(
      [
        'createResilience got invalid options:',
        '- retry.maxRetries must be an integer ≥ 0 and ≤ 100, got -1',
        '- retry.initialDelayMs must be a number ≥ 0, got "soon"',
        '- circuit.failureRatio must be a number ≥ 0.01 and ≤ 1, got 2',
        '- throwHttpErrors must be true or false, got "maybe"',
      ].join('\n'),
    );
  });

  it.each<[unknown, string]>([
    [{ retries: 3 }, 'retries is not an option'],
    [{ retry: { maxRetrys: 3 } }, 'retry.maxRetrys is not an option'],
    [{ deadline: 5 }, 'deadline is not an option; did you mean deadlineMs?'],
    [{ retry: { initialDelay: 3 } }, 'did you mean retry.initialDelayMs?'],
    [{ retry: 3 }, 'retry must be an object, got 3'],
    [{ circuit: true }, 'circuit must be an object or false, got true'],
    [{ observers: {} }, 'observers must be an array of observers, got an object'],
    [{ observers: [undefined] }, 'observers[0] must be an observer, got undefined'],
    [{ refreshToken: 'token' }, 'refreshToken must be a function'],
    [
      { hosts: { 'https://user:canary@example.com/?sig=canary': 'mde' } },
      "hosts['…@example.com/?…'] must be a host such as localhost:8080; did you mean 'example.com'?",
    ],
    [{ hosts: { 'user:canary@example.com': 'mde' } }, "hosts['…@example.com'] must be a host"],
    [{ hosts: { a: 'http://a:canary@b' } }, 'got a string of 17 characters'],
    [{ hosts: { a: 'azure' } }, "hosts['a'] must be 'xdr', 'mde', 'graph' or 'all', got \"azure\""],
    [{ clock: { now: () => 0 } }, 'clock must be a Clock with now, epoch and timer'],
    [{ operations: [] }, 'operations must be an object of operation names, got an array'],
    [{ operations: { x: 1 } }, "operations['x'] must be an object, got 1"],
    [
      { operations: { x: { maxRetries: -1 } } },
      "operations['x'].maxRetries must be an integer ≥ 0",
    ],
    [
      { operations: { x: { idempotent: 'yes' } } },
      "operations['x'].idempotent must be true or false",
    ],
    [{ operations: { x: { retries: 1 } } }, "operations['x'].retries is not an option"],
    [
      { attemptTimeoutMs: 10, deadlineMs: 5 },
      'attemptTimeoutMs (10) must not exceed deadlineMs (5)',
    ],
    [
      { attemptTimeoutMs: 400_000 },
      'attemptTimeoutMs (400000) must not exceed deadlineMs (300000, the default)',
    ],
    [
      { retry: { initialDelayMs: 40_000 } },
      'retry.initialDelayMs (40000) must not exceed retry.maxDelayMs (30000)',
    ],
    [
      { circuit: { openMs: 200_000 } },
      'circuit.openMs (200000) must not exceed circuit.maxOpenMs (120000)',
    ],
    [null, 'createResilience takes an object of options, got null'],
    [[], 'createResilience takes an object of options, got an array'],
    ['fast', 'createResilience takes an object of options, got "fast"'],
  ])('of %j say what to do', (options, message) => {
    expect(faultsOf(options)).toContain(message);
  });

  it('never show what was given beyond fifty characters', () => {
    expect(faultsOf({ throwHttpErrors: 'x'.repeat(1_000) }).length).toBeLessThan(200);
  });

  it('skip an operation’s undefined fields', () => {
    expect(faultsOf({ operations: { x: { maxRetries: undefined } } })).toBe('no fault');
  });
});
