import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue, findErrorCode } from '../../src/catalogue/codes.ts';
import type { CatalogueEntry, MessageValues, VariableKind } from '../../src/catalogue/entry.ts';
import { parseMessage } from '../../src/catalogue/message.ts';

function entryOf(code: string): CatalogueEntry {
  const entry = findErrorCode(code);
  if (entry === undefined) throw new Error(`no such code: ${code}`);
  return entry;
}

const parse = (code: string, message: string): MessageValues | undefined =>
  parseMessage(entryOf(code), message);

describe('parseMessage', () => {
  it.each([
    ['ODataError', "Invalid OData URI query Could not find 'x'.", { reason: "Could not find 'x'" }],
    ['InvalidInput', 'Invalid input 17.', { input: '17' }],
    ['InvalidHashValue', 'Hash value abc is invalid.', { hash: 'abc' }],
    ['InvalidDomainName', 'Domain name a..b is invalid.', { domain: 'a..b' }],
    ['InvalidIpAddress', 'IP address 1.2.3 is invalid.', { ip: '1.2.3' }],
    ['InvalidUrl', 'URL http:// is invalid.', { url: 'http://' }],
    ['MissingRequiredParameter', 'Parameter Comment is missing.', { parameter: 'Comment' }],
    [
      'ClientVersionNotSupported',
      'Isolate is supported on client version 10.3.1 and above.',
      { action: 'Isolate', version: '10.3.1' },
    ],
    ['ResourceNotFound', 'Resource 7 was not found.', { resource: '7' }],
    ['ResourceNotFound', 'Machine 123123123 was not found', { resource: 'Machine 123123123' }],
    ['DisallowedOperation', 'Isolation is off.', { reason: 'Isolation is off' }],
    [
      'Unauthorized',
      'Unauthorized request - reason of failure: No Tvm license',
      { reason: 'No Tvm license' },
    ],
    [
      'Authentication_MSGraphPermissionMissing',
      'The principal does not have required Microsoft Graph permission(s): AuditLog.Read.All',
      { required: ['AuditLog.Read.All'] },
    ],
  ])('%s: %s', (code, message, values) => {
    expect(parse(code, message)).toEqual(values);
  });

  it('gives batch sizes as numbers', () => {
    expect(
      parse(
        'MaximumBatchSizeExceeded',
        'Maximum batch size exceeded. Received: 501, allowed: 500.',
      ),
    ).toEqual({ received: 501, allowed: 500 });
  });

  it('gives the roles that a 403 wants and those that the app has as lists', () => {
    expect(
      parse(
        'Forbidden',
        'Missing application roles. API required roles: Machine.Read.All,Machine.ReadWrite.All, application roles: Alert.ReadWrite.All.',
      ),
    ).toEqual({
      required: ['Machine.Read.All', 'Machine.ReadWrite.All'],
      present: ['Alert.ReadWrite.All'],
    });
  });

  it('gives an empty list where the app has no role at all', () => {
    expect(
      parse(
        'Forbidden',
        'Missing application roles. API required roles: Machine.Isolate, application roles: .',
      ),
    ).toEqual({ required: ['Machine.Isolate'], present: [] });
  });

  it('gives the required roles where the message tells no others', () => {
    expect(
      parse('Forbidden', 'Missing application roles. API required roles: A.Read.All, B.Read.All'),
    ).toEqual({ required: ['A.Read.All', 'B.Read.All'] });
  });

  it.each([
    ["OS Platform Linux isn't supported for this action."],
    ['OS Platform Linux isn’t supported for this action.'],
    ['os platform Linux IS NOT supported for this action'],
    ['  OS Platform Linux is not supported for this action.\n'],
  ])('takes %j for the documented message', (message) => {
    expect(parse('OsPlatformNotSupported', message)).toEqual({ platform: 'Linux' });
  });

  it('takes the newer wording of a client version', () => {
    expect(
      parse('ClientVersionNotSupported', 'Scan is supported on client version 2 and later.'),
    ).toEqual({ action: 'Scan', version: '2' });
  });

  it('keeps what it cuts out as it stands, letter case and contractions too', () => {
    expect(parse('InvalidInput', "Invalid input This ISN'T İt.")).toEqual({
      input: "This ISN'T İt",
    });
  });

  it('keeps the fixed text of the message that is part of the variable', () => {
    expect(parse('InvalidHashValue', 'Hash value is invalid is invalid.')).toEqual({
      hash: 'is invalid',
    });
  });

  it.each([
    ['Forbidden', 'Forbidden'],
    ['InvalidHashValue', 'The hash abc is not one.'],
    ['InvalidHashValue', 'Hash value  is invalid.'],
    ['InvalidHashValue', 'Hash value is invalid.'],
    ['InvalidHashValue', ''],
    ['InternalServerError', 'Something broke.'],
    ['UnknownError', ''],
  ])('finds nothing in the %s %j', (code, message) => {
    expect(parse(code, message)).toBeUndefined();
  });

  it('cuts at the first place that a fixed piece can stand, in whichever spelling', () => {
    const entry = { ...entryOf('InvalidInput'), template: '{left} is not {right}.' };
    expect(parseMessage(entry, "a isn't b is not c")).toEqual({ left: 'a', right: 'b is not c' });
    expect(parseMessage(entry, "a is not b isn't c")).toEqual({ left: 'a', right: "b isn't c" });
  });

  it('leaves out what is not a number where a number should be', () => {
    expect(
      parse('MaximumBatchSizeExceeded', 'Maximum batch size exceeded. Received: many, allowed: 5.'),
    ).toEqual({ allowed: 5 });
    expect(
      parse(
        'MaximumBatchSizeExceeded',
        'Maximum batch size exceeded. Received: many, allowed: 99999999999999999999.',
      ),
    ).toBeUndefined();
  });
});

