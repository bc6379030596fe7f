import { AxiosHeaders } from 'axios';
import { describe, expect, it } from 'vitest';
import {
  addedHeaders,
  cloneHeaders,
  getHeader,
  headerPairs,
  withHeaders,
} from '../../../src/clients/shared/headers.ts';
import type { AttemptFanOut } from '../../../src/observe/fan-out.ts';

/** Observers that set the headers. */
function observed(set: Readonly<Record<string, string>>): AttemptFanOut {
  const headers = (all: Headers): void => {
    for (const [name, value] of Object.entries(set)) all.set(name, value);
  };
  return { wantsHeaders: true, headers } as unknown as AttemptFanOut;
}

describe('request headers', () => {
  it.each([
    ['a flat list', ['A', '1', 'b', '2']],
    [
      'pairs',
      [
        ['A', '1'],
        ['b', '2'],
      ],
    ],
    [
      'an iterable',
      new Map([
        ['A', '1'],
        ['b', '2'],
      ]),
    ],
    ['an object', { A: '1', b: '2' }],
  ])('are read from %s', (_what, headers) => {
    expect(headerPairs(headers)).toEqual([
      ['A', '1'],
      ['b', '2'],
    ]);
    expect([getHeader(headers, 'a'), getHeader(headers, 'c')]).toEqual(['1', undefined]);
  });

  it('may be absent, or nonsense', () => {
    expect([headerPairs(undefined), headerPairs(null), headerPairs('x'), headerPairs([])]).toEqual([
      [],
      [],
      [],
      [],
    ]);
    expect(getHeader({ a: ['1', '2'] }, 'a')).toBeUndefined();
    expect(getHeader([1, ['x-own', 'a']], 'x-own')).toBe('a');
    expect(getHeader('text', 'x-own')).toBeUndefined();
    expect([cloneHeaders(undefined), withHeaders('x', [['a', '1']])]).toEqual([undefined, 'x']);
  });

  const forms = [
    ['a Headers', () => new Headers({ 'X-Own': 'a' })],
    ['pairs', (): [string, string][] => [['X-Own', 'a']]],
    ['an object', (): Record<string, string> => ({ 'X-Own': 'a' })],
  ] as const;

  it.each(forms)('are read from %s in any letter case', (_what, make) => {
    expect([getHeader(make(), 'x-own'), getHeader(make(), 'other')]).toEqual(['a', undefined]);
  });

  it.each(forms)('are copied and changed as %s, and the caller’s stay', (_what, make) => {
    const own = make();
    const copy = withHeaders(own, [
      ['x-own', 'b'],
      ['x-new', 'c'],
    ]);
    expect([...new Headers(copy)]).toEqual([
      ['x-new', 'c'],
      ['x-own', 'b'],
    ]);
    expect([...new Headers(own)]).toEqual([['x-own', 'a']]);
    expect(Array.isArray(copy)).toBe(Array.isArray(own));
    expect(new Headers(withHeaders(copy, [['X-OWN', 'd']])).get('x-own')).toBe('d');
  });

  it('keep the names of an object as they are written, each once', () => {
    expect(withHeaders({ 'X-Own': 'a', 'x-own': 'b' }, [['x-own', 'c']])).toEqual({ 'X-Own': 'c' });
  });

  it('keep what is not changed, lists too', () => {
    const pairs = headerPairs({ A: ['1', '2'], B: '2', d: '5' });
    const changed = withHeaders(pairs, [
      ['b', '3'],
      ['c', '4'],
    ]);
    expect(changed.flat()).toEqual(['A', ['1', '2'], 'd', '5', 'b', '3', 'c', '4']);
    expect(withHeaders(['A', '1', 'b', '2'], [['B', '3']])).toEqual(['A', '1', 'B', '3']);
  });

  it('of axios stay of axios’s own class', () => {
    const own = AxiosHeaders.from({ Authorization: 'Bearer old' });
    const copy = withHeaders(own, [['authorization', 'Bearer new']]);
    expect(copy).toBeInstanceOf(AxiosHeaders);
    expect([copy.get('Authorization'), own.get('Authorization')]).toEqual([
      'Bearer new',
      'Bearer old',
    ]);
  });
});

describe('the headers that an attempt adds', () => {
  it('are none where there is no new token and no observer that sets one', () => {
    expect(addedHeaders({ a: '1' }, undefined, undefined)).toEqual([]);
  });

  it('are the token in place of the old one, whatever else the headers hold', () => {
    const own = { Authorization: 'Bearer old', 'bad name': 'x', 'User-Agent': false, bad: 'a\nb' };
    const added = addedHeaders(own, 'new', undefined);
    expect(withHeaders(own, added)).toEqual({ ...own, Authorization: 'Bearer new' });
    expect(own.Authorization).toBe('Bearer old');
  });

  it('are the token where there are no headers', () => {
    const added = addedHeaders(undefined, 'new', undefined);
    expect(withHeaders({}, added)).toEqual({ authorization: 'Bearer new' });
  });

  it('are those that observers set, and not those that they leave as they are', () => {
    const added = addedHeaders(['A', '1', 'B', '2'], undefined, observed({ a: '1', b: '3' }));
    expect(added).toEqual([['b', '3']]);
  });
});
