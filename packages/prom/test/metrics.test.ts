import { metricCodes } from '@defender-resilience/core';
import { describe, expect, it } from 'vitest';
import { metrics } from '../src/metrics.ts';

describe('the table of metrics', () => {
  it('names each metric once', () => {
    expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length);
  });

  it('cannot be changed', () => {
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every(frozen));
    expect(frozen(metrics)).toBe(true);
  });

  it.each(metrics)('names $name as Prometheus asks', ({ name, type, help }) => {
    expect(name).toMatch(/^[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(type !== 'histogram' || name.endsWith('_seconds')).toBe(true);
    expect(help).toMatch(/^[A-Z].*\.$/);
  });

  it.each(metrics)('gives $name exemplars only where a registry can print them', (row) => {
    expect(row.exemplars && row.type === 'gauge').toBe(false);
  });

  it.each(metrics)('gives $name buckets only if it is a histogram', ({ type, buckets }) => {
    expect(buckets !== undefined).toBe(type === 'histogram');
    expect(buckets ?? []).toEqual([...(buckets ?? [])].sort((a, b) => a - b));
  });

  it.each(metrics)('initializes only series of $name that it can have', ({ labels, zero }) => {
    for (const [name, values] of Object.entries(zero?.only ?? {})) {
      const label = labels.find((candidate) => candidate.name === name);
      const allowed: readonly string[] =
        label?.values.kind === 'codes'
          ? ['', ...metricCodes.map(({ code }) => code)]
          : label?.values.kind === 'listed'
            ? label.values.values
            : [];
      expect(allowed).toEqual(expect.arrayContaining([...values]));
    }
  });

  it('has the classes that codes have, and no other', () => {
    const label = metrics[0]?.labels.find(({ name }) => name === 'class');
    const classes = new Set<string>(metricCodes.map((row) => row.class));
    if (label?.values.kind !== 'listed') throw new Error('The classes are not listed');
    expect(new Set(label.values.values)).toEqual(classes);
  });
});
