import { describe, expect, it } from 'vitest';
import { withParams } from '../../../src/clients/shared/request-info.ts';

describe('the parameters that a client will add', () => {
  const url = new URL('http://h/p?a=1');

  it.each([
    ['an object', { b: 2, c: true, d: 'x', skipped: { e: 1 }, empty: null }, '?a=1&b=2&c=true&d=x'],
    ['URLSearchParams', new URLSearchParams({ b: '2' }), '?a=1&b=2'],
    ['nothing', undefined, '?a=1'],
    ['a text', 'b=2', '?a=1'],
  ])('are added from %s', (_what, params, search) => {
    expect(withParams(url, params).search).toBe(search);
    expect(url.search).toBe('?a=1');
  });
});
