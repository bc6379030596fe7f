import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../src/catalogue/codes.ts';
import type { FailureSource } from '../../src/failure/failure.ts';
import { metricCode, metricCodes } from '../../src/failure/metric-code.ts';

const SOURCES: readonly FailureSource[] = [
  'api',
  'gateway',
  'network',
  'timeout',
  'circuit',
  'throttle',
  'cancelled',
  'unknown',
];

const classOf = (code: string): string | undefined =>
  metricCodes.find((row) => row.code === code)?.class;

describe('metricCode', () => {
  it.each(catalogue.map(({ code, status }) => ({ code, status })))(
    'is the code of the catalogue for $code',
    ({ code, status }) => {
      expect(metricCode({ code, status, source: 'api' })).toBe(code);
    },
  );

  it('spells a code as the catalogue does', () => {
    expect(metricCode({ code: '429', status: 429, source: 'api' })).toBe('TooManyRequests');
    expect(metricCode({ code: '429', status: 429, source: 'gateway' })).toBe('TooManyRequests');
    expect(metricCode({ code: 'FORBIDDEN', status: 403, source: 'api' })).toBe('Forbidden');
    expect(metricCode({ code: 'ServiceNotAvailable', status: 503, source: 'api' })).toBe(
      'serviceNotAvailable',
    );
  });

  it('is the status for an answer without a code', () => {
    expect(metricCode({ code: 'Http503', status: 503, source: 'gateway' })).toBe('Http503');
    expect(metricCode({ code: 'Http409', status: 409, source: 'api' })).toBe('Http409');
  });

  it.each([
    ['a status that is not common', { code: 'Http599', status: 599, source: 'gateway' }],
    ['a code that the catalogue does not know', { code: 'Brandnew', status: 500, source: 'api' }],
    [
      'a code of the wrapper’s own, sent by a service',
      { code: 'Timeout', status: 500, source: 'api' },
    ],
    ['a code of Node’s, sent by a service', { code: 'ECONNRESET', status: 502, source: 'gateway' }],
    ['a status that is not the answer’s', { code: 'Http503', status: 400, source: 'api' }],
    ['a status without an answer', { code: 'Http503', source: 'api' }],
    ['the name of an object’s own property', { code: 'constructor', status: 400, source: 'api' }],
    ['_OTHER itself', { code: '_OTHER', status: 400, source: 'api' }],
  ] as const)('is _OTHER for %s', (_, failure) => {
    expect(metricCode(failure)).toBe('_OTHER');
  });

  it.each([
    ['network', 'ECONNRESET', 'Network', 'transport'],
    ['network', 'UND_ERR_SOCKET', 'Network', 'transport'],
    ['network', 'Forbidden', 'Network', 'transport'],
    ['timeout', 'Timeout', 'Timeout', 'transport'],
    ['timeout', 'UND_ERR_HEADERS_TIMEOUT', 'Timeout', 'transport'],
    ['circuit', 'CircuitOpen', 'CircuitOpen', 'local'],
    ['throttle', 'Throttled', 'Throttled', 'local'],
    ['cancelled', 'Cancelled', 'Cancelled', 'local'],
    ['unknown', 'Unknown', 'Unknown', 'local'],
    ['unknown', 'ERR_SOMETHING', 'Unknown', 'local'],
  ] as const)(
    'goes by the source of what never was an answer: %s %s',
    (source, code, label, kind) => {
      expect(metricCode({ code, source })).toBe(label);
      expect(classOf(label)).toBe(kind);
    },
  );

  it('keeps a known code that came with an error of unknown make', () => {
    expect(metricCode({ code: 'ResourceNotFound', source: 'unknown' })).toBe('ResourceNotFound');
  });

  it('never leaves the list, whatever a service writes', () => {
    const known = new Set(metricCodes.map(({ code }) => code));
    const code = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...known),
      fc.nat({ max: 700 }).map((status) => `Http${status}`),
    );
    const status = fc.oneof(
      fc.integer(),
      fc.integer({ min: 100, max: 599 }),
      fc.constant(Number.NaN),
    );
    fc.assert(
      fc.property(code, status, fc.constantFrom(...SOURCES), (text, number, source) => {
        expect(known.has(metricCode({ code: text, status: number, source }))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('metricCodes', () => {
  it('holds each value once, within the bound that the metrics are made for', () => {
    const codes = metricCodes.map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.length).toBeLessThanOrEqual(64);
  });

  it('holds every code of the catalogue with its class', () => {
    for (const entry of catalogue) expect(classOf(entry.code)).toBe(entry.class);
  });

  it.each([
    ['Http400', 'input'],
    ['Http401', 'auth'],
    ['Http403', 'permission'],
    ['Http404', 'not_found'],
    ['Http409', 'conflict'],
    ['Http429', 'throttle'],
    ['Http502', 'server'],
    ['_OTHER', 'server'],
  ])('says of %s that it is of class %s', (code, kind) => {
    expect(classOf(code)).toBe(kind);
  });

  it('is plain frozen data', () => {
    expect(Object.isFrozen(metricCodes)).toBe(true);
    for (const row of metricCodes) {
      expect(Object.isFrozen(row)).toBe(true);
      expect(Object.keys(row)).toEqual(['code', 'class']);
    }
  });
});
