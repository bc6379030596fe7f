import type { VariableKind } from './entry.ts';

/** A variable's value: text or names as they are, numbers and milliseconds as numbers. */
export type VariableValue = string | number | readonly string[];

interface Codec {
  /** undefined: not readable. */
  read(text: string): VariableValue | undefined;
  write(value: VariableValue): string;
}

/** Reads one variable part of a message; undefined where the text is not of the kind. */
export function readVariable(
  text: string,
  kind: VariableKind | undefined,
): VariableValue | undefined {
  return kind === undefined ? text : CODECS[kind].read(text);
}

/** Writes a value as the service would; what is not of the kind is written as it is. */
export function writeVariable(value: VariableValue, kind: VariableKind | undefined): string {
  return kind === undefined ? String(value) : CODECS[kind].write(value);
}

const CODECS: Readonly<Record<VariableKind, Codec>> = {
  number: { read: readNumber, write: String },
  list: { read: readList, write: String },
  timespan: { read: readTimespan, write: (value) => writeMs(value, writeTimespan) },
  duration: {
    read: (text) => readTimespan(text) ?? readDuration(text),
    write: (value) => writeMs(value, (ms) => `${Math.ceil(ms / SECOND)} seconds`),
  },
};

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS: ReadonlyMap<string, number> = new Map(
  [
    { ms: 1, names: ['ms', 'millisecond', 'milliseconds'] },
    { ms: SECOND, names: ['s', 'sec', 'secs', 'second', 'seconds'] },
    { ms: MINUTE, names: ['m', 'min', 'mins', 'minute', 'minutes'] },
    { ms: HOUR, names: ['h', 'hr', 'hrs', 'hour', 'hours'] },
    { ms: DAY, names: ['d', 'day', 'days'] },
  ].flatMap(({ ms, names }) => names.map((name) => [name, ms] as const)),
);

function readNumber(text: string): number | undefined {
  return /^\d+$/.test(text) ? safe(Number(text)) : undefined;
}

function readList(text: string): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** .NET's `[d.]hh:mm:ss[.fffffff]`. */
const TIMESPAN = /^(?:(\d{1,8})\.)?(\d{1,2}):(\d{2}):(\d{2})(?:\.(\d{1,7}))?$/;

function readTimespan(text: string): number | undefined {
  const [matched, days = 0, hours, minutes, seconds, fraction = ''] = TIMESPAN.exec(text) ?? [];
  if (matched === undefined) return undefined;
  const wholeMs =
    Number(days) * DAY + Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds) * SECOND;
  // Rounded up: a wait must not end early.
  return wholeMs + Math.ceil(Number(fraction.padEnd(7, '0')) / 10_000);
}

function writeTimespan(ms: number): string {
  const seconds = Math.ceil(ms / SECOND);
  const days = Math.floor(ms / DAY);
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  return days > 0 ? `${days}.${clock}` : clock;
}

/** Numbers and words, each found in one pass: a pattern of pairs would try every digit anew. */
const TOKEN = /\d+(?:\.\d+)?|[a-z]+/gi;

/** `8 seconds`, `2 minutes and 5 seconds`. A number without a unit is not read: which one is meant? */
function readDuration(text: string): number | undefined {
  if (!/^[\da-z\s.,]+$/i.test(text)) return undefined;
  let ms: number | undefined;
  let amount: number | undefined;
  for (const [token] of text.toLowerCase().matchAll(TOKEN)) {
    if (amount !== undefined) {
      ms = (ms ?? 0) + amount * (UNITS.get(token) ?? Number.NaN);
      amount = undefined;
    } else if (token !== 'and') amount = Number(token);
  }
  return amount === undefined && ms !== undefined ? safe(Math.ceil(ms)) : undefined;
}

function safe(value: number): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined;
}

function writeMs(value: VariableValue, write: (ms: number) => string): string {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
    ? write(value)
    : String(value);
}