describe('parseMessage of a 429', () => {
  const QUOTA = 'API calls quota exceeded!';

  it.each([
    [`${QUOTA} maximum allowed 45 per 00:01:00`, { limit: 45, windowMs: 60_000 }],
    [`${QUOTA} maximum allowed 1500 per 01:00:00`, { limit: 1500, windowMs: 3_600_000 }],
    [`${QUOTA} Maximum allowed 1500 per 1.00:00:00.`, { limit: 1500, windowMs: 86_400_000 }],
    [
      `${QUOTA} Maximum allowed 30 per 00:01:00 for the key Destination+TenantID+AppID. You can send requests again in 8 seconds.`,
      { limit: 30, windowMs: 60_000, key: 'Destination+TenantID+AppID', waitMs: 8_000 },
    ],
    [
      `${QUOTA} maximum allowed 30 per 00:01:00 for the key K. you can send requests again in 1 second`,
      { limit: 30, windowMs: 60_000, key: 'K', waitMs: 1_000 },
    ],
    [
      `${QUOTA} Maximum allowed 30 per 00:01:00. You can send requests again in 59 seconds.`,
      { limit: 30, windowMs: 60_000, waitMs: 59_000 },
    ],
    [
      `${QUOTA} Maximum allowed 30 per 00:01:00 for the key K.`,
      { limit: 30, windowMs: 60_000, key: 'K' },
    ],
    [`${QUOTA} Maximum allowed 30 per minute.`, { limit: 30 }],
  ])('%s', (message, values) => {
    expect(parse('429', message)).toEqual(values);
  });

  it.each([
    ['8 seconds', 8_000],
    ['0 seconds', 0],
    ['1 minute', 60_000],
    ['12 Minutes', 720_000],
    ['1 hour and 2 minutes', 3_720_000],
    ['1 hour, 2 minutes, 3 seconds', 3_723_000],
    ['1h 5m', 3_900_000],
    ['90s', 90_000],
    ['1.5 minutes', 90_000],
    ['250 ms', 250],
    ['0.0004 seconds', 1],
    ['00:05:12', 312_000],
    ['00:05:12.1234567', 312_124],
    ['0:05:12', 312_000],
    ['1.02:00:00', 93_600_000],
    ['1 day', 86_400_000],
  ])('reads a wait for processing time of %s', (wait, waitMs) => {
    const message = `You have exceeded processing resources allocated to this tenant. You can run queries again in ${wait}.`;
    expect(parse('TooManyRequests', message)).toEqual({ waitMs });
  });

  it.each([
    '5',
    'a while',
    '-8 seconds',
    '8',
    'seconds',
    '5 fortnights',
    '8 8',
    '.',
    'and',
    '<duration>',
    '1e9 seconds extra',
    `${'9'.repeat(400)} days`,
  ])('makes no wait of %j, whose meaning is not sure', (wait) => {
    const message = `You have exceeded processing resources allocated to this tenant. You can run queries again in ${wait}.`;
    expect(parse('TooManyRequests', message)).toBeUndefined();
  });
});

