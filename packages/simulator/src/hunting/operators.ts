import { columnIn, predicate, type Scope } from './expression.ts';
import { syntaxError } from './query-errors.ts';
import type { Column, Row, Table } from './table.ts';
import type { TokenReader } from './tokens.ts';

type Operator = (reader: TokenReader, scope: Scope) => Table;

/** The columns that `column` or `name = column` select. */
function selection(reader: TokenReader, scope: Scope): readonly { name: string; from: Column }[] {
  return reader.list(() => {
    const first = reader.name();
    const name = reader.accept('=') ? reader.name() : first;
    const column = columnIn(scope, name);
    const from = scope.table.columns.find((known) => known.name === column);
    return { name: first, from: from ?? { name: column, type: 'String' } };
  });
}

function project(reader: TokenReader, scope: Scope): Table {
  const selected = selection(reader, scope);
  return {
    columns: selected.map(({ name, from }) => ({ name, type: from.type })),
    rows: scope.table.rows.map((row) =>
      Object.fromEntries(selected.map(({ name, from }) => [name, row[from.name]])),
    ),
  };
}

/** The rows of each combination of values, in the order of their first. */
function grouped(rows: readonly Row[], columns: readonly Column[]): ReadonlyMap<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify(columns.map(({ name }) => row[name]));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

function only(row: Row | undefined, columns: readonly Column[]): Record<string, unknown> {
  return Object.fromEntries(columns.map(({ name }) => [name, row?.[name]]));
}

function distinct(reader: TokenReader, scope: Scope): Table {
  const columns = selection(reader, scope).map(({ from }) => from);
  const groups = [...grouped(scope.table.rows, columns).values()];
  return { columns, rows: groups.map(([first]) => only(first, columns)) };
}

function summarize(reader: TokenReader, scope: Scope): Table {
  const first = reader.name();
  const named = reader.accept('=');
  const aggregate = named ? reader.name() : first;
  if (aggregate !== 'count') throw syntaxError(`Unsupported aggregate '${aggregate}'`);
  reader.expect('(');
  reader.expect(')');
  const columns = reader.accept('by') ? selection(reader, scope).map(({ from }) => from) : [];
  const name = named ? first : 'count_';
  return {
    columns: [...columns, { name, type: 'Int64' }],
    rows: [...grouped(scope.table.rows, columns).values()].map((rows) => ({
      ...only(rows[0], columns),
      [name]: rows.length,
    })),
  };
}

interface Key {
  readonly column: string;
  readonly sign: 1 | -1;
}

/** Sorting is descending where it is not said. */
function sortKeys(reader: TokenReader, scope: Scope): readonly Key[] {
  reader.expect('by');
  return reader.list(() => {
    const column = columnIn(scope, reader.name());
    if (reader.accept('asc')) return { column, sign: 1 };
    reader.accept('desc');
    return { column, sign: -1 };
  });
}

function compare(left: unknown, right: unknown): number {
  if (left === right) return 0;
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left) > String(right) ? 1 : -1;
}

function sorted({ table }: Scope, keys: readonly Key[]): Table {
  const rows = table.rows.toSorted((left, right) => {
    for (const { column, sign } of keys) {
      const order = compare(left[column], right[column]);
      if (order !== 0) return sign * order;
    }
    return 0;
  });
  return { ...table, rows };
}

function firstRows(table: Table, count: number): Table {
  return { ...table, rows: table.rows.slice(0, count) };
}

const take: Operator = (reader, { table }) => firstRows(table, reader.count());
const sort: Operator = (reader, scope) => sorted(scope, sortKeys(reader, scope));

const OPERATORS: Readonly<Record<string, Operator>> = {
  where: (reader, scope) => {
    const holds = predicate(reader, scope);
    return { ...scope.table, rows: scope.table.rows.filter(holds) };
  },
  take,
  limit: take,
  sort,
  order: sort,
  top: (reader, scope) => {
    const count = reader.count();
    return firstRows(sorted(scope, sortKeys(reader, scope)), count);
  },
  project,
  distinct,
  summarize,
  count: (_reader, { table }) => ({
    columns: [{ name: 'Count', type: 'Int64' }],
    rows: [{ Count: table.rows.length }],
  }),
};

/** What an operator makes of a table. */
export function applyOperator(reader: TokenReader, scope: Scope): Table {
  const operator = Object.hasOwn(OPERATORS, scope.operator) ? OPERATORS[scope.operator] : undefined;
  if (operator === undefined) {
    // Kusto has many more: whoever uses one is told why it is refused here.
    const known = Object.keys(OPERATORS).join(', ');
    throw syntaxError(`Query operator expected (the simulator knows ${known})`);
  }
  return operator(reader, scope);
}
