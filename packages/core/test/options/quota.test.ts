import { memoryQuotaStore } from '@defender-resilience/core/memory';
import { describe, expect, it } from 'vitest';
import type { ResilienceOptions } from '../../src/options/options.ts';
import { settingsOf } from '../../src/options/settings.ts';

function faultsOf(options: unknown): string {
  try {
    Reflect.apply(settingsOf, undefined, [options]);
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
  return 'no fault';
}

describe('the quota option', () => {
  it.each<[ResilienceOptions['quota']]>([[undefined], [false]])('is off with %j', (quota) => {
    expect(settingsOf(quota === undefined ? {} : { quota }).quota).toBeUndefined();
  });

  it.each<[ResilienceOptions['quota']]>([['documented'], [{}]])(
    'has its defaults with %j',
    (quota) => {
      expect(settingsOf({ quota: quota ?? false }).quota).toEqual({
        groups: {},
        minuteMs: 60_000,
        transitMs: 5_000,
        reserve: 0,
        store: undefined,
        expectedProcesses: undefined,
        storeTimeoutMs: 2_000,
      });
    },
  );

  it('takes limits, a store and numbers', () => {
    const groups = { incidents: { perMinute: 10, perHour: 100 }, alerts: false } as const;
    const store = memoryQuotaStore();
    const quota = { groups, minuteMs: 1_000, reserve: 0.02, store, expectedProcesses: 8 };
    expect(settingsOf({ quota }).quota).toMatchObject(quota);
  });

  it.each<[unknown, string]>([
    [{ quota: true }, "quota must be false, 'documented' or an object, got true"],
    [{ quota: 'off' }, 'quota must be false, \'documented\' or an object, got "off"'],
    [{ quota: { group: {} } }, 'quota.group is not an option; did you mean quota.groups?'],
    [{ quota: { groups: [] } }, 'quota.groups must be an object of quota groups, got an array'],
    [
      { quota: { groups: { incidents: 50 } } },
      "quota.groups['incidents'] must be an object of limits or false, got 50",
    ],
    [
      { quota: { groups: { incidents: { perMinute: 0 } } } },
      "quota.groups['incidents'].perMinute must be an integer ≥ 1 and ≤ 1000000, got 0",
    ],
    [
      { quota: { groups: { incidents: { perSecond: 1 } } } },
      "quota.groups['incidents'].perSecond is not an option",
    ],
    [{ quota: { store: {} } }, 'quota.store must be a QuotaStore with take, settle and report'],
    [{ quota: { store: 'redis' } }, 'quota.store must be a QuotaStore'],
    [{ quota: { minuteMs: 0 } }, 'quota.minuteMs must be a number ≥ 1, got 0'],
    [
      { operations: { x: { priority: 'high' } } },
      "operations['x'].priority must be a number ≥ -1000 and ≤ 1000",
    ],
  ])('of %j says what to do', (options, message) => {
    expect(faultsOf(options)).toContain(message);
  });

  it('skips limits that are undefined', () => {
    const groups = { incidents: undefined, alerts: { perMinute: undefined } };
    expect(faultsOf({ quota: { groups } })).toBe('no fault');
  });
});

describe('the throttle option', () => {
  it.each<[ResilienceOptions, boolean]>([
    [{}, true],
    [{ throttle: { maxWaiting: 5 } }, true],
    [{ throttle: false }, false],
    [{ throttle: { pause: false } }, false],
    [{ retry: { maxRetries: 1 } }, true],
    // Whoever retries elsewhere waits there as well.
    [{ retry: { maxRetries: 0 } }, false],
    [{ retry: { maxRetries: 0 }, throttle: { maxWaiting: 5 } }, false],
    [{ retry: { maxRetries: 0 }, throttle: { pause: true } }, true],
    // Whoever asks for quotas asks that calls wait.
    [{ retry: { maxRetries: 0 }, quota: 'documented' }, true],
    [{ retry: { maxRetries: 0 }, quota: false }, false],
  ])('of %j decides about pauses', (options, pause) => {
    expect(settingsOf(options).throttle.pause).toBe(pause);
  });

  it('of false keeps the default length of a queue', () => {
    expect(settingsOf({ throttle: false }).throttle.maxWaiting).toBe(1_000);
  });

  it.each<[unknown, string]>([
    [{ throttle: 'off' }, 'throttle must be an object or false, got "off"'],
    [{ throttle: { pause: 1 } }, 'throttle.pause must be true or false, got 1'],
  ])('of %j says what to do', (options, message) => {
    expect(faultsOf(options)).toContain(message);
  });
});
