import { tagOf } from '../../failure/safe-get.ts';
import type { AttemptFanOut } from '../../observe/fan-out.ts';

/** A header to set. */
export type HeaderPair = readonly [name: string, value: string];

/**
 * The names and values of request headers in any form that a client accepts: a `Headers`, pairs, alternating
 * names and values (undici), any other iterable of pairs, or an object.
 */
export function headerPairs(headers: unknown): [name: string, value: unknown][] {
  if (typeof headers !== 'object' || headers === null) return [];
  if (isFlatList(headers)) {
    return headers.flatMap((name, index) =>
      index % 2 === 0 && index + 1 < headers.length ? [[String(name), headers[index + 1]]] : [],
    );
  }
  const pairs: Iterable<unknown> = isIterable(headers) ? headers : Object.entries(headers);
  return [...pairs].filter(isPair);
}

/** The text of one header, by its name in lower case. */
export function getHeader(headers: unknown, name: string): string | undefined {
  const found = headerPairs(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  // Node and undici take lists of values.
  const value: unknown = Array.isArray(found) && found.length === 1 ? found[0] : found;
  return typeof value === 'string' ? value : undefined;
}

/**
 * Copies request headers, keeping their form. An iterator yields its pairs only once, and the caller may
 * change the object while the call waits, so each attempt is sent from a copy. Anything invalid stays in the
 * copy, so that the client rejects it with its own message.
 *
 * @throws whatever a getter or an iterator of the caller's throws
 */
export function cloneHeaders<T>(headers: T): T {
  if (typeof headers !== 'object' || headers === null) return headers;
  if (tagOf(headers) === 'Headers') return cloneInstance(headers);
  if (isAxiosHeaders(headers)) return headers.concat() as T;
  // Like fetch itself: anything iterable is a list of pairs.
  if (isIterable(headers)) return Array.from(headers, clonePair) as T;
  const iterator: unknown = Reflect.get(headers, Symbol.iterator);
  return iterator === undefined || iterator === null ? { ...headers } : headers;
}

const NONE: readonly HeaderPair[] = Object.freeze([]);

/** A copy of request headers with `added` in place of those of the same names. */
export function withHeaders<T>(headers: T, added: readonly HeaderPair[]): T {
  const copy = cloneHeaders(headers);
  for (const [name, value] of added) setHeader(copy, name, value);
  return copy;
}

/**
 * The headers that an attempt adds to its request: the token that `refreshToken` returned, and those that
 * observers set.
 */
export function addedHeaders(
  headers: unknown,
  token: string | undefined,
  observed: AttemptFanOut | undefined,
): readonly HeaderPair[] {
  if (token === undefined && !observed?.wantsHeaders) return NONE;
  const before = new Headers();
  for (const [name, value] of headerPairs(headers)) {
    if (isSendable(name, value)) before.append(name, value);
  }
  const after = new Headers(before);
  if (token !== undefined) after.set('authorization', `Bearer ${token}`);
  observed?.headers(after);
  return [...after].filter(([name, value]) => before.get(name) !== value);
}

function setHeader(headers: unknown, name: string, value: string): void {
  if (typeof headers !== 'object' || headers === null) return;
  if (isHeaders(headers)) {
    headers.set(name, value);
  } else if (Array.isArray(headers)) {
    const others = headerPairs(headers).filter(([key]) => key.toLowerCase() !== name.toLowerCase());
    const pairs = [...others, [name, value]];
    headers.splice(0, headers.length, ...(isFlatList(headers) ? pairs.flat() : pairs));
  } else {
    const [known = name, ...others] = namesLike(headers, name);
    Reflect.set(headers, known, value);
    for (const other of others) Reflect.deleteProperty(headers, other);
  }
}

function namesLike(headers: object, name: string): string[] {
  const lower = name.toLowerCase();
  return Object.keys(headers).filter((key) => key.toLowerCase() === lower);
}

// Copies with the object's own class: the `Headers` of another undici may keep the letter case of names.
function cloneInstance<T extends object>(headers: T): T {
  try {
    return Reflect.construct(headers.constructor, [headers]) as T;
  } catch {
    // The caller's own class, whose constructor takes other arguments.
    return headers;
  }
}

function clonePair(pair: unknown): unknown {
  return typeof pair === 'object' && pair !== null && isIterable(pair) ? Array.from(pair) : pair;
}

/** Whether a header can be sent. axios omits headers that are `false` or null. */
function isSendable(name: string, value: unknown): value is string {
  return (
    typeof value === 'string' &&
    /^[\w!#$%&'*+.^`|~-]+$/.test(name) &&
    /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
  );
}

function isHeaders(headers: object): headers is Headers {
  return tagOf(headers) === 'Headers';
}

/** axios's own class, since version 1. Arrays have a different `concat`. */
function isAxiosHeaders(headers: object): headers is { concat(): unknown } {
  return !Array.isArray(headers) && 'concat' in headers && typeof headers.concat === 'function';
}

function isFlatList(headers: object): headers is unknown[] {
  return Array.isArray(headers) && typeof headers[0] === 'string';
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value && typeof value[Symbol.iterator] === 'function';
}

function isPair(pair: unknown): pair is [name: string, value: unknown] {
  return Array.isArray(pair) && typeof pair[0] === 'string';
}
