import type { BodyParameter, Operation } from '../catalogue/entry.ts';
import { decode, MAX_ERROR_BODY, parseJson } from './text.ts';

/**
 * Says what is probably wrong with the body that was sent to an operation of Defender XDR or Defender
 * for Endpoint, which compare parameter names by letter case: names that are nearly right, required
 * ones that are missing, or that the body is no JSON object. Tells names alone, never values, and of
 * the names that were sent only those that resemble a documented one.
 *
 * @param body - a JSON text, its bytes, or the object that a client makes JSON of
 * @returns undefined where nothing looks wrong, or too little is known
 */
export function explainBody(operation: Operation, body: unknown): string | undefined {
  const { family, bodyParameters } = operation;
  if (family === 'graph' || bodyParameters === undefined || bodyParameters.length === 0) {
    return undefined;
  }
  try {
    const sent = sentNames(body);
    if (sent === undefined) return undefined;
    return typeof sent === 'string' ? sent : explainNames(operation.name, bodyParameters, sent);
  } catch {
    // A body that cannot be looked at explains nothing.
    return undefined;
  }
}

const NOT_JSON =
  'The body that you sent is not valid JSON: serialise it with JSON.stringify, since a raw line break inside a string makes it malformed.';
const NO_OBJECT = 'The body that you sent is no JSON object: send the parameters as one object.';

/** The names of the parameters that were sent, what is wrong with the body, or undefined: not known. */
function sentNames(body: unknown): readonly string[] | string | undefined {
  const text = textOf(body);
  if (text === undefined) return isPlain(body) ? Object.keys(body) : undefined;
  if (text.length > MAX_ERROR_BODY) return undefined;
  const value = text.trim() === '' ? {} : parseJson(text);
  if (value === undefined) return NOT_JSON;
  return isPlain(value) ? Object.keys(value) : NO_OBJECT;
}

function textOf(body: unknown): string | undefined {
  if (typeof body === 'string') return body;
  const bytes = body instanceof ArrayBuffer ? new Uint8Array(body) : body;
  if (!(bytes instanceof Uint8Array)) return undefined;
  return bytes.byteLength > MAX_ERROR_BODY ? ' '.repeat(MAX_ERROR_BODY + 1) : decode(bytes);
}

/** An object of which a client makes a JSON object; forms, streams and blobs are none. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

interface Slip {
  readonly sent: string;
  readonly expected: string;
}

function explainNames(
  operation: string,
  parameters: readonly BodyParameter[],
  sent: readonly string[],
): string | undefined {
  const known = new Set(parameters.map(({ name }) => name));
  const open = new Set([...known].filter((name) => !sent.includes(name)));
  const slips: Slip[] = [];
  for (const name of sent.filter((one) => !known.has(one))) {
    const expected = nearest(name, open);
    if (expected === undefined) continue;
    open.delete(expected);
    slips.push({ sent: name, expected });
  }
  const missing = parameters.filter(({ name, required }) => required && open.has(name));
  const sentences = [
    ...(slips.length === 0 ? [] : [describeSlips(operation, slips)]),
    ...(missing.length === 0 ? [] : [describeMissing(operation, missing)]),
  ];
  return sentences.length === 0 ? undefined : sentences.join(' ');
}

function describeSlips(operation: string, slips: readonly Slip[]): string {
  const sent = list(slips.map((slip) => slip.sent));
  const expected = list(slips.map((slip) => slip.expected));
  return `Parameter names must be exact: you sent ${sent}; ${operation} expects ${expected}.`;
}

function describeMissing(operation: string, missing: readonly BodyParameter[]): string {
  return `${operation} requires ${list(missing.map(({ name }) => name))}, which the body lacks.`;
}

function list(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  const last = quoted.pop() ?? '';
  return quoted.length === 0 ? last : `${quoted.join(', ')} and ${last}`;
}

/** The documented name that was probably meant: the same but for letter case, plural or one letter. */
function nearest(name: string, expected: ReadonlySet<string>): string | undefined {
  const loose = loosely(name);
  const candidates = [...expected];
  return (
    candidates.find((one) => loosely(one) === loose) ??
    candidates.find((one) => isOneEditApart(loosely(one), loose))
  );
}

/** Without letter case, word separators and the plural's s. */
function loosely(name: string): string {
  return name
    .toLowerCase()
    .replace(/[\s_-]/g, '')
    .replace(/s$/, '');
}

/** One letter added, left out, exchanged, or two neighbours swapped. */
function isOneEditApart(a: string, b: string): boolean {
  if (Math.min(a.length, b.length) < 4 || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const restA = a.slice(start);
  const restB = b.slice(start);
  const [first = '', second = '', ...rest] = restA;
  return (
    restA.slice(1) === restB ||
    restA === restB.slice(1) ||
    restA.slice(1) === restB.slice(1) ||
    `${second}${first}${rest.join('')}` === restB
  );
}
