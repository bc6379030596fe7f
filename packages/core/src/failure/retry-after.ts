import type { MessageValues } from '../catalogue/entry.ts';
import type { HeaderReader } from './headers.ts';
import { parseHttpDate } from './http-date.ts';

/** The longest wait that is believed, in milliseconds: a year. Nobody waits that long; it is a number. */
const MAX_WAIT_MS = 365 * 24 * 60 * 60 * 1_000;
/** From here on, a number of seconds is a moment since 1970 and no wait: as a wait it is 31 years. */
const FIRST_EPOCH_SECONDS = 1_000_000_000;

type Parse = (text: string, now: number) => number | undefined;

/** Where an answer may tell its wait, the most exact first. */
const HEADERS: readonly (readonly [name: string, parse: Parse])[] = [
  ['retry-after-ms', (text) => decimal(text)],
  ['x-ms-retry-after-ms', (text) => decimal(text)],
  ['retry-after', (text, now) => seconds(text) ?? since(now, parseHttpDate(text, now))],
];

/** They tell when the quota is whole again: a wait for those alone whom the quota has stopped. */
const QUOTA_HEADERS: readonly (readonly [name: string, parse: Parse])[] = [
  'ratelimit-reset',
  'x-ratelimit-reset',
  'x-rate-limit-reset',
  'x-ratelimit-retry-after',
].map((name) => [name, secondsOrMoment]);

/** Quota headers stand in many answers: only these two statuses mean that the quota is used up. */
const QUOTA_STATUSES: ReadonlySet<number> = new Set([429, 503]);

/**
 * How long an answer asks to wait, in milliseconds from `now` (milliseconds since 1970) on. Garbage
 * and negative waits are passed over; a date in the past is no wait at all.
 */
export function readRetryAfter(
  status: number,
  header: HeaderReader,
  values: MessageValues | undefined,
  now: number,
): number | undefined {
  const headers = QUOTA_STATUSES.has(status) ? [...HEADERS, ...QUOTA_HEADERS] : HEADERS;
  for (const [name, parse] of headers) {
    const text = header(name);
    const ms = text === undefined ? undefined : parse(text, now);
    if (ms !== undefined && Number.isFinite(ms)) return clamp(ms);
  }
  const { waitMs } = values ?? {};
  return typeof waitMs === 'number' && waitMs >= 0 ? clamp(waitMs) : undefined;
}

/** Digits with or without a fraction: no sign, no exponent, no unit. */
function decimal(text: string): number | undefined {
  return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
}

function seconds(text: string): number | undefined {
  const value = decimal(text);
  return value === undefined ? undefined : value * 1_000;
}

function secondsOrMoment(text: string, now: number): number | undefined {
  const value = decimal(text);
  if (value === undefined) return undefined;
  return value < FIRST_EPOCH_SECONDS ? value * 1_000 : since(now, value * 1_000);
}

function since(now: number, moment: number | undefined): number | undefined {
  return moment === undefined ? undefined : moment - now;
}

// Rounded up: a wait must not end early.
function clamp(ms: number): number {
  return Math.min(Math.max(Math.ceil(ms), 0), MAX_WAIT_MS);
}
