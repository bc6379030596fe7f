import { type Rule, where } from '@defender-resilience/core/validation';

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** A PromQL duration: one or more whole numbers, each with its unit, such as `1h30m`. */
const DURATION = /^(?:\d+[smhdw])+$/;

/** The seconds of a PromQL duration; NaN if it is none. */
export function seconds(duration: string): number {
  if (!DURATION.test(duration)) return Number.NaN;
  return [...duration.matchAll(/(\d+)([smhdw])/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (UNITS[unit ?? ''] ?? Number.NaN),
    0,
  );
}

/** Accepts a PromQL duration of at least `min`. */
export function duration(min: string): Rule {
  return where(
    `a duration of at least ${min}, such as "90s", "30m", "26h" or "3d"`,
    (value) => typeof value === 'string' && seconds(value) >= seconds(min),
  );
}
