import { describe, expect, it } from 'vitest';
import { classify } from '../../src/failure/classify.ts';
import { headerReader } from '../../src/failure/headers.ts';

const refuse = (): never => {
  throw new Error('no');
};

describe('headers', () => {
  it.each<[string, unknown]>([
    ['a Headers', new Headers({ 'Retry-After': '7' })],
    ['an object in the letters of Node', { 'retry-after': '7' }],
    ['an object in other letters', { 'Retry-After': '7' }],
    ['an object with lists', { 'retry-after': ['7', '6'] }],
    ['an object with numbers', { 'RETRY-AFTER': 7 }],
    ['an object without a prototype', Object.assign(Object.create(null), { 'retry-after': '7' })],
    ['a Map', new Map([['retry-after', '7']])],
    ['a Map in other letters', new Map([['Retry-After', '7']])],
    [
      'a list of pairs',
      [
        ['Content-Type', 'x'],
        ['Retry-After', '7'],
      ],
    ],
    ['a class with a get', { get: (name: string) => (name === 'retry-after' ? '7' : null) }],
    ['a get that throws, beside the header', { get: refuse, 'Retry-After': '7' }],
  ])('are read from %s', (_, headers) => {
    expect(classify({ status: 503, headers })?.retryAfterMs).toBe(7_000);
  });

  it('joins the values of a header that was sent twice, as Headers does', () => {
    expect(
      headerReader([
        ['X', '1'],
        ['x', '2'],
      ])('x'),
    ).toBe('1, 2');
    expect(headerReader({ x: ['1', 2, undefined] })('x')).toBe('1, 2');
  });

  it('joins 20 values of a header, and 8,192 characters of those', () => {
    const values = Array.from({ length: 21 }, (_, index) => `v${index}`);
    expect(headerReader({ x: values })('x')).toBe(values.slice(0, 20).join(', '));
    expect(headerReader({ x: ['x'.repeat(8_000), 'y'.repeat(8_000)] })('x')).toBe(
      `${'x'.repeat(8_000)}, ${'y'.repeat(190)}`,
    );
    expect(headerReader({ x: [undefined, ['1'], {}, null] })('x')).toBeUndefined();
  });

  it('reads on after a name that is none', () => {
    const read = headerReader([[7, 'x'], null, ['X', '1']]);
    expect(read('x')).toBe('1');
  });

  it('trims a value, and takes an empty one for none', () => {
    const read = headerReader({ a: ' 7\t', b: '  ' });
    expect([read('a'), read('b'), read('c')]).toEqual(['7', undefined, undefined]);
  });

  it('looks at 500 headers and at 8,192 characters of each', () => {
    const many = Array.from({ length: 600 }, (_, index) => [`h${index}`, 'x'.repeat(10_000)]);
    for (const headers of [
      many,
      Object.fromEntries(many.map(([name, value]) => [`${name}`.toUpperCase(), value])),
    ]) {
      const read = headerReader(headers);
      expect(read('h499')).toHaveLength(8_192);
      expect(read('h500')).toBeUndefined();
    }
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a text', 'retry-after: 7'],
    ['an object of other types', { 'retry-after': { deep: '7' } }],
    ['a list of other types', [7, null, [7, '7'], ['retry-after']]],
    [
      'a proxy that refuses',
      new Proxy(
        {},
        { ownKeys: refuse, get: refuse, has: refuse, getOwnPropertyDescriptor: refuse },
      ),
    ],
    [
      'a getter that throws',
      Object.defineProperty({}, 'Retry-After', { get: refuse, enumerable: true }),
    ],
    ['an iterator that throws', { [Symbol.iterator]: refuse }],
  ])('are not there in %s', (_, headers) => {
    expect(classify({ status: 503, headers })).toMatchObject({ code: 'Http503' });
    expect(headerReader(headers)('retry-after')).toBeUndefined();
  });
});
