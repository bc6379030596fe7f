import { describe, expect, it } from 'vitest';
import { changedHeaderList, headerPairs, headerText } from '../../../src/clients/undici/headers.ts';

describe('the headers of undici', () => {
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
    expect([headerText(headers, 'a'), headerText(headers, 'c')]).toEqual(['1', undefined]);
  });

  it('may be absent, or nonsense', () => {
    expect([headerPairs(undefined), headerPairs(null), headerPairs('x'), headerPairs([])]).toEqual([
      [],
      [],
      [],
      [],
    ]);
    expect(headerText({ a: ['1', '2'] }, 'a')).toBeUndefined();
  });

  it('keep what is not changed, lists too', () => {
    const change = (headers: Headers): void => {
      headers.set('b', '3');
      headers.set('c', '4');
    };
    expect(changedHeaderList({ A: ['1', '2'], B: '2', d: '5' }, change)).toEqual([
      'A',
      ['1', '2'],
      'd',
      '5',
      'b',
      '3',
      'c',
      '4',
    ]);
  });
});
