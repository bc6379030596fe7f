const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const CLOCK = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`;

/** The three forms of RFC 9110, section 5.6.7: today's, that of RFC 850, and that of C's `asctime`. */
const FORMS: readonly RegExp[] = [
  String.raw`[a-z]{3}, (?<day>\d\d) (?<month>[a-z]{3}) (?<year>\d{4}) ${CLOCK} gmt`,
  String.raw`[a-z]{6,9}, (?<day>\d\d)-(?<month>[a-z]{3})-(?<year>\d\d) ${CLOCK} gmt`,
  String.raw`[a-z]{3} (?<month>[a-z]{3}) (?<day>[ \d]\d) ${CLOCK} (?<year>\d{4})`,
].map((form) => new RegExp(`^${form}$`, 'i'));

/**
 * Reads an HTTP date, in milliseconds since 1970. Strict, since `Date.parse` takes a great deal for a
 * date that is none.
 *
 * @param now - decides the century of a year that is written with two digits
 */
export function parseHttpDate(text: string, now: number): number | undefined {
  for (const form of FORMS) {
    const parts = form.exec(text)?.groups;
    if (parts !== undefined) return toEpoch(parts, now);
  }
  return undefined;
}

function toEpoch(parts: Readonly<Record<string, string>>, now: number): number | undefined {
  const { year = '', month = '', day, hour, minute, second } = parts;
  const date = [fullYear(year, now), MONTHS.indexOf(month.toLowerCase()), Number(day)] as const;
  // A leap second is the one after it.
  const time = [Number(hour), Number(minute), Number(second)] as const;
  if (time[0] > 23 || time[1] > 59 || time[2] > 60) return undefined;
  const midnight = Date.UTC(...date);
  // 31 February and unknown months come out as another day than they went in.
  const same = new Date(midnight);
  if (same.getUTCDate() !== date[2] || same.getUTCMonth() !== date[1]) return undefined;
  return midnight + ((time[0] * 60 + time[1]) * 60 + time[2]) * 1_000;
}

/** Two digits that seem more than 50 years ahead mean the century before, says RFC 9110. */
function fullYear(year: string, now: number): number {
  if (year.length === 4) return Number(year);
  const thisYear = new Date(now).getUTCFullYear();
  const guess = Math.floor(thisYear / 100) * 100 + Number(year);
  return guess > thisYear + 50 ? guess - 100 : guess;
}
