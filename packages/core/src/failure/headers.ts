import { isObjectOrFunction } from '../is.ts';
import { hasMethod, safeGet } from './safe-get.ts';

/** Reads one header by its name in lower case; undefined where there is none, or an empty one. */
export type HeaderReader = (name: string) => string | undefined;

/** How many headers are looked at: an answer has some dozens. */
const MAX_HEADERS = 500;
const MAX_VALUE_LENGTH = 1_024;

/**
 * Reads headers of any make: a `Headers`, a plain object in any letter case with texts, numbers or
 * lists of them, a `Map`, a list of pairs, or a client's own class with a `get`. Never throws.
 */
export function headerReader(headers: unknown): HeaderReader {
  if (!isObjectOrFunction(headers)) return () => undefined;
  let entries: ReadonlyMap<string, unknown> | undefined;
  const listed = (name: string): unknown => {
    entries ??= lowerCased(headers);
    return entries.get(name);
  };
  return (name) => {
    const found = textOf(direct(headers, name)) ?? textOf(listed(name));
    return found === '' ? undefined : found;
  };
}

/** Without a look at the other headers: by a `get`, or in the lower case that Node uses. */
function direct(headers: object, name: string): unknown {
  if (!hasMethod(headers, 'get')) return ownValue(headers, name);
  try {
    const get: unknown = Reflect.get(headers, 'get');
    return typeof get === 'function' ? Reflect.apply(get, headers, [name]) : undefined;
  } catch {
    // Not a getter of headers after all.
    return undefined;
  }
}

function ownValue(headers: object, name: string): unknown {
  try {
    return Object.hasOwn(headers, name) ? Reflect.get(headers, name) : undefined;
  } catch {
    // A proxy that refuses.
    return undefined;
  }
}

function lowerCased(headers: object): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  try {
    for (const [name, value] of pairs(headers)) {
      if (typeof name === 'string' && !found.has(name.toLowerCase())) {
        found.set(name.toLowerCase(), value);
      }
    }
  } catch {
    // Headers that cannot be listed: what was found before stands.
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
  return hasMethod(value, Symbol.iterator);
}

function textOf(value: unknown): string | undefined {
  const single = Array.isArray(value) ? safeGet(value, 0) : value;
  if (typeof single === 'number') return String(single);
  return typeof single === 'string' ? single.slice(0, MAX_VALUE_LENGTH).trim() : undefined;
}