/** A value, and how a message spells it. */
type Spelled = readonly [value: MessageValues[string], spelling: string];

const role = fc.stringMatching(/^[A-Za-z]{1,12}(\.[A-Za-z]{1,8}){0,3}$/);
const seconds = fc.nat({ max: 86_399 });
const two = (part: number): string => String(Math.floor(part)).padStart(2, '0');

/** Text without a blank, so that it cannot hold a template's own words, nor a full stop at its end. */
const text = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 40 })
  .filter((value) => !/\s|^$|\.$/u.test(value) && value === value.trim());

const SPELLED: Readonly<Record<VariableKind | 'text', fc.Arbitrary<Spelled>>> = {
  text: text.map((value) => [value, value]),
  number: fc.nat().map((value) => [value, String(value)]),
  list: fc.array(role, { maxLength: 5 }).map((value) => [value, value.join(',')]),
  timespan: fc
    .tuple(fc.nat({ max: 9 }), seconds)
    .map(([days, time]) => [
      1_000 * (86_400 * days + time),
      `${days === 0 ? '' : `${days}.`}${two(time / 3600)}:${two((time / 60) % 60)}:${two(time % 60)}`,
    ]),
  duration: seconds.map((value) => [1_000 * value, `${value} seconds`]),
};

function spelledFor(
  entry: CatalogueEntry,
  template: string,
): fc.Arbitrary<Readonly<Record<string, Spelled>>> {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  return fc.record(
    Object.fromEntries(names.map((name) => [name, SPELLED[entry.variables?.[name] ?? 'text']])),
  );
}

const templates = catalogue.flatMap((entry) =>
  [entry.template, ...(entry.otherTemplates ?? [])]
    .filter((template) => template.includes('{'))
    .map((template) => ({ code: entry.code, entry, template })),
);

describe.each(templates)('$code "$template"', ({ entry, template }) => {
  it('gives the very values back that the message was made of', () => {
    fc.assert(
      fc.property(spelledFor(entry, template), (spelled) => {
        const message = template.replace(/\{(\w+)\}/g, (_gap, name: string) => {
          return spelled[name]?.[1] ?? '';
        });
        // An empty list at the end cannot be told from a message that was cut there.
        fc.pre(message === message.trim());
        const values = Object.entries(spelled).map(([name, [value]]) => [name, value]);
        expect(parseMessage(entry, message)).toEqual(Object.fromEntries(values));
      }),
    );
  });
});

describe('parseMessage of anything', () => {
  const pieces = catalogue
    .flatMap((entry) => [entry.template, ...(entry.otherTemplates ?? [])])
    .flatMap((template) => template.split(/\{\w+\}/))
    .filter((piece) => piece !== '');
  const message = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 1_024 }),
    fc
      .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 12 })), { maxLength: 12 })
      .map((parts) => parts.join('')),
  );

  it('never throws, and gives each variable in its kind', () => {
    fc.assert(
      fc.property(fc.constantFrom(...catalogue), message, (entry, given) => {
        for (const [name, value] of Object.entries(parseMessage(entry, given) ?? {})) {
          const kind = entry.variables?.[name];
          if (kind === undefined) expect(value).toBeTypeOf('string');
          else if (kind === 'list') expect(value).toBeInstanceOf(Array);
          else expect(value).toSatisfy((x: unknown) => Number.isSafeInteger(x) && Number(x) >= 0);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  // Would not end within the test's time if it took more than a multiple of the length.
  it.each([
    ['InvalidHashValue', 'Hash value ', ' is invalid', '!'],
    ['Forbidden', 'Missing application roles. API required roles: ', ', application roles', '!'],
    [
      '429',
      'You have exceeded processing resources allocated to this tenant. You can run queries again in ',
      '1.1',
      '!',
    ],
    ['429', 'API calls quota exceeded! Maximum allowed ', '9', ' per 0'],
    ['ClientVersionNotSupported', '', ' is supported on client version', '!'],
    ['ResourceNotFound', '', 'Resource ', ' was not found?'],
  ])('takes a message of a million characters in its stride: %s %s', (code, head, body, tail) => {
    const given = head + body.repeat(1_000_000 / body.length) + tail;
    expect(() => parse(code, given)).not.toThrow();
  });
});
