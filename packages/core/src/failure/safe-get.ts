import { isFunction, isObject, isObjectOrFunction } from '../is.ts';

/** Reads a property of anything. A getter or a proxy that throws counts as an absent property. */
export function safeGet(target: unknown, key: PropertyKey): unknown {
  if (!isObjectOrFunction(target)) return undefined;
  try {
    return Reflect.get(target, key);
  } catch {
    return undefined;
  }
}

/** The property if it is a string. */
export function safeGetString(target: unknown, key: PropertyKey): string | undefined {
  const value = safeGet(target, key);
  return typeof value === 'string' ? value : undefined;
}

/** The property if it is an object. */
export function safeGetObject(target: unknown, key: PropertyKey): object | undefined {
  const value = safeGet(target, key);
  return isObject(value) ? value : undefined;
}

/** The first items of a list; undefined for anything else, and for a list that cannot be read. */
export function safeItems(list: unknown, limit: number): readonly unknown[] | undefined {
  try {
    return Array.isArray(list) ? list.slice(0, limit) : undefined;
  } catch {
    // A revoked proxy cannot even be asked whether it is a list.
    return undefined;
  }
}

/** Whether the property is a method. */
export function hasMethod<Key extends PropertyKey>(
  target: unknown,
  key: Key,
): target is Record<Key, (...args: unknown[]) => unknown> {
  return isFunction(safeGet(target, key));
}

/** The tag that `Object.prototype.toString` prints, such as `Response`; empty if it throws. */
export function tagOf(value: unknown): string {
  try {
    return Object.prototype.toString.call(value).slice('[object '.length, -1);
  } catch {
    return '';
  }
}
