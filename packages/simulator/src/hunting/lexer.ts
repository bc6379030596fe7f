import { syntaxError } from './query-errors.ts';

/** A value in a query: times are milliseconds since 1970. */
export type Literal =
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'time'; readonly value: number };

export type Token =
  | { readonly kind: 'name' | 'symbol'; readonly text: string }
  | { readonly kind: 'literal'; readonly literal: Literal }
  | { readonly kind: 'span'; readonly ms: number };

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const TOKEN =
  /(?<blank>\s+|\/\/[^\n]*)|(?<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|@"[^"\n]*")|(?<number>\d+(?:\.\d+)?)(?<unit>ms|[smhd])?(?![\w.])|(?<datetime>datetime\([^()]*\))|(?<name>!?[A-Za-z_]\w*~?)|(?<symbol>==|!=|=~|!~|>=|<=|[|=<>(),])/y;

function unescaped(text: string): string {
  if (text.startsWith('@')) return text.slice(2, -1);
  return text.slice(1, -1).replaceAll(/\\(.)/g, (_whole, character: string) => {
    const special: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };
    return special[character] ?? character;
  });
}

function timeOf(text: string): number {
  const at = Date.parse(text.slice('datetime('.length, -1).replaceAll(/["']/g, '').trim());
  if (Number.isNaN(at)) throw syntaxError('The incomplete fragment is unexpected.');
  return at;
}

type Groups = Readonly<Record<string, string | undefined>>;

function tokenOf(groups: Groups): Token | undefined {
  const { string, number, unit, datetime, name, symbol } = groups;
  if (string !== undefined)
    return { kind: 'literal', literal: { type: 'text', value: unescaped(string) } };
  if (unit !== undefined) return { kind: 'span', ms: Number(number) * (UNITS[unit] ?? 0) };
  if (number !== undefined)
    return { kind: 'literal', literal: { type: 'number', value: Number(number) } };
  if (datetime !== undefined)
    return { kind: 'literal', literal: { type: 'time', value: timeOf(datetime) } };
  if (name === 'true' || name === 'false') {
    return { kind: 'literal', literal: { type: 'boolean', value: name === 'true' } };
  }
  if (name !== undefined) return { kind: 'name', text: name };
  return symbol === undefined ? undefined : { kind: 'symbol', text: symbol };
}

/** Divides a query into its tokens; comments are left out. */
export function tokensOf(query: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  while (pattern.lastIndex < query.length) {
    const match = pattern.exec(query);
    if (match?.groups === undefined) throw syntaxError('A recognition error occurred.');
    const token = tokenOf(match.groups);
    if (token !== undefined) tokens.push(token);
  }
  return tokens;
}
