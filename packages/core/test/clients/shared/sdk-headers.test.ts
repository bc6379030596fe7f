import { describe, expect, it } from 'vitest';
import { freshHeaders, headerOf, setHeader } from '../../../src/clients/shared/sdk-headers.ts';

describe('the headers of an SDK', () => {
  const forms = [
    ['a Headers', () => new Headers({ 'X-Own': 'a' })],
    ['pairs', (): [string, string][] => [['X-Own', 'a']]],
    ['an object', () => ({ 'X-Own': 'a' })],
  ] as const;

  it.each(forms)('are read from %s in any letter case', (_what, make) => {
    expect([headerOf(make(), 'x-own'), headerOf(make(), 'other')]).toEqual(['a', undefined]);
  });

  it.each(forms)('are copied and changed as %s, and the caller’s stay', (_what, make) => {
    const own = make();
    const copy = freshHeaders(
      own,
      new Headers({ 'x-own': 'b', 'x-new': 'c', authorization: 't' }),
      'authorization',
    );
    expect([...new Headers(copy)]).toEqual([
      ['x-new', 'c'],
      ['x-own', 'b'],
    ]);
    expect([...new Headers(own)]).toEqual([['x-own', 'a']]);
    expect(Array.isArray(copy)).toBe(Array.isArray(own));
    setHeader(copy, 'X-OWN', 'd');
    expect(new Headers(copy).get('x-own')).toBe('d');
  });

  it('keep the names of an object as they are written', () => {
    expect(freshHeaders({ 'X-Own': 'a' }, new Headers({ 'x-own': 'b' }))).toEqual({ 'X-Own': 'b' });
  });

  it('may be absent, or nonsense', () => {
    expect(freshHeaders(undefined, undefined)).toEqual({});
    expect(headerOf([1, ['x-own', 'a']], 'x-own')).toBe('a');
    expect(headerOf('text', 'x-own')).toBeUndefined();
  });
});
