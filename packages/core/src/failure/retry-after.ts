import type { MessageValues } from '../catalogue/entry.ts';
import { readVariable } from '../catalogue/variables.ts';
import type { HeaderReader } from './headers.ts';

/** The longest wait that is reported, in milliseconds: a year. */
const MAX_WAIT_MS = 365 * 24 * 60 * 60 * 1_000;
/** A larger number of seconds is a time since 1970: as a wait it would be over 31 years. */
const FIRST_EPOCH_SECONDS = 1_000_000_000;

type Parse = (text: string, now: number) => number | undefined;

/** The headers that ask for a wait, the most precise first. */
const HEADERS: readonly (readonly [name: string, parse: Parse])[] = [
  ['retry-after-ms', (text) => decimal(text)],
  ['x-ms-retry-after-ms', (text) => decimal(text)],
  ['retry-after', largest],
];

/** The headers that say when the quota is reset. */
const QUOTA_HEADERS: readonly (readonly [name: string, parse: Parse])[] = [
  'ratelimit-reset',
  'x-ratelimit-reset',
  'x-rate-limit-reset',
  'x-ratelimit-retry-after',
].map((name) => [name, secondsOrTime]);

/** Successes carry the quota headers too; only these statuses mean that the quota is used up. */
const QUOTA_STATUSES: ReadonlySet<number> = new Set([429, 503]);

/**
 * How long a response asks to wait, in milliseconds from its arrival: by its headers, else by its message.
 * Invalid and negative waits are ignored; a date in the past is a wait of 0.
 *
 * @param values - the variables that the catalogue's template found in the message
 * @param localNow - the local time in milliseconds since 1970
 */
export function readRetryAfter(
  status: number,
  header: HeaderReader,
  { message, values }: { message: string; values?: MessageValues | undefined },
  localNow: number,
): number | undefined {
  // Dates are read by the server's clock, because the local one may be minutes off.
  const now = parseHttpDate(header('date') ?? '', localNow) ?? localNow;
  const headers = QUOTA_STATUSES.has(status) ? [...HEADERS, ...QUOTA_HEADERS] : HEADERS;
  for (const [name, parse] of headers) {
    const text = header(name);
    const ms = text === undefined ? undefined : parse(text, now);
    if (ms !== undefined && Number.isFinite(ms)) return clamp(ms);
  }
  const waitMs = values?.['waitMs'] ?? waitInMessage(message);
  return typeof waitMs === 'number' && waitMs >= 0 ? clamp(waitMs) : undefined;
}

/** The largest wait of a Retry-After that was sent several times, by a gateway and by the service. */
function largest(text: string, now: number): number | undefined {
  // The comma inside a date is followed by the day.
  const waits = text.split(/,(?!\s*\d\d[ -])\s*/).flatMap((value) => {
    return seconds(value) ?? from(now, parseHttpDate(value, now)) ?? [];
  });
  // Without any it is -Infinity, which is no wait.
  return Math.max(...waits);
}

const AMOUNT = String.raw`\d+(?:\.\d+)?\s?[a-z]+`;
const KEYWORD = String.raw`\b(?:again|retry(?:ing)?|replenished|resets?|available|wait|resumed?|blocked|can be made|back ?off)\b`;
const WAIT = new RegExp(
  String.raw`(?:${KEYWORD}[^\d.]{0,40}?\b(?:in|after|for|next|least)|\bwait):?\s+` +
    String.raw`((?:\d+\.)?\d{1,2}:\d{2}:\d{2}(?:\.\d+)?|${AMOUNT}(?:(?:,| and|, and)? ${AMOUNT})*)`,
  'i',
);
/** The header, quoted in the message. */
const HEADER = /\bretry-after:\s*(\d+)(?![\d:.]*\d)/i;

/** "Try again in 14 seconds", "retry after '5' minutes", and similar messages of gateways and services. */
function waitInMessage(message: string): number | undefined {
  const plain = message.replaceAll(/['"]/g, '');
  const text = WAIT.exec(plain)?.[1];
  const ms = text === undefined ? undefined : readVariable(text, 'duration');
  return typeof ms === 'number' ? ms : seconds(HEADER.exec(plain)?.[1] ?? '');
}

/** Digits with or without a fraction: no sign, exponent or unit. */
function decimal(text: string): number | undefined {
  return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
}

function seconds(text: string): number | undefined {
  const value = decimal(text);
  return value === undefined ? undefined : value * 1_000;
}

function secondsOrTime(text: string, now: number): number | undefined {
  const value = decimal(text);
  if (value === undefined) return undefined;
  return value < FIRST_EPOCH_SECONDS ? value * 1_000 : from(now, value * 1_000);
}

function from(now: number, time: number | undefined): number | undefined {
  return time === undefined ? undefined : time - now;
}

// Rounded up, because a wait must not end early.
function clamp(ms: number): number {
  return Math.min(Math.max(Math.ceil(ms), 0), MAX_WAIT_MS);
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const TIME = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`;

/** The three formats of RFC 9110, section 5.6.7: the preferred one, that of RFC 850, and `asctime`. */
const DATES: readonly RegExp[] = [
  String.raw`[a-z]{3}, (?<day>\d\d) (?<month>[a-z]{3}) (?<year>\d{4}) ${TIME} gmt`,
  String.raw`[a-z]{6,9}, (?<day>\d\d)-(?<month>[a-z]{3})-(?<year>\d\d) ${TIME} gmt`,
  String.raw`[a-z]{3} (?<month>[a-z]{3}) (?<day>[ \d]\d) ${TIME} (?<year>\d{4})`,
].map((format) => new RegExp(`^${format}$`, 'i'));

/**
 * Parses an HTTP date to milliseconds since 1970. Strict, because `Date.parse` accepts much that is
 * not a date.
 *
 * @param now - determines the century of a year with two digits
 */
function parseHttpDate(text: string, now: number): number | undefined {
  for (const format of DATES) {
    const parts = format.exec(text)?.groups;
    if (parts !== undefined) return toEpoch(parts, now);
  }
  return undefined;
}

function toEpoch(parts: Readonly<Record<string, string>>, now: number): number | undefined {
  const { year = '', month = '', day, hour, minute, second } = parts;
  const date = [fullYear(year, now), MONTHS.indexOf(month.toLowerCase()), Number(day)] as const;
  const time = [Number(hour), Number(minute), Number(second)] as const;
  // 60 is a leap second.
  if (time[0] > 23 || time[1] > 59 || time[2] > 60) return undefined;
  const midnight = Date.UTC(...date);
  // `Date.UTC` turns 31 February into 3 March.
  const actual = new Date(midnight);
  if (actual.getUTCMonth() !== date[1]) return undefined;
  return midnight + ((time[0] * 60 + time[1]) * 60 + time[2]) * 1_000;
}

/** RFC 9110: two digits that seem to be more than 50 years in the future mean the past. */
function fullYear(year: string, now: number): number {
  if (year.length === 4) return Number(year);
  const thisYear = new Date(now).getUTCFullYear();
  const guess = Math.floor(thisYear / 100) * 100 + Number(year);
  return guess > thisYear + 50 ? guess - 100 : guess;
}
