import { isFunction, isObject, isObjectOrFunction } from '../is.ts';

/**
 * Reads a property of whatever it is given, and never throws: a getter or a proxy that does is as good
 * as an absent property.
 */
export function safeGet(target: unknown, key: PropertyKey): unknown {
  if (!isObjectOrFunction(target)) return undefined;
  try {
    return Reflect.get(target, key);
  } catch {
    return undefined;
  }
}

/** A property, where it is a string. */
export function safeGetString(target: unknown, key: PropertyKey): string | undefined {
  const value = safeGet(target, key);
  return typeof value === 'string' ? value : undefined;
}

/** A property, where it is an object. */
export function safeGetObject(target: unknown, key: PropertyKey): object | undefined {
  const value = safeGet(target, key);
  return isObject(value) ? value : undefined;
}

/** Whether a property is a method. */
export function hasMethod(target: unknown, key: PropertyKey): boolean {
  return isFunction(safeGet(target, key));
}

/** What `Object.prototype.toString` calls it, such as `Response`; empty for what cannot be asked. */
export function tagOf(value: unknown): string {
  try {
    return Object.prototype.toString.call(value).slice('[object '.length, -1);
  } catch {
    return '';
  }
}
