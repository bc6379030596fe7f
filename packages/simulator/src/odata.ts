import { ApiError, type Call } from './call.ts';

export type Row = Readonly<Record<string, unknown>>;
type Test = (row: Row) => boolean;

/** How a collection is paged. */
export interface PageRules {
  /** The largest `$top`. */
  readonly maxTop: number;
  /** The page size when no `$top` is given. */
  readonly defaultTop: number;
  /** The code for a `$top` over the limit. @defaultValue `ODataError` */
  readonly overLimit?: 'ODataError' | 'BadRequest';
}

const COMPARISON = /^([\w/]+)\s+(eq|ne|gt|ge|lt|le)\s+('(?:[^']|'')*'|[^\s']+)$/i;
const MEMBERSHIP = /^([\w/]+)\s+in\s*\(([^)]*)\)$/i;

const OPERATORS: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
};

function odataError(reason: string): ApiError {
  return new ApiError('ODataError', { values: { reason } });
}

function literal(text: string): string {
  return text.startsWith("'") ? text.slice(1, -1).replaceAll("''", "'") : text;
}

function comparable(text: string): number | string {
  const date = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(date)) return date;
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text.toLowerCase();
}

function compare(value: unknown, wanted: string): number {
  const left = comparable(String(value));
  const right = comparable(wanted);
  if (left === right) return 0;
  return left > right ? 1 : -1;
}

function fieldOf(row: Row, name: string): unknown {
  const key = Object.keys(row).find((field) => field.toLowerCase() === name.toLowerCase());
  if (key === undefined) throw odataError(`Could not find a property named '${name}'`);
  return row[key];
}

function term(text: string): Test {
  const comparison = COMPARISON.exec(text);
  if (comparison) {
    const [, field = '', operator = '', value = ''] = comparison;
    const holds = OPERATORS[operator.toLowerCase()];
    return (row) => holds?.(compare(fieldOf(row, field), literal(value))) ?? false;
  }
  const membership = MEMBERSHIP.exec(text);
  if (membership) {
    const [, field = '', list = ''] = membership;
    const values = list.split(',').map((value) => literal(value.trim()));
    return (row) => values.some((value) => compare(fieldOf(row, field), value) === 0);
  }
  throw odataError(`Syntax error in the filter '${text}'`);
}

/** Parses the part of `$filter` that connectors use: comparisons and `in`, joined by `and` / `or`. */
function parseFilter(filter: string): Test {
  const alternatives = filter
    .trim()
    .split(/\s{1,99}or\s{1,99}/i)
    .map((part) => part.split(/\s{1,99}and\s{1,99}/i).map((text) => term(text.trim())));
  return (row) => alternatives.some((tests) => tests.every((test) => test(row)));
}

function wholeNumber(call: Call, name: '$top' | '$skip'): number | undefined {
  const text = call.query.get(name);
  if (text === null) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw odataError(`Invalid value '${text}' for ${name} query option found`);
}

function topOf(call: Call, rules: PageRules): number {
  const top = wholeNumber(call, '$top') ?? rules.defaultTop;
  if (top <= rules.maxTop) return top;
  const reason = `The limit of '${rules.maxTop}' for Top query has been exceeded. The value from the incoming request is '${top}'`;
  throw rules.overLimit === 'BadRequest'
    ? new ApiError('BadRequest', { message: `Invalid OData URI query ${reason}.` })
    : odataError(reason);
}

function sorted(rows: readonly Row[], orderBy: string | null): readonly Row[] {
  if (orderBy === null) return rows;
  const [field = '', direction = 'asc'] = orderBy.trim().split(/\s+/);
  const sign = direction.toLowerCase() === 'desc' ? -1 : 1;
  return rows.toSorted(
    (left, right) => sign * compare(fieldOf(left, field), String(fieldOf(right, field))),
  );
}

function nextLink(call: Call, skip: number): string {
  const query = new URLSearchParams(call.query);
  query.set('$skip', String(skip));
  // The service does not encode the dollar signs.
  return `${call.origin}${call.path}?${query.toString().replaceAll('%24', '$')}`;
}

/**
 * The page of items that the call's `$filter`, `$orderby`, `$skip` and `$top` ask for, each as `view`
 * shows it.
 */
export function page<Item>(
  call: Call,
  items: readonly Item[],
  view: (item: Item) => Row,
  rules: PageRules,
): object {
  const top = topOf(call, rules);
  const skip = wholeNumber(call, '$skip') ?? 0;
  const filter = call.query.get('$filter');
  const orderBy = call.query.get('$orderby');
  // Without either, convert only the items of the page.
  const plain = filter === null && orderBy === null;
  const found = plain ? [] : search(items.map(view), filter, orderBy);
  const total = plain ? items.length : found.length;
  const value = plain ? items.slice(skip, skip + top).map(view) : found.slice(skip, skip + top);
  const end = skip + value.length;
  return {
    '@odata.context': contextOf(call),
    ...(call.query.get('$count') === 'true' ? { '@odata.count': total } : {}),
    value,
    ...(value.length > 0 && end < total ? { '@odata.nextLink': nextLink(call, end) } : {}),
  };
}

function search(
  rows: readonly Row[],
  filter: string | null,
  orderBy: string | null,
): readonly Row[] {
  return sorted(filter === null ? rows : rows.filter(parseFilter(filter)), orderBy);
}

function contextOf(call: Call): string {
  const folder = call.path.replace(/\/[^/]*$/, '');
  return `${call.origin}${folder}/$metadata#${call.path.split('/').at(-1) ?? ''}`;
}
