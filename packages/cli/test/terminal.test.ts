import { describe, expect, it } from 'vitest';
import { definitions, wrap } from '../src/terminal/layout.ts';
import { screenOf } from '../src/terminal/screen.ts';
import { columnsOf } from '../src/terminal/table.ts';

const RED = '\u001b[31m';
const END = '\u001b[39m';

describe('wrapping', () => {
  it('breaks at spaces, indents, and keeps line breaks and long words', () => {
    expect(wrap('one two three', 8)).toBe('one two\nthree');
    expect(wrap('one two\n\nthree', 10, '  ')).toBe('  one two\n\n  three');
    expect(wrap('see https://example.com/long', 8)).toBe('see\nhttps://example.com/long');
  });

  it('does not count colours', () => {
    expect(wrap(`${RED}one${END} two`, 7)).toBe(`${RED}one${END} two`);
  });

  it('hangs texts beside their names', () => {
    expect(
      definitions(
        [
          ['a', 'one two'],
          ['bcd', 'x'],
        ],
        9,
        ' ',
      ),
    ).toBe(' a    one\n      two\n bcd  x');
  });
});

describe('columns', () => {
  it('are as wide as their widest cell, and cut at the end of the screen', () => {
    expect(
      columnsOf(
        [
          ['a', '1'],
          ['long', '200'],
        ],
        80,
        true,
      ),
    ).toEqual(['a       1', 'long  200']);
    expect(columnsOf([['a long cell', `${RED}red${END}`]], 12)).toEqual([
      `a long cell${RED}${END}…`,
    ]);
  });
});

describe('a screen', () => {
  const coloured = (isTTY: boolean, env: Record<string, string>): boolean =>
    screenOf({ isTTY }, env).style('red', 'x') !== 'x';

  it('has colours in a terminal, unless the environment says otherwise', () => {
    expect(coloured(true, {})).toBe(true);
    expect(coloured(false, {})).toBe(false);
    expect(coloured(true, { NO_COLOR: '1' })).toBe(false);
    expect(coloured(true, { NO_COLOR: '' })).toBe(true);
    expect(coloured(true, { TERM: 'dumb' })).toBe(false);
    expect(coloured(false, { FORCE_COLOR: '1' })).toBe(true);
    expect(coloured(true, { FORCE_COLOR: '0' })).toBe(false);
    expect(coloured(false, { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
  });

  it('has 80 columns where it is no terminal, and at most 100', () => {
    expect(screenOf({}, {}).columns).toBe(80);
    expect(screenOf({ isTTY: true, columns: 300 }, {}).columns).toBe(100);
    expect(screenOf({ isTTY: true, columns: 10 }, {}).columns).toBe(40);
  });
});
