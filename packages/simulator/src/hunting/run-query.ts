import { tokensOf } from './lexer.ts';
import { applyOperator } from './operators.ts';
import { semanticError, syntaxError } from './query-errors.ts';
import type { Table } from './table.ts';
import { TokenReader } from './tokens.ts';

/** What a query is run against. */
export interface QueryContext {
  /** The table of a name; undefined when there is none. */
  table(name: string): Table | undefined;
  /** Milliseconds since 1970: what `now()` is. */
  readonly now: number;
}

/** Runs a query; throws the refusal of one that cannot be read, or names what there is not. */
export function runQuery(query: string, context: QueryContext): Table {
  const reader = new TokenReader(tokensOf(query));
  const name = reader.name();
  let table = context.table(name);
  while (!reader.atEnd) {
    if (!reader.accept('|')) throw syntaxError('Query operator expected.');
    const operator = reader.name();
    if (table === undefined) throw unknownTable(name, operator);
    table = applyOperator(reader, { table, operator, now: context.now });
  }
  if (table === undefined) throw unknownTable(name, undefined);
  return table;
}

function unknownTable(name: string, operator: string | undefined): Error {
  const prefix = operator === undefined ? '' : `'${operator}' operator: `;
  return semanticError(`${prefix}Failed to resolve table or column expression named '${name}'`);
}

/** Milliseconds that a query is to run, as its comment says: `// runs 90s`. */
export function runningMsOf(query: string): number {
  const [, amount, unit = 's'] = /\/\/\s*runs\s+(\d+(?:\.\d+)?)\s*(ms|s|m)\b/i.exec(query) ?? [];
  if (amount === undefined) return 0;
  return Number(amount) * ({ ms: 1, s: 1000, m: 60_000 }[unit.toLowerCase()] ?? 1000);
}
