import { describe, expect, it } from 'vitest';
import { ForeignLoads } from '../../src/quota/foreign-load.ts';

const MINUTE = { limit: 100, windowMs: 60_000, ratePerMs: 100 / 60_000 };

describe('another application’s load', () => {
  it('fills the window with its share as time passes, and leaves it as time passes', () => {
    const loads = new ForeignLoads();
    const end = loads.start(0.5, 0);
    expect(loads.reserved(MINUTE, 0)).toBe(0);
    expect(loads.reserved(MINUTE, 30_000)).toBe(25);
    expect(loads.reserved(MINUTE, 60_000)).toBe(50);
    expect(loads.reserved(MINUTE, 600_000)).toBe(50);
    end(600_000);
    expect(loads.reserved(MINUTE, 630_000)).toBe(25);
    expect(loads.reserved(MINUTE, 660_000)).toBe(0);
  });

  it('never takes more of an hour than its share of it', () => {
    const loads = new ForeignLoads();
    loads.start(0.5, 0);
    const hour = { limit: 1500, windowMs: 3_600_000, ratePerMs: MINUTE.ratePerMs };
    expect(loads.reserved(hour, 3_600_000)).toBe(750);
  });

  it('adds up with others, to all of the limit at most', () => {
    const loads = new ForeignLoads();
    loads.start(0.75, 0);
    loads.start(0.75, 0);
    expect(loads.reserved(MINUTE, 60_000)).toBe(100);
    loads.end(60_000);
    loads.prune(60_000, 130_000);
    expect(loads.reserved(MINUTE, 60_000)).toBe(0);
  });
});
