import { combineQuotas, type QuotaState } from '@defender-resilience/core';
import { describe, expect, it } from 'vitest';

const state = (used: number, more: Partial<QuotaState> = {}): QuotaState => ({
  group: 'alerts',
  windows: [{ per: 'minute', limit: 100, used, remaining: 100 - used }],
  waiting: 0,
  pausedForMs: 0,
  nextFreeMs: 0,
  counting: 'local',
  ...more,
});

describe('the quotas of several wrappers', () => {
  it('are one state for each group', () => {
    const combined = combineQuotas([state(1), state(2, { group: 'incidents' }), state(3)]);
    expect(combined.map(({ group }) => group)).toEqual(['alerts', 'incidents']);
  });

  it('show the same count once where they share a store', () => {
    const shared = state(80, { counting: 'shared', waiting: 3 });
    expect(combineQuotas([shared, { ...shared, waiting: 4 }])).toEqual([{ ...shared, waiting: 7 }]);
  });

  it('show the fullest of each window, whole, where they count apart', () => {
    const lowered: QuotaState = state(20, {
      windows: [
        { per: 'minute', limit: 25, used: 20, remaining: 5 },
        { per: 'hour', limit: 1_500, used: 30, remaining: 1_470 },
      ],
    });
    expect(combineQuotas([state(60), lowered])[0]?.windows).toEqual(lowered.windows);
    expect(combineQuotas([state(90), lowered])[0]?.windows[0]?.used).toBe(90);
    const closed = state(0, { windows: [{ per: 'minute', limit: 0, used: 0, remaining: 0 }] });
    expect(combineQuotas([closed, state(1)])[0]?.windows[0]?.limit).toBe(0);
  });

  it('show the longest waits, the scarcest running time, and the count that needs attention', () => {
    const combined = combineQuotas([
      state(1, { pausedForMs: 5, nextFreeMs: 10, runningTime: { usedMs: 5, limitMs: 10 } }),
      state(1, { pausedForMs: 7, counting: 'fallback', runningTime: { usedMs: 6, limitMs: 100 } }),
      state(1, { nextFreeMs: 3, counting: 'shared' }),
    ]);
    expect(combined).toMatchObject([
      {
        pausedForMs: 7,
        nextFreeMs: 10,
        counting: 'fallback',
        runningTime: { usedMs: 5, limitMs: 10 },
      },
    ]);
  });
});
