import { describe, expect, it } from 'vitest';
import { throttledWindow } from '../../src/quota/limits.ts';
import { failure429 } from './support.ts';

const MINUTE_MS = 60_000;

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

  it('is nothing where processing time was used up', () => {
    const values = { waitMs: 600_000 };
    expect(throttledWindow({ ...failure429, values }, 600_000, MINUTE_MS)).toBeUndefined();
  });
});
