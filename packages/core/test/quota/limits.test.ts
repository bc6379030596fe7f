import { describe, expect, it } from 'vitest';
import { groupLimits, throttledWindow } from '../../src/quota/limits.ts';
import { failure429 } from './support.ts';

const MINUTE_MS = 60_000;

describe('the limits of a group', () => {
  const minute = { per: 'minute', limit: 45, windowMs: MINUTE_MS } as const;
  const hour = { per: 'hour', limit: 1_500, windowMs: 60 * MINUTE_MS } as const;

  it.each<[string, Parameters<typeof groupLimits>[0], ReturnType<typeof groupLimits>]>([
    ['are none without a quota', undefined, undefined],
    ['are none where the quota is empty', {}, undefined],
    ['are calls by the minute', { perMinute: 45 }, { windows: [minute], executionTime: [] }],
    ['are calls by the hour', { perHour: 1_500 }, { windows: [hour], executionTime: [] }],
    [
      'are calls by both, the shorter first',
      { perHour: 1_500, perMinute: 45 },
      { windows: [minute, hour], executionTime: [] },
    ],
    [
      'are processing time by the hour',
      { runningMsPerHour: 600_000 },
      { windows: [], executionTime: [{ limitMs: 600_000, windowMs: 3_600_000 }] },
    ],
    [
      'are processing time by the day',
      { runningMsPerDay: 3_600_000 },
      { windows: [], executionTime: [{ limitMs: 3_600_000, windowMs: 86_400_000 }] },
    ],
  ])('%s', (_, quota, limits) => {
    expect(groupLimits(quota, MINUTE_MS)).toEqual(limits);
  });

  it('are scaled to a shorter minute: the windows, and the time that queries may take', () => {
    const quota = {
      perMinute: 45,
      perHour: 90,
      runningMsPerHour: 600_000,
      runningMsPerDay: 60_000,
    };
    expect(groupLimits(quota, 600)).toEqual({
      windows: [
        { per: 'minute', limit: 45, windowMs: 600 },
        { per: 'hour', limit: 90, windowMs: 36_000 },
      ],
      executionTime: [
        { limitMs: 6_000, windowMs: 36_000 },
        { limitMs: 600, windowMs: 864_000 },
      ],
    });
  });
});

describe('what a refusal says of the limit', () => {
  it('is what its message tells', () => {
    const values = { limit: 45, windowMs: 60_000, waitMs: 8_000 };
    expect(throttledWindow({ ...failure429, values }, 8_000, MINUTE_MS)).toEqual({
      per: 'minute',
      limit: 45,
    });
    const hourly = { limit: 1_500, windowMs: 3_600_000 };
    expect(throttledWindow({ ...failure429, values: hourly }, 8_000, MINUTE_MS)).toEqual({
      per: 'hour',
      limit: 1_500,
    });
  });

  it('is guessed from the wait where nothing is told', () => {
    expect(throttledWindow(failure429, 60_000, MINUTE_MS)).toEqual({ per: 'minute' });
    expect(throttledWindow(failure429, 60_001, MINUTE_MS)).toEqual({ per: 'hour' });
    expect(throttledWindow(failure429, 1_500, 1_000)).toEqual({ per: 'hour' });
  });

  it('is guessed where only a part of it is told', () => {
    const window = { per: 'hour' };
    for (const values of [{ limit: 45 }, { limit: 45, windowMs: 'a minute' }, { limit: 'many' }]) {
      expect(throttledWindow({ ...failure429, values }, 60_001, MINUTE_MS)).toEqual(window);
    }
    const values = { limit: 'many', windowMs: 60_000 };
    expect(throttledWindow({ ...failure429, values }, 60_001, MINUTE_MS)).toEqual(window);
  });

  it.each([
    [59_999, 'minute'],
    [60_000, 'minute'],
    [60_001, 'hour'],
  ])('of %i ms is one by the %s', (windowMs, per) => {
    const values = { limit: 45, windowMs };
    expect(throttledWindow({ ...failure429, values }, 0, 1_000)).toEqual({ per, limit: 45 });
  });

  it('is nothing where processing time was used up', () => {
    const values = { waitMs: 600_000 };
    expect(throttledWindow({ ...failure429, values }, 600_000, MINUTE_MS)).toBeUndefined();
  });
});
