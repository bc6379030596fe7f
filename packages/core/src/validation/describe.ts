import { isObject, isThenable } from '../is.ts';

/** Reads an option; undefined if its getter throws. */
export function property(target: object, name: string): unknown {
  try {
    return Reflect.get(target, name);
  } catch {
    return undefined;
  }
}

/** Longer strings may be misplaced tokens or secrets. */
const MAX_SHOWN = 20;

/** A key for a message, without the parts of a URL that may be secret: user, password, query and fragment. */
export function describeKey(key: string): string {
  return key.replace(/^[^/]*\/\/[^/]*@|^[^/]*@/, '…@').replace(/[?#].*/s, '?…');
}

/** Describes a value for a message, without the content of objects or the password in a URL. */
export function describe(value: unknown): string {
  if (typeof value === 'string') {
    return value.length <= MAX_SHOWN && !value.includes('@')
      ? JSON.stringify(value)
      : `a string of ${value.length} characters`;
  }
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  if (!isObject(value)) return String(value);
  if (Array.isArray(value)) return 'an array';
  return isThenable(value) ? 'a promise' : 'an object';
}
