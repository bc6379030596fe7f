import { integer, number, type OptionRules, type Rule } from '@defender-resilience/core/validation';
import { duration, seconds } from '../duration.ts';

/** When alerts fire. Times are PromQL durations such as `30m`, shares are fractions of 1. */
export interface Thresholds {
  /** Calls in a row that must be refused before access counts as lost, 1 or more. @defaultValue 2 */
  readonly calls: number;
  /**
   * The maximum probability of the row at the usual share of refused calls, above 0. With 1, the usual share is
   * ignored. @defaultValue 0.002
   */
  readonly chance: number;
  /** Only operations that succeeded within this time can lose access. @defaultValue '8d' */
  readonly worked: string;
  /** How long a failing state is kept when no call follows. @defaultValue '26h' */
  readonly hold: string;
  /** The period for the usual share. @defaultValue '3d' */
  readonly past: string;
  /** How long ago that period ends, for a rise of the share. @defaultValue '3h' */
  readonly settle: string;
  /** A failure this soon after a success does not count as a row: busy clients fail only in part. @defaultValue '30s' */
  readonly apart: string;
  /** The window in which refused calls rise. @defaultValue '30m' */
  readonly risingWindow: string;
  /** The minimum number of refused calls in the window. @defaultValue 10 */
  readonly risingCalls: number;
  /** The multiple of the usual share of refused calls that counts as a rise. @defaultValue 2 */
  readonly risingFactor: number;
  /** The share that is added to this limit, so that rare codes do not fire. @defaultValue 0.05 */
  readonly risingShare: number;
  /** The minimum number of calls in the past for a usual share. @defaultValue 50 */
  readonly risingPastCalls: number;
  /** The daily share of refused calls that is chronic. @defaultValue 0.05 */
  readonly chronicShare: number;
  /** The minimum number of refused calls in a day. @defaultValue 5 */
  readonly chronicCalls: number;
  /** Calls in a row that must fail before an operation counts as failing. @defaultValue 3 */
  readonly failingCalls: number;
  /** How long ago the last of them may be. @defaultValue '130m' */
  readonly failingFresh: string;
  /** The share of attempts answered 429 within 30 minutes. @defaultValue 0.1 */
  readonly throttledShare: number;
  /** The minimum number of 429s within 30 minutes. @defaultValue 5 */
  readonly throttledAttempts: number;
  /** The share of attempts answered 5xx within 30 minutes. @defaultValue 0.2 */
  readonly serverErrorsShare: number;
  /** The minimum number of 5xx within 30 minutes. @defaultValue 5 */
  readonly serverErrorsAttempts: number;
  /** The minimum number of failed calls in the long window. @defaultValue 10 */
  readonly burnFaults: number;
}

/** The defaults of the thresholds. */
export const THRESHOLDS: Thresholds = Object.freeze({
  calls: 2,
  chance: 0.002,
  worked: '8d',
  hold: '26h',
  past: '3d',
  settle: '3h',
  apart: '30s',
  risingWindow: '30m',
  risingCalls: 10,
  risingFactor: 2,
  risingShare: 0.05,
  risingPastCalls: 50,
  chronicShare: 0.05,
  chronicCalls: 5,
  failingCalls: 3,
  failingFresh: '130m',
  throttledShare: 0.1,
  throttledAttempts: 5,
  serverErrorsShare: 0.2,
  serverErrorsAttempts: 5,
  burnFaults: 10,
});

const count = integer(1, 1_000_000);
const share = number(0, 1);

/** The rule of each threshold. */
export const thresholdRules: OptionRules & Readonly<Record<keyof Thresholds, Rule>> = {
  calls: integer(1, 1_000),
  chance: {
    ...share,
    accepts: 'a number > 0 and ≤ 1',
    test: (value) => typeof value === 'number' && value > 0 && value <= 1,
  },
  worked: duration('1h'),
  hold: duration('10m'),
  past: duration('1h'),
  settle: duration('10m'),
  apart: duration('1s'),
  risingWindow: duration('5m'),
  risingCalls: count,
  risingFactor: number(1, 1_000),
  risingShare: share,
  risingPastCalls: count,
  chronicShare: share,
  chronicCalls: count,
  failingCalls: integer(1, 1_000),
  failingFresh: duration('5m'),
  throttledShare: share,
  throttledAttempts: count,
  serverErrorsShare: share,
  serverErrorsAttempts: count,
  burnFaults: count,
};

/** Pairs of times of which the first must not be longer than the second, and why. */
const ORDER: readonly (readonly [keyof Thresholds, keyof Thresholds, string])[] = [
  ['hold', 'past', 'a failing state is judged by the past before it'],
  ['hold', 'worked', 'the last success must be known while a failing state is kept'],
  ['settle', 'past', 'otherwise nothing of the past remains'],
  ['risingWindow', 'settle', 'otherwise a rise is compared with itself'],
  ['apart', 'failingFresh', 'otherwise no row is fresh'],
];

const MAX_APART_SECONDS = 600;

/** Finds faults in combinations of valid thresholds. */
export function thresholdFaults(given: Partial<Thresholds>): string[] {
  const all = thresholdsOf(given);
  const faults = ORDER.filter(([a, b]) => seconds(String(all[a])) > seconds(String(all[b]))).map(
    ([a, b, why]) =>
      `thresholds.${a} (${all[a]}) must not be longer than thresholds.${b} (${all[b]}): ${why}`,
  );
  if (seconds(all.apart) > MAX_APART_SECONDS) {
    faults.push(
      `thresholds.apart must be at most 10m, got ${all.apart}: make it shorter than the time between two polls`,
    );
  }
  return faults;
}

/** The thresholds with their defaults. */
export function thresholdsOf(given: Partial<Thresholds> = {}): Thresholds {
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...THRESHOLDS, ...Object.fromEntries(set) };
}
