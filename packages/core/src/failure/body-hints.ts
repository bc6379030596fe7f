import type { BodyParameter, Operation } from '../catalogue/entry.ts';
import { isPlainObject } from '../is.ts';
import { editDistance } from '../words.ts';
import { bytesOf, decode, MAX_ERROR_BODY, parseJson } from './text.ts';

/**
 * Says what is probably wrong with the body of a refused request to Defender XDR or Defender for Endpoint,
 * whose parameter names are case-sensitive: misspelt or missing parameters, or a body that is not a JSON
 * object. Prints only names, never values, and only those sent names that resemble a documented one. Ignores
 * bodies over 64 KiB.
 *
 * @param body - a JSON text, its bytes, or the object that a client serialises
 * @returns undefined if nothing looks wrong, or too little is known
 */
export function explainBody(operation: Operation, body: unknown): string | undefined {
  const { family, bodyParameters } = operation;
  if (family === 'graph' || bodyParameters === undefined || bodyParameters.length === 0) {
    return undefined;
  }
  try {
    const sent = sentNames(body);
    return typeof sent === 'object' ? explainNames(operation.name, bodyParameters, sent) : sent;
  } catch {
    // A body with a getter that throws.
    return undefined;
  }
}

const NOT_JSON =
  'The request body is not valid JSON: serialise it with JSON.stringify, because a raw line break inside a string makes it malformed.';
const NOT_AN_OBJECT = 'The request body is not a JSON object: send the parameters as one object.';

/** The names of the sent parameters, or what is wrong with the body; undefined if unknown. */
function sentNames(body: unknown): readonly string[] | string | undefined {
  const text = textOf(body);
  if (text === undefined) return isPlainObject(body) ? Object.keys(body) : undefined;
  if (text.length > MAX_ERROR_BODY) return undefined;
  const value = text.trim() === '' ? {} : parseJson(text);
  if (value === undefined) return NOT_JSON;
  return isPlainObject(value) ? Object.keys(value) : NOT_AN_OBJECT;
}

function textOf(body: unknown): string | undefined {
  if (typeof body === 'string') return body;
  const bytes = bytesOf(body);
  if (bytes === undefined) return undefined;
  return bytes.byteLength > MAX_ERROR_BODY ? ' '.repeat(MAX_ERROR_BODY + 1) : decode(bytes);
}

interface BodyMistake {
  readonly sent: string;
  readonly expected: string;
}

function explainNames(
  operation: string,
  parameters: readonly BodyParameter[],
  sent: readonly string[],
): string | undefined {
  const known = new Set(parameters.map(({ name }) => name));
  const unused = new Set([...known].filter((name) => !sent.includes(name)));
  const mistakes: BodyMistake[] = [];
  for (const name of sent.filter((one) => !known.has(one))) {
    const expected = nearest(name, unused);
    if (expected === undefined) continue;
    unused.delete(expected);
    mistakes.push({ sent: name, expected });
  }
  const missing = parameters.filter(({ name, required }) => required && unused.has(name));
  const sentences = [
    ...(mistakes.length === 0 ? [] : [describeMistakes(operation, mistakes)]),
    ...(missing.length === 0 ? [] : [describeMissing(operation, missing)]),
  ];
  return sentences.length === 0 ? undefined : sentences.join(' ');
}

function describeMistakes(operation: string, mistakes: readonly BodyMistake[]): string {
  const sent = list(mistakes.map((mistake) => mistake.sent));
  const expected = list(mistakes.map((mistake) => mistake.expected));
  return `Parameter names must be exact: you sent ${sent}; ${operation} expects ${expected}.`;
}

function describeMissing(operation: string, missing: readonly BodyParameter[]): string {
  return `${operation} requires ${list(missing.map(({ name }) => name))}, which is missing from the body.`;
}

function list(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  const last = quoted.pop() ?? '';
  return quoted.length === 0 ? last : `${quoted.join(', ')} and ${last}`;
}

/** The documented name that was probably meant: it differs only in case, a plural, or one letter. */
function nearest(name: string, expected: ReadonlySet<string>): string | undefined {
  const simplified = simplify(name);
  const candidates = [...expected];
  return (
    candidates.find((one) => simplify(one) === simplified) ??
    candidates.find((one) => isOneEditApart(simplify(one), simplified))
  );
}

/** Without case, word separators and a plural's s. */
function simplify(name: string): string {
  return name
    .toLowerCase()
    .replace(/[\s_-]/g, '')
    .replace(/s$/, '');
}

/** One letter added, removed or replaced, or two neighbours swapped. */
function isOneEditApart(a: string, b: string): boolean {
  return Math.min(a.length, b.length) >= 4 && editDistance(a, b) <= 1;
}
