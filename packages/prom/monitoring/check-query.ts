import type { Vocabulary } from './vocabulary.ts';

const STRING = /"(?:[^"\\]|\\.)*"/g;
const RANGE = /\[[^\]]*\]/g;
const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;
/** A name that is neither a function nor part of a duration, and its matchers. */
const SELECTOR = /(?<![\w.])([A-Za-z_:][\w:]*)(?![\w:]*\s*\()\s*(\{[^}]*\})?/g;
const NAME = /[A-Za-z_]\w*/g;

const WORDS = new Set([
  ...['and', 'or', 'unless', 'offset', 'bool', 'inf', 'nan'],
  ...['sum', 'min', 'max', 'avg', 'count', 'group', 'topk', 'bottomk', 'quantile'],
  ...['by', 'without', 'on', 'ignoring', 'group_left', 'group_right'],
]);

interface Selector {
  readonly name: string;
  readonly labels: readonly string[];
}

const namesIn = (text: string | undefined): readonly string[] => text?.match(NAME) ?? [];

function selectorsOf(bare: string): readonly Selector[] {
  return [...bare.replaceAll(GROUPING, ' ').matchAll(SELECTOR)]
    .map(([, name = '', matchers]) => ({ name, labels: namesIn(matchers) }))
    .filter(({ name }) => !WORDS.has(name.toLowerCase()));
}

function faultsOf({ name, labels }: Selector, vocabulary: Vocabulary): readonly string[] {
  const known = vocabulary.get(name);
  if (known === undefined) return [`there is no metric ${name}`];
  return labels
    .filter((label) => !known.has(label))
    .map((label) => `${name} has no label ${label}`);
}

/**
 * Every metric and label that a PromQL expression names and the vocabulary does not know. Not a
 * parser: whether the expression is well formed is promtool's business.
 */
export function unknownNames(expr: string, vocabulary: Vocabulary): readonly string[] {
  const bare = expr.replaceAll(STRING, '""').replaceAll(RANGE, '');
  const selectors = selectorsOf(bare);
  const known = new Set(selectors.flatMap(({ name }) => [...(vocabulary.get(name) ?? [])]));
  const grouped = [...bare.matchAll(GROUPING)].flatMap(([, labels]) => namesIn(labels));
  return [
    ...selectors.flatMap((selector) => faultsOf(selector, vocabulary)),
    ...grouped
      .filter((label) => !known.has(label))
      .map((label) => `no metric of the query has the label ${label}`),
  ];
}

/**
 * The expression itself.
 *
 * @throws TypeError that lists every metric and label that the vocabulary does not know.
 */
export function checked(expr: string, vocabulary: Vocabulary): string {
  const faults = unknownNames(expr, vocabulary);
  if (faults.length > 0) throw new TypeError(`${faults.join('; ')}, in: ${expr}`);
  return expr;
}
