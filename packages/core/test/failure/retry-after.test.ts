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
    // Sent twice, by a gateway and by the service: the larger one.
    ['2, 3', 3_000],
    ['10, 5', 10_000],
    ['2,3', 3_000],
    ['5,  7', 7_000],
    ['5, Tue, 24 Nov 2026 05:38:10 GMT', 10_000],
    ['Tue, 24 Nov 2026 05:38:10 GMT, 60', 60_000],
    ['Tue, 24 Nov 2026 05:38:10 GMT, Tue, 24 Nov 2026 05:38:20 GMT', 20_000],
    ['soon, 5', 5_000],
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
    // The largest wait in seconds, and the first time since 1970.
    ['x-ratelimit-reset', '999999999', YEAR_MS],
    ['x-ratelimit-reset', '1000000000', 0],
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

  it.each([
    [
      'fetch',
      new Headers([
        ['Retry-After', '2'],
        ['Retry-After', '3'],
      ]),
    ],
    ['node', { 'retry-after': ['2', '3'] }],
    [
      'pairs',
      [
        ['retry-after', '3'],
        ['Retry-After', '2'],
      ],
    ],
  ])('is the larger of two Retry-After headers: %s', (_, headers) => {
    expect(classify({ status: 429, headers })?.retryAfterMs).toBe(3_000);
  });

  it.each([-3_600_000, -60_000, 0, 60_000, 3_600_000])(
    'is held against the server’s own clock, which is %i ms off',
    (offset) => {
      const date = new Date(NOW + offset).toUTCString();
      const later = new Date(NOW + offset + 30_000).toUTCString();
      expect(waitOf({ date, 'retry-after': later })).toBe(30_000);
      const reset = String((NOW + offset) / 1_000 + 30);
      expect(waitOf({ date, 'x-ratelimit-reset': reset })).toBe(30_000);
      expect(waitOf({ date: 'garbage', 'retry-after': new Date(NOW).toUTCString() })).toBe(0);
    },
  );

  it.each<[string, number | undefined]>([
    ['Rate limit is exceeded. Try again in 14 seconds.', 14_000],
    ['Rate limit is exceeded. Try again in 1 second.', 1_000],
    ['Out of call volume quota. Quota will be replenished in 00:12:02.', 722_000],
    ['Out of call volume quota. Quota will be replenished in 1.00:00:00.', 86_400_000],
    ['Out of call volume quota. Quota will be replenished in 2.12 days.', 183_168_000],
    ['Out of bandwidth quota. Quota will be replenished in 00:00:30.', 30_000],
    ['Out of createGroup volume quota. Quota will be replenished in 2 days.', 172_800_000],
    ['Too many requests. Please retry after 5 seconds.', 5_000],
    ["The limit was exceeded. Please try again after '5' minutes.", 300_000],
    ['Request was throttled. Retry in 2 minutes and 5 seconds', 125_000],
    ['Please wait for 10 seconds and send the request again', 10_000],
    ['You have exceeded the call rate limit. Please wait 20 seconds and try again.', 20_000],
    ['The next request can be made in 45 seconds.', 45_000],
    ['You can resume in 41 seconds.', 41_000],
    ['Your application is blocked for the next 25 seconds.', 25_000],
    ['The quota resets in 1h 2m 3s', 3_723_000],
    ['Rate limit exceeded. Retry after: 37 seconds', 37_000],
    ['Rate limit exceeded. Retry-After: 37', 37_000],
    ['Retry-After: 12:00', undefined],
    ['The value of the Retry-After header', undefined],
    ['At most 45 calls are allowed in 1 minute', undefined],
    ['Please retry again later.', undefined],
    ['Please retry after 10', undefined],
    ['Retry in 7 parsecs', undefined],
    ['You made 30 requests in 60 seconds', undefined],
  ])('is in the message %j', (message, ms) => {
    expect(waitOf({}, 429, { statusCode: 429, message })).toBe(ms);
    expect(waitOf({}, 429, { error: { code: 'TooManyRequests', message } })).toBe(ms);
    expect(waitOf({ 'retry-after': '1' }, 429, { statusCode: 429, message })).toBe(1_000);
  });

  it('is in the message of a 403 by which API Management reports a used-up quota', () => {
    const message = 'Out of call volume quota. Quota will be replenished in 00:12:02.';
    const body = { statusCode: 403, message };
    const failure = classify({ status: 403, body });
    expect(failure).toMatchObject({ code: 'Http403', verdict: 'retryable', retryAfterMs: 722_000 });
    expect(failure?.advice).toContain('Wait as long as the response says');
    const other = { statusCode: 403, message: 'Access denied.' };
    expect(classify({ status: 403, body: other })?.verdict).toBe('terminal');
  });

  it.each([
    [400, { statusCode: 400, message: 'Rate limit is exceeded.' }],
    [401, { statusCode: 401, message: 'Rate limit is exceeded.' }],
    [403, { error: { code: 'Forbidden', message: 'Rate limit is exceeded. Try again in 9 s.' } }],
  ])('is not in a %i that only words itself so', (status, body) => {
    const failure = classify({ status, body });
    expect(failure?.verdict).toBe('terminal');
    expect(failure).not.toHaveProperty('retryAfterMs');
  });

  it('comes with the limit where a gateway names no code', () => {
    const message =
      'API calls quota exceeded! Maximum allowed 30 per 00:01:00. You can send requests again in 8 seconds.';
    const failure = classify({ status: 429, body: { statusCode: 429, message } });
    expect(failure).toMatchObject({ code: 'Http429', source: 'gateway' });
    expect(failure?.values).toMatchObject({ limit: 30, windowMs: 60_000, waitMs: 8_000 });
    const body = { error: { code: 'TooManyRequests', message } };
    expect(failure?.advice).toBe(classify({ status: 429, body })?.advice);
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
