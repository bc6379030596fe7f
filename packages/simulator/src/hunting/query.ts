import { ApiError } from '../call.ts';
import { type Column, columnsOf, type HuntingRow } from './tables.ts';

/** The result of a query: rows and their columns. */
export interface HuntingResult {
  readonly columns: readonly Column[];
  readonly rows: readonly HuntingRow[];
}

/** The environment of a query. */
export interface QueryContext {
  /** The rows of a table; undefined if there is no such table. */
  rowsOf(table: string): readonly HuntingRow[] | undefined;
  /** The value of `now()`, in milliseconds since 1970. */
  readonly now: number;
}

// The live service's wording for both kinds of bad queries, including its double full stop.
function syntaxError(sentence: string): ApiError {
  return new ApiError('BadRequest', { message: `${sentence}. Fix syntax errors in your query.` });
}

function semanticError(sentence: string): ApiError {
  return new ApiError('BadRequest', { message: `${sentence}. Fix semantic errors in your query.` });
}

/**
 * Returns the rows of the table that the query begins with, reduced by `take`, `limit`, `count` and a range of
 * `Timestamp`. Ignores every other operator: the rows of a table stand for the result of any query to it.
 *
 * @throws ApiError for a query that is obviously malformed, or begins with a table that does not exist
 */
export function runQuery(query: string, { rowsOf, now }: QueryContext): HuntingResult {
  const [table = '', ...operators] = stagesOf(query);
  if (table === '' || operators.includes('')) {
    throw syntaxError('The incomplete fragment is unexpected');
  }
  if (!/^\w+$/.test(table)) throw syntaxError('Query operator expected.');
  const rows = rowsOf(table);
  if (rows === undefined) throw unknownTable(table, operators[0]);
  return operators.reduce<HuntingResult>((result, text) => applyOperator(text, result, now), {
    columns: columnsOf(rows),
    rows,
  });
}

function unknownTable(table: string, operator: string | undefined): ApiError {
  const prefix = operator === undefined ? '' : `'${operator.split(' ')[0]}' operator: `;
  return semanticError(`${prefix}Failed to resolve table or column expression named '${table}'`);
}

function applyOperator(text: string, { columns, rows }: HuntingResult, now: number): HuntingResult {
  const [name = '', argument = ''] = text.split(' ', 2);
  if (!/^[a-z]/i.test(name)) throw syntaxError('A recognition error occurred.');
  switch (name) {
    case 'where':
      return { columns, rows: rows.filter(timeRange(text, now)) };
    case 'take':
    case 'limit':
      if (!/^\d{1,15}$/.test(argument)) throw syntaxError('Expected: a number');
      return { columns, rows: rows.slice(0, Number(argument)) };
    case 'count':
      return { columns: [{ name: 'Count', type: 'Int64' }], rows: [{ Count: rows.length }] };
    default:
      return { columns, rows };
  }
}

// A string that is not closed ends with an empty group. Lengths are bounded, because a longer match would
// overflow the regular expression's stack.
const TEXT_OR_COMMENT =
  /\/\/[^\n]*|@"[^"\n]{0,99999}("?)|@'[^'\n]{0,99999}('?)|"(?:\\.|[^"\\\n]){0,99999}("?)|'(?:\\.|[^'\\\n]){0,99999}('?)/g;

/** The query with empty strings, without comments, and with single spaces. */
function withoutTexts(query: string): string {
  return query
    .replace(TEXT_OR_COMMENT, (found, ...closing: unknown[]) => {
      if (closing.includes('')) throw syntaxError('A recognition error occurred.');
      return found.startsWith('//') ? ' ' : '""';
    })
    .replace(/\s+/g, ' ');
}

/** The last statement, cut at its pipes in one pass, so that no query is nested too deeply. */
function stagesOf(query: string): readonly string[] {
  const statement =
    withoutTexts(query)
      .split(';')
      .findLast((text) => text.trim() !== '') ?? '';
  const stages: string[] = [];
  let from = 0;
  let depth = 0;
  for (let at = 0; at < statement.length; at += 1) {
    const character = statement[at];
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth < 0) break;
    if (character === '|' && depth === 0) {
      stages.push(statement.slice(from, at).trim());
      from = at + 1;
    }
  }
  if (depth !== 0) throw syntaxError(depth > 0 ? 'Expected: )' : 'A recognition error occurred.');
  return [...stages, statement.slice(from).trim()];
}

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const TIME = String.raw`(now\( ?\)|ago\([^()]{1,20}\)|datetime\([^()]{1,40}\))`;
const COMPARISON = new RegExp(String.raw`\bTimestamp ?(<=|>=|<|>) ?${TIME}`, 'g');
const BETWEEN = new RegExp(String.raw`\bTimestamp between ?\( ?${TIME} ?\.\. ?${TIME} ?\)`, 'g');

type Test = (at: number) => boolean;

const COMPARE: Readonly<Record<string, (at: number, time: number) => boolean>> = {
  '<': (at, time) => at < time,
  '<=': (at, time) => at <= time,
  '>': (at, time) => at > time,
  '>=': (at, time) => at >= time,
};

/** Whether a row is in the time range of a `where`. A row without a time is in every range. */
function timeRange(where: string, now: number): (row: HuntingRow) => boolean {
  const comparisons = Array.from(where.matchAll(COMPARISON), ([, sign = '', text = '']): Test => {
    const time = timeOf(text, now);
    return (at) => COMPARE[sign]?.(at, time) ?? true;
  });
  const ranges = Array.from(where.matchAll(BETWEEN), ([, first = '', last = '']): Test => {
    const from = timeOf(first, now);
    const to = timeOf(last, now);
    return (at) => at >= from && at <= to;
  });
  const tests = [...comparisons, ...ranges];
  return ({ Timestamp }) => {
    const at = Date.parse(String(Timestamp));
    return Number.isNaN(at) || tests.every((test) => test(at));
  };
}

/** A time of a query in milliseconds since 1970. */
function timeOf(text: string, now: number): number {
  if (text.startsWith('now')) return now;
  const inside = text.slice(text.indexOf('(') + 1, -1).trim();
  if (text.startsWith('datetime')) {
    const at = Date.parse(inside);
    if (Number.isNaN(at)) throw syntaxError('The incomplete fragment is unexpected.');
    return at;
  }
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(inside) ?? [];
  if (amount === undefined || !isUnit(unit)) throw syntaxError('A recognition error occurred.');
  return now - Number(amount) * UNIT_MS[unit];
}

function isUnit(text: string | undefined): text is keyof typeof UNIT_MS {
  return text !== undefined && Object.hasOwn(UNIT_MS, text);
}

/** How long a query takes, in milliseconds, according to a comment in it: `// runs 90s`. */
export function executionMsOf(query: string): number {
  const [, amount, unit] =
    /\/\/\s{0,9}runs\s{1,9}(\d{1,9}(?:\.\d{1,9})?)\s{0,9}(ms|s|m)\b/i.exec(query) ?? [];
  const known = unit?.toLowerCase();
  return amount === undefined || !isUnit(known) ? 0 : Number(amount) * UNIT_MS[known];
}
