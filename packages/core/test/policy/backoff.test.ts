import { describe, expect, it } from 'vitest';
import { BackoffSequence, jitteredRetryAfter } from '../../src/policy/backoff.ts';

const median = (): number => 0.5;

function waits(random: () => number, count: number, maxDelayMs = 30_000): number[] {
  const sequence = new BackoffSequence({ initialDelayMs: 1_000, maxDelayMs }, random);
  return Array.from({ length: count }, () => sequence.next());
}

describe('the backoff sequence', () => {
  it('starts near the initial delay and about doubles from wait to wait', () => {
    const [first = 0, second = 0, third = 0] = waits(median, 3);
    expect(first).toBeGreaterThan(500);
    expect(first).toBeLessThan(1_500);
    expect(second / first).toBeGreaterThan(1.2);
    expect(third / second).toBeGreaterThan(1.5);
    expect(third / second).toBeLessThan(2.5);
  });

  it('follows the formula of decorrelated jitter', () => {
    const formula = (t: number): number => 2 ** t * Math.tanh(Math.sqrt(4 * t));
    const expected = [0.5, 1.5, 2.5, 3.5].map(
      (t, index) => ((formula(t) - (index === 0 ? 0 : formula(t - 1))) / 1.4) * 1_000,
    );
    for (const [index, wait] of waits(median, 4).entries()) {
      expect(wait).toBeCloseTo(expected[index] ?? Number.NaN);
    }
    expect(waits(median, 2_000).slice(6)).toEqual(Array.from({ length: 1_994 }, () => 30_000));
  });

  it('never exceeds the cap, however many waits there are', () => {
    const many = waits(() => 0.999, 2_000);
    expect(Math.max(...many)).toBeLessThanOrEqual(30_000);
    expect(many.at(-1)).toBeLessThanOrEqual(30_000);
    expect(many.every((wait) => wait >= 0)).toBe(true);
  });

  it('differs by chance, so that clients do not come back together', () => {
    expect(waits(() => 0.1, 1)).not.toEqual(waits(() => 0.9, 1));
  });

  it('is a sequence of its own for each call', () => {
    expect(waits(median, 1)).toEqual(waits(median, 1));
  });
});

describe('a Retry-After', () => {
  it('is never shortened', () => {
    for (const chance of [0, 0.3, 0.999])
      expect(jitteredRetryAfter(5_000, () => chance)).toBeGreaterThanOrEqual(5_000);
  });

  it('gains at most a tenth', () => {
    expect(jitteredRetryAfter(5_000, () => 0.5)).toBe(5_250);
  });

  it('gains at most two seconds', () => {
    expect(jitteredRetryAfter(600_000, () => 0.5)).toBe(601_000);
  });
});
