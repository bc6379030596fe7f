import { isObject, isObjectOrFunction } from '../is.ts';
import { hasMethod, safeGet, safeItems } from './safe-get.ts';

/**
 * Reads one header by its name in lower case; undefined if it is absent or empty. The values of a header
 * that was sent several times are joined with commas, as RFC 9110 and `Headers` do.
 */
export type HeaderReader = (name: string) => string | undefined;

/** The maximum number of headers that are read. */
const MAX_HEADERS = 500;
/** A claims challenge may be longer than any other header that is read. */
const MAX_VALUE_LENGTH = 8_192;
/** The maximum number of values of one header that are read. */
const MAX_VALUES = 20;

/**
 * Reads headers in any form: a `Headers`, an object with names in any case and strings, numbers or
 * arrays as values, a `Map`, a list of pairs, or a class with a `get` method. Never throws.
 */
export function headerReader(headers: unknown): HeaderReader {
  if (!isObjectOrFunction(headers)) return () => undefined;
  let entries: ReadonlyMap<string, unknown> | undefined;
  return (name) => {
    let value = textOf(direct(headers, name));
    if (value === undefined) {
      entries ??= lowerCaseEntries(headers);
      value = textOf(entries.get(name));
    }
    return value === '' ? undefined : value;
  };
}

/** Reads one header without listing all of them: with `get`, or by the lower-case name that Node uses. */
function direct(headers: object, name: string): unknown {
  if (!hasMethod(headers, 'get')) return ownValue(headers, name);
  try {
    return headers.get(name);
  } catch {
    // A `get` that does not take a header's name.
    return undefined;
  }
}

function ownValue(headers: object, name: string): unknown {
  try {
    return Object.hasOwn(headers, name) ? Reflect.get(headers, name) : undefined;
  } catch {
    // A proxy or a getter that throws.
    return undefined;
  }
}

function lowerCaseEntries(headers: object): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  try {
    for (const [name, value] of pairs(headers)) {
      if (typeof name !== 'string') continue;
      const key = name.toLowerCase();
      found.set(key, found.has(key) ? [found.get(key), value].flat() : value);
    }
  } catch {
    // The iterator threw: keep what was read before.
  }
  return found;
}

function* pairs(headers: object): Generator<readonly [name: unknown, value: unknown]> {
  let left = MAX_HEADERS;
  if (!isIterable(headers)) {
    for (const name in headers) {
      if (left-- === 0) return;
      yield [name, ownValue(headers, name)];
    }
    return;
  }
  for (const pair of headers) {
    if (left-- === 0) return;
    yield [safeGet(pair, 0), safeGet(pair, 1)];
  }
}

function isIterable(value: object): value is Iterable<unknown> {
  return isObject(value) && hasMethod(value, Symbol.iterator);
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return value.slice(0, MAX_VALUE_LENGTH).trim();
  const texts = (safeItems(value, MAX_VALUES) ?? []).flatMap((item) => {
    return typeof item === 'object' ? [] : (textOf(item) ?? []);
  });
  return texts.length === 0 ? undefined : texts.join(', ').slice(0, MAX_VALUE_LENGTH);
}
