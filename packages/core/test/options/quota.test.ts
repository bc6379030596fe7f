import { RateLimiterMemory } from 'rate-limiter-flexible';
import { describe, expect, it } from 'vitest';
import type { ResilienceOptions } from '../../src/options/options.ts';
import { settingsOf } from '../../src/options/settings.ts';

const limiter = new RateLimiterMemory({ points: 1, duration: 1 });

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
        limiter: undefined,
        maxWaiting: 1_000,
        minuteMs: 60_000,
        transitMs: 5_000,
        reserve: 0,
        expectedProcesses: undefined,
        storeTimeoutMs: 500,
      });
    },
  );

  it('takes limits, a limiter and numbers', () => {
    const groups = { incidents: { perMinute: 10, perHour: 100 }, alerts: false } as const;
    const quota = { groups, limiter, maxWaiting: 5, minuteMs: 1_000, expectedProcesses: 8 };
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
    [{ quota: { limiter: {} } }, 'quota.limiter must be a limiter of rate-limiter-flexible'],
    [{ quota: { limiter: 'redis' } }, 'quota.limiter must be a limiter of rate-limiter-flexible'],
    [{ quota: { minuteMs: 0 } }, 'quota.minuteMs must be a number ≥ 1, got 0'],
    [
      { operations: { x: { priority: 'high' } } },
      "operations['x'].priority must be a number ≥ -1000 and ≤ 1000",
    ],
  ])('of %j says what to do', (options, message) => {
    expect(faultsOf(options)).toContain(message);
  });

  it('refuses a limiter that would lengthen every slot that is tried for', () => {
    const blocking = new RateLimiterMemory({ points: 1, duration: 1, blockDuration: 60 });
    expect(faultsOf({ quota: { limiter: blocking } })).toContain('without blockDuration');
  });

  it('refuses a limiter that would go on alone while its store is away', () => {
    class Insured extends RateLimiterMemory {
      readonly insuranceLimiter = limiter;
    }
    const insured = new Insured({ points: 1, duration: 1 });
    expect(faultsOf({ quota: { limiter: insured } })).toContain('insuranceLimiter');
  });

  it('refuses a limiter that can be consumed in parts only', () => {
    const none = new RateLimiterMemory({ points: 0, duration: 1 });
    expect(faultsOf({ quota: { limiter: none } })).toContain('integer points ≥ 1');
  });

  it('skips limits that are undefined', () => {
    const groups = { incidents: undefined, alerts: { perMinute: undefined } };
    expect(faultsOf({ quota: { groups } })).toBe('no fault');
  });
});
