import type { Literal } from './lexer.ts';
import { semanticError, syntaxError } from './query-errors.ts';
import type { Row, Table } from './table.ts';
import type { TokenReader } from './tokens.ts';

export type Predicate = (row: Row) => boolean;

/** What an operator knows while it is read. */
export interface Scope {
  readonly table: Table;
  /** The operator's name, for messages. */
  readonly operator: string;
  /** Milliseconds since 1970: what `now()` is. */
  readonly now: number;
}

/** Refuses a column that the table does not have. */
export function columnIn({ table, operator }: Scope, name: string): string {
  if (table.columns.some((column) => column.name === name)) return name;
  throw semanticError(
    `'${operator}' operator: Failed to resolve scalar expression named '${name}'`,
  );
}

function order(value: unknown, literal: Literal): number {
  const left = literal.type === 'time' ? Date.parse(String(value)) : value;
  const right = literal.value;
  if (left === right) return 0;
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left) > String(right) ? 1 : -1;
}

function texts(value: unknown, literal: Literal): readonly [string, string] {
  return [String(value).toLowerCase(), String(literal.value).toLowerCase()];
}

function hasWord(text: string, word: string): boolean {
  return text.split(/[^\p{L}\p{N}]+/u).includes(word) || (/\W/.test(word) && text.includes(word));
}

type Comparison = (value: unknown, literal: Literal) => boolean;

const onTexts =
  (holds: (text: string, wanted: string) => boolean): Comparison =>
  (value, literal) =>
    holds(...texts(value, literal));

const POSITIVE: Readonly<Record<string, Comparison>> = {
  '==': (value, literal) => order(value, literal) === 0,
  '=~': onTexts((text, wanted) => text === wanted),
  '<': (value, literal) => order(value, literal) < 0,
  '<=': (value, literal) => order(value, literal) <= 0,
  '>': (value, literal) => order(value, literal) > 0,
  '>=': (value, literal) => order(value, literal) >= 0,
  has: onTexts(hasWord),
  contains: onTexts((text, wanted) => text.includes(wanted)),
  startswith: onTexts((text, wanted) => text.startsWith(wanted)),
  endswith: onTexts((text, wanted) => text.endsWith(wanted)),
};

/** Operators with an exclamation mark, and the one that they are the opposite of. */
const OPPOSITES: Readonly<Record<string, string>> = {
  '!=': '==',
  '!~': '=~',
  '!has': 'has',
  '!contains': 'contains',
  '!startswith': 'startswith',
  '!endswith': 'endswith',
};

function literalIn(reader: TokenReader, scope: Scope): Literal {
  const token = reader.next();
  if (token.kind === 'literal') return token.literal;
  if (token.kind === 'name' && (token.text === 'now' || token.text === 'ago')) {
    reader.expect('(');
    const back = token.text === 'ago' ? reader.next() : undefined;
    reader.expect(')');
    if (back === undefined) return { type: 'time', value: scope.now };
    if (back.kind === 'span') return { type: 'time', value: scope.now - back.ms };
  }
  throw syntaxError('A recognition error occurred.');
}

function membership(
  reader: TokenReader,
  scope: Scope,
  column: string,
  operator: string,
): Predicate {
  reader.expect('(');
  const values = reader.list(() => literalIn(reader, scope));
  reader.expect(')');
  const equal = POSITIVE[operator.endsWith('~') ? '=~' : '=='];
  const wanted = !operator.startsWith('!');
  return (row) => values.some((value) => equal?.(row[column], value) ?? false) === wanted;
}

function comparison(reader: TokenReader, scope: Scope): Predicate {
  const column = columnIn(scope, reader.name());
  const token = reader.next();
  const operator = 'text' in token ? token.text : '';
  if (/^!?in~?$/.test(operator)) return membership(reader, scope, column, operator);
  const holds = POSITIVE[OPPOSITES[operator] ?? operator];
  if (holds === undefined) throw syntaxError('A recognition error occurred.');
  const literal = literalIn(reader, scope);
  const wanted = OPPOSITES[operator] === undefined;
  return (row) => holds(row[column], literal) === wanted;
}

function operand(reader: TokenReader, scope: Scope): Predicate {
  const negated = reader.accept('not');
  if (negated) reader.expect('(');
  if (!negated && !reader.accept('(')) return comparison(reader, scope);
  const inner = predicate(reader, scope);
  reader.expect(')');
  return negated ? (row) => !inner(row) : inner;
}

function joined(
  reader: TokenReader,
  word: 'and' | 'or',
  read: () => Predicate,
  combine: (terms: readonly Predicate[], row: Row) => boolean,
): Predicate {
  const terms = [read()];
  while (reader.accept(word)) terms.push(read());
  return (row) => combine(terms, row);
}

/** Reads a condition: comparisons, `in`, `not`, joined by `and` and `or`. */
export function predicate(reader: TokenReader, scope: Scope): Predicate {
  const conjunction = (): Predicate =>
    joined(
      reader,
      'and',
      () => operand(reader, scope),
      (terms, row) => terms.every((term) => term(row)),
    );
  return joined(reader, 'or', conjunction, (terms, row) => terms.some((term) => term(row)));
}
