import type { CatalogueEntry, MessageValues, VariableKind } from './entry.ts';
import { readVariable, type VariableValue } from './variables.ts';

/**
 * Extracts the variable parts of a message, by their names in the code's templates.
 *
 * Ignores letter case, contractions (`isn't` for `is not`) and a missing full stop. If several templates
 * match, the one with the most fixed text wins. Leaves out parts that cannot be read, such as a wait in an
 * unknown unit. Never throws; takes time proportional to the message's length.
 *
 * @returns undefined if no template matches, or the match has no readable parts.
 */
export function parseMessage(entry: CatalogueEntry, message: string): MessageValues | undefined {
  const templates = compiledTemplates(entry);
  if (templates.length === 0) return undefined;
  const text = message.trim();
  const lower = lowerCase(text);
  for (const template of templates) {
    const values = matchTemplate(template, text, lower);
    if (values !== undefined) return Object.keys(values).length > 0 ? values : undefined;
  }
  return undefined;
}

const compiled = new WeakMap<CatalogueEntry, readonly Template[]>();

function compiledTemplates(entry: CatalogueEntry): readonly Template[] {
  let templates = compiled.get(entry);
  if (templates === undefined) {
    templates = [entry.template, ...(entry.otherTemplates ?? [])]
      .map((template) => compileTemplate(template, entry.variables))
      .filter(({ steps }) => steps.length > 0)
      .toSorted((a, b) => b.fixedLength - a.fixedLength);
    compiled.set(entry, templates);
  }
  return templates;
}

/** A message template, cut at its variables: head, name, tail, name, tail. */
interface Template {
  readonly head: Literal;
  readonly steps: readonly Step[];
  /** How many characters are fixed: the more, the more certain a match. */
  readonly fixedLength: number;
}

/** A fixed piece of a template: every way of spelling it, in lower case. */
type Literal = readonly string[];

interface Step {
  readonly name: string;
  readonly kind: VariableKind | undefined;
  readonly tail: Literal;
  readonly last: boolean;
}

const VARIABLE = /\{\w+\}/g;

/** Cuts a template at its variables, once, so that each message is only searched. */
function compileTemplate(template: string, kinds: CatalogueEntry['variables'] = {}): Template {
  const gaps = [...template.matchAll(VARIABLE)];
  const steps = gaps.map((gap, index) => {
    const name = gap[0].slice(1, -1);
    const next = gaps[index + 1];
    const tail = template.slice(gap.index + gap[0].length, next?.index);
    return {
      name,
      kind: Object.hasOwn(kinds, name) ? kinds[name] : undefined,
      tail: next === undefined ? endSpellings(tail) : spellings(tail),
      last: next === undefined,
    };
  });
  return {
    head: spellings(template.slice(0, gaps[0]?.index)),
    steps,
    fixedLength: template.replaceAll(VARIABLE, '').length,
  };
}

/**
 * The variables' values in a message; undefined if the template does not match. Takes the first occurrence of
 * every fixed piece, so the time is proportional to the message's length.
 */
function matchTemplate(
  template: Template,
  message: string,
  lower: string,
): MessageValues | undefined {
  const head = template.head.find((way) => lower.startsWith(way));
  if (head === undefined) return undefined;
  const values: Record<string, VariableValue> = {};
  let from = head.length;
  for (const { name, kind, tail, last } of template.steps) {
    const found = last ? findAtEnd(tail, lower, from) : findFirst(tail, lower, from);
    // A list may be empty. Any other empty part means that the template does not match.
    if (found === undefined || (found.at === from && kind !== 'list')) return undefined;
    const value = readVariable(message.slice(from, found.at), kind);
    if (value !== undefined) values[name] = value;
    from = found.at + found.length;
  }
  return values;
}

interface Found {
  readonly at: number;
  readonly length: number;
}

function findFirst(literal: Literal, lower: string, from: number): Found | undefined {
  let first: Found | undefined;
  for (const way of literal) {
    const at = lower.indexOf(way, from);
    if (at >= 0 && (first === undefined || at < first.at)) first = { at, length: way.length };
  }
  return first;
}

function findAtEnd(literal: Literal, lower: string, from: number): Found | undefined {
  const way = literal.find((way) => lower.length - way.length >= from && lower.endsWith(way));
  return way === undefined ? undefined : { at: lower.length - way.length, length: way.length };
}

const NOT = /\b(is|are|was|were|do|does|did|has|have|could|should|would)(?: not|n['’]t)\b/g;

function spellings(literal: string): Literal {
  const lower = lowerCase(literal);
  return [...new Set([' not', "n't", 'n’t'].map((not) => lower.replace(NOT, `$1${not}`)))];
}

/** Like `spellings`, with and without a full stop: messages have either. */
function endSpellings(literal: string): Literal {
  const ways = spellings(literal.replace(/\.$/, ''));
  return [...ways.map((way) => `${way}.`), ...ways];
}

/** Unlike `toLowerCase()`, which turns `İ` into two characters, this keeps every character in its place. */
function lowerCase(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length
    ? lower
    : text.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase());
}
