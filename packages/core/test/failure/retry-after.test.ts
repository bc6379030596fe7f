import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify } from '../../src/failure/classify.ts';

/** Tuesday, 24 November 2026, 05:38:00 UTC. */
const NOW = Date.UTC(2026, 10, 24, 5, 38);
const YEAR_MS = 365 * 24 * 60 * 60 * 1_000;

function waitOf(
  headers: Record<string, unknown>,
  status = 429,
  body?: unknown,
): number | undefined {
  return classify({ status, headers, body }, { now: () => NOW })?.retryAfterMs;
}

describe('the wait that an answer asks for', () => {
  it.each([
    ['7', 7_000],
    ['0', 0],
    ['1.5', 1_500],
    ['0.0001', 1],
    [' 7 ', 7_000],
    ['Tue, 24 Nov 2026 05:38:10 GMT', 10_000],
    ['tue, 24 nov 2026 05:38:10 gmt', 10_000],
    ['Tuesday, 24-Nov-26 05:38:10 GMT', 10_000],
    ['Tue Nov 24 05:38:10 2026', 10_000],
    ['Tue Dec  1 05:38:00 2026', 7 * 24 * 60 * 60 * 1_000],
    ['Tue, 24 Nov 2026 05:37:00 GMT', 0],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 0],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 0],
    ['Thu, 31 Dec 2026 23:59:60 GMT', Date.UTC(2027, 0, 1) - NOW],
    ['99999999999999999999', YEAR_MS],
    ['Fri, 31 Dec 9999 23:59:59 GMT', YEAR_MS],
  ])('is in Retry-After: %j', (text, ms) => {
    expect(waitOf({ 'retry-after': text })).toBe(ms);
  });

  it.each([
    '-1',
    '-0.5',
    '+5',
    '1e3',
    '0x10',
    '5s',
    '5, 10',
    '.5',
    '5.',
    'NaN',
    'Infinity',
    'soon',
    '',
    '   ',
    '24 Nov 2026',
    '2026-11-24T05:38:10Z',
    'Tue, 24 Nov 2026 05:38:10',
    'Tue, 24 Nov 2026 05:38:10 CET',
    'Tue, 24 Foo 2026 05:38:10 GMT',
    'Tue, 31 Feb 2027 05:38:10 GMT',
    'Tue, 00 Nov 2026 05:38:10 GMT',
    'Tue, 24 Nov 2026 24:00:00 GMT',
    'Tue, 24 Nov 2026 05:60:00 GMT',
    'Tue, 24 Nov 2026 05:38:61 GMT',
    'Tue, 24 Nov 2026 5:38:10 GMT',
  ])('is not in %j', (text) => {
    expect(waitOf({ 'retry-after': text })).toBeUndefined();
  });

  it('is never shortened to a past century by a year of two digits', () => {
    expect(waitOf({ 'retry-after': 'Saturday, 24-Nov-76 05:38:00 GMT' })).toBe(YEAR_MS);
    expect(waitOf({ 'retry-after': 'Tuesday, 24-Nov-77 05:38:00 GMT' })).toBe(0);
  });

  it.each([
    ['retry-after-ms', '250', 250],
    ['retry-after-ms', '250.2', 251],
    ['x-ms-retry-after-ms', '250', 250],
    ['ratelimit-reset', '30', 30_000],
    ['x-ratelimit-reset', '30', 30_000],
    ['x-rate-limit-reset', '30', 30_000],
    ['x-ratelimit-retry-after', '30', 30_000],
    ['x-ratelimit-reset', String(NOW / 1_000 + 30), 30_000],
    ['x-ratelimit-reset', String(NOW / 1_000 - 30), 0],
  ])('is in %s: %s', (name, text, ms) => {
    expect(waitOf({ [name]: text })).toBe(ms);
    expect(waitOf({ [name.toUpperCase()]: text })).toBe(ms);
  });

  it('goes by the most exact, and by the next where that is garbage', () => {
    const headers: Record<string, string> = {
      'retry-after-ms': '1',
      'x-ms-retry-after-ms': '2',
      'retry-after': '3',
      'ratelimit-reset': '4',
      'x-ratelimit-reset': '5',
      'x-rate-limit-reset': '6',
      'x-ratelimit-retry-after': '7',
    };
    const body = {
      error: {
        code: '429',
        message:
          'API calls quota exceeded! Maximum allowed 30 per 00:01:00 for the key X. You can send requests again in 8 seconds.',
      },
    };
    const waits = [];
    for (const name of [...Object.keys(headers), 'none']) {
      waits.push(waitOf(headers, 429, body));
      headers[name] = 'garbage';
    }
    expect(waits).toEqual([1, 2, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000]);
  });

  it('is told by the body where a gateway names no code', () => {
    const message =
      'API calls quota exceeded! Maximum allowed 30 per 00:01:00. You can send requests again in 8 seconds.';
    expect(waitOf({}, 429, { statusCode: 429, message })).toBe(8_000);
  });

  it.each([408, 425, 429, 500, 502, 503])('is heard on %i', (status) => {
    expect(waitOf({ 'retry-after': '7' }, status)).toBe(7_000);
  });

  it.each([400, 401, 403, 404, 501])('is not heard on %i, which is not sent again', (status) => {
    expect(waitOf({ 'retry-after': '7' }, status)).toBeUndefined();
  });

  it('is not in the reset of a quota that is not used up', () => {
    expect(waitOf({ 'ratelimit-reset': '30' }, 503)).toBe(30_000);
    expect(waitOf({ 'ratelimit-reset': '30' }, 500)).toBeUndefined();
  });

  it('is told from the real time unless another is given', () => {
    const later = new Date(Date.now() + 3_600_000).toUTCString();
    const ms = classify({ status: 503, headers: { 'retry-after': later } })?.retryAfterMs ?? 0;
    expect(ms).toBeGreaterThan(3_500_000);
    expect(ms).toBeLessThanOrEqual(3_600_000);
  });

  it('is a whole number from 0 to a year, whatever stands there', () => {
    const text = fc.oneof(
      fc.string(),
      fc.double().map(String),
      fc.integer().map(String),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    );
    const name = fc.constantFrom('retry-after', 'retry-after-ms', 'x-ratelimit-reset');
    fc.assert(
      fc.property(name, text, (header, value) => {
        const ms = waitOf({ [header]: value });
        if (ms === undefined) return;
        expect(Number.isInteger(ms)).toBe(true);
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(YEAR_MS);
      }),
    );
  });

  it('is never shorter than the date says', () => {
    const seconds = fc.integer({ min: 0, max: 86_400 });
    fc.assert(
      fc.property(seconds, (ahead) => {
        const date = new Date(NOW + ahead * 1_000).toUTCString();
        expect(waitOf({ 'retry-after': date })).toBe(ahead * 1_000);
      }),
    );
  });
});
