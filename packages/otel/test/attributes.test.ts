import type { Failure, FailureSource } from '@defender-resilience/core';
import { INVALID_SPAN_CONTEXT } from '@opentelemetry/api';
import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { traceparentOf } from '../src/attempt-span.ts';
import { ATTR_AZURE_SERVICE_REQUEST_ID, ATTR_URL_TEMPLATE } from '../src/attribute-names.ts';
import { attributeTable } from '../src/attributes.ts';
import { errorClassOf, errorCodeOf, errorTypeOf, errorTypes } from '../src/error-type.ts';
import { instrumentTable } from '../src/instruments.ts';

const failure = (given: Partial<Failure>): Failure => ({
  code: 'Unknown',
  message: '',
  verdict: 'terminal',
  source: 'api',
  ...given,
});

describe('the attribute table', () => {
  it('holds each name once', () => {
    const names = attributeTable.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('has of the conventions only names that the conventions have, and of our own only defender.*', () => {
    const standard = new Set<unknown>(Object.values(conventions));
    for (const { name } of attributeTable) {
      expect(standard.has(name), name).toBe(!name.startsWith('defender.'));
    }
  });

  it('copies the names that are still in development as they are', () => {
    expect(ATTR_URL_TEMPLATE).toBe(conventions.ATTR_URL_TEMPLATE);
    expect(ATTR_AZURE_SERVICE_REQUEST_ID).toBe(conventions.ATTR_AZURE_SERVICE_REQUEST_ID);
  });

  it('says of the attributes of every metric that they are on metrics', () => {
    const onMetrics = attributeTable.filter(({ on }) => on.includes('metric'));
    const used = new Set(instrumentTable.flatMap(({ attributes }) => attributes));
    expect(onMetrics.map(({ name }) => name).toSorted()).toEqual([...used].toSorted());
  });
});

describe('error.type', () => {
  it.each<[Partial<Failure>, string]>([
    [{ code: 'forbidden', status: 403 }, 'Forbidden'],
    [{ code: '429', status: 429 }, 'TooManyRequests'],
    [{ code: 'Http502', status: 502, source: 'gateway' }, '502'],
    [{ code: 'SomethingNew', status: 400 }, '400'],
    [{ code: 'SomethingNew' }, '_OTHER'],
    [{ code: 'SomethingNew', status: 99_999 }, '_OTHER'],
    [{ code: 'ECONNRESET', source: 'network' }, 'ECONNRESET'],
    [{ code: 'EMADEUP', source: 'network' }, 'network'],
    [{ code: 'Timeout', source: 'timeout' }, 'timeout'],
    [{ code: 'CircuitOpen', source: 'circuit' }, 'circuit_open'],
    [{ code: 'Throttled', source: 'throttle' }, 'rate_limited'],
    [{ code: 'Unknown', source: 'unknown' }, '_OTHER'],
    [{ code: 'DisabledFeature', source: 'unknown' }, 'DisabledFeature'],
  ])('of %o is %s', (given, expected) => {
    expect(errorTypeOf(failure(given))).toBe(expected);
  });

  it('and its class are of closed sets, whatever the service says', () => {
    const sources: FailureSource[] = ['api', 'gateway', 'network', 'timeout', 'circuit', 'unknown'];
    const any = fc.record({
      code: fc.oneof(fc.string(), fc.constantFrom('Forbidden', 'ECONNRESET', 'Http500')),
      status: fc.oneof(fc.integer(), fc.double()),
      source: fc.constantFrom(...sources),
    });
    const known = new Set(errorTypes);
    fc.assert(
      fc.property(any, (given) => {
        const type = errorTypeOf(failure(given));
        expect(known.has(type) || /^[1-5]\d\d$/.test(type)).toBe(true);
        expect(errorClassOf(failure(given))).toMatch(/^[a-z_]+$/);
      }),
    );
  });
});

describe('defender.error.code', () => {
  it('is what the service wrote, where that reads like a code', () => {
    expect(errorCodeOf(failure({ code: 'Authorization_RequestDenied' }))).toBe(
      'Authorization_RequestDenied',
    );
  });

  it.each(['a sentence', 'x'.repeat(65), '', 'https://host/?sig=1', "DeviceEvents | where 'x'"])(
    'is _OTHER for %j',
    (code) => {
      expect(errorCodeOf(failure({ code }))).toBe('_OTHER');
    },
  );
});

describe('traceparent', () => {
  it('is not made of a span that is none', () => {
    expect(traceparentOf(INVALID_SPAN_CONTEXT)).toBeUndefined();
  });
});
