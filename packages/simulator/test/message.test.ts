import {
  type CatalogueEntry,
  catalogue,
  classify,
  findErrorCode,
  type MessageValues,
  type VariableKind,
} from '@defender-resilience/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMessage } from '../src/message.ts';

function entryOf(code: string): CatalogueEntry {
  const entry = findErrorCode(code);
  if (entry === undefined) throw new Error(`no such code: ${code}`);
  return entry;
}

describe('formatMessage', () => {
  it('fills the documented template', () => {
    expect(formatMessage(entryOf('InvalidHashValue'), { hash: 'abc' })).toBe(
      'Hash value abc is invalid.',
    );
  });

  it('leaves the name of a missing value in its place', () => {
    expect(formatMessage(entryOf('MaximumBatchSizeExceeded'), { received: 7 })).toBe(
      'Maximum batch size exceeded. Received: 7, allowed: {allowed}.',
    );
  });

  it('ignores values that no template names, and what only the prototype holds', () => {
    const inherited: MessageValues = {};
    Object.setPrototypeOf(inherited, { hash: 'x' });
    expect(formatMessage(entryOf('InvalidHashValue'), { other: 'x' })).toBe(
      'Hash value {hash} is invalid.',
    );
    expect(formatMessage(entryOf('InvalidHashValue'), inherited)).toBe(
      'Hash value {hash} is invalid.',
    );
  });

  it('uses the template with the most of the values', () => {
    const entry = entryOf('TooManyRequests');
    expect(formatMessage(entry, { limit: 45, windowMs: 60_000 })).toBe(
      'API calls quota exceeded! Maximum allowed 45 per 00:01:00',
    );
    expect(formatMessage(entry, { limit: 45, windowMs: 3_600_000, key: 'K', waitMs: 7_001 })).toBe(
      'API calls quota exceeded! Maximum allowed 45 per 01:00:00 for the key K. You can send requests again in 8 seconds.',
    );
    expect(formatMessage(entryOf('Forbidden'), { required: ['A', 'B'], present: [] })).toBe(
      'Missing application roles. API required roles: A,B, application roles: .',
    );
    expect(formatMessage(entryOf('Forbidden'), {})).toBe('Forbidden');
  });

  it('writes a window of a day or more as .NET does', () => {
    expect(formatMessage(entryOf('429'), { limit: 1, windowMs: 90_061_000 })).toContain(
      'per 1.01:01:01',
    );
  });

  it('writes what is not of the kind as it is', () => {
    expect(formatMessage(entryOf('429'), { limit: 1, windowMs: 'a while' })).toContain(
      'per a while',
    );
    expect(formatMessage(entryOf('429'), { limit: 1, windowMs: -5 })).toContain('per -5');
  });
});

const role = fc.stringMatching(/^[A-Za-z]{1,12}(\.[A-Za-z]{1,8}){0,3}$/);
const seconds = fc.nat({ max: 10 * 86_400 }).map((value) => value * 1_000);

/**
 * Text without a blank, so that it cannot hold a template's own words, nor a full stop at its end, nor
 * control characters, which core leaves out.
 */
const text = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 40 })
  .filter((value) => !/[\s\p{C}]|\.$/u.test(value));

const VALUES: Readonly<Record<VariableKind, fc.Arbitrary<number | readonly string[]>>> = {
  number: fc.nat(),
  list: fc.array(role, { maxLength: 5 }),
  timespan: seconds,
  duration: seconds,
};

function valuesFor(entry: CatalogueEntry, template: string): fc.Arbitrary<MessageValues> {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  return fc.record(
    Object.fromEntries(
      names.map((name): [string, fc.Arbitrary<MessageValues[string]>] => {
        const kind = entry.variables?.[name];
        return [name, kind === undefined ? text : VALUES[kind]];
      }),
    ),
  );
}

const templates = catalogue.flatMap((entry) =>
  [entry.template, ...(entry.otherTemplates ?? [])]
    .filter((template) => template.includes('{'))
    .map((template) => ({ code: entry.code, entry, template })),
);

describe.each(templates)('$code "$template"', ({ entry, template }) => {
  it('is written so that core reads the same values from it', () => {
    fc.assert(
      fc.property(valuesFor(entry, template), (values) => {
        const { code, status } = entry;
        const message = formatMessage(entry, values);
        const failure = classify({ status, body: { error: { code, message } } });
        // Texts of the service are not enumerable, so that no log prints them by accident.
        const read = failure?.values ?? {};
        const names = Object.getOwnPropertyNames(read);
        expect(Object.fromEntries(names.map((name) => [name, read[name]]))).toEqual(values);
      }),
    );
  });
});
