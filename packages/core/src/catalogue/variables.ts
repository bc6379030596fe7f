import type { VariableKind } from './entry.ts';

/** A variable's value: text or names as they are, numbers and milliseconds as numbers. */
export type VariableValue = string | number | readonly string[];

/** Reads one variable part of a message; undefined if the text is not of that kind. */
export function readVariable(
  text: string,
  kind: VariableKind | undefined,
): VariableValue | undefined {
  return kind === undefined ? text : READERS[kind](text);
}

const READERS: Readonly<Record<VariableKind, (text: string) => VariableValue | undefined>> = {
  number: readNumber,
  list: readList,
  timespan: readTimespan,
  duration: (text) => readTimespan(text) ?? readDuration(text),
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
  const names: string[] = [];
  for (const part of text.split(',')) {
    const name = part.trim();
    if (name !== '') names.push(name);
  }
  return names;
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

/** Matches numbers and words in a single pass: a pattern of pairs would backtrack at every digit. */
const TOKEN = /\d+(?:\.\d+)?|[a-z]+/gi;

/** `8 seconds`, `2 minutes and 5 seconds`. Ignores a number without a unit, which could mean anything. */
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
