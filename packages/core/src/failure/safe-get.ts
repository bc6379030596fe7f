/** Whether a value can have properties. */
export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/**
 * Reads a property of whatever it is given, and never throws: a getter or a proxy that does is as good
 * as an absent property.
 */
export function peek(target: unknown, key: PropertyKey): unknown {
  if (!isObject(target)) return undefined;
  try {
    return Reflect.get(target, key);
  } catch {
    return undefined;
  }
}

/** A property, where it is a string. */
export function peekText(target: unknown, key: PropertyKey): string | undefined {
  const value = peek(target, key);
  return typeof value === 'string' ? value : undefined;
}

/** A property, where it is an object. */
export function peekObject(target: unknown, key: PropertyKey): object | undefined {
  const value = peek(target, key);
  return typeof value === 'object' && value !== null ? value : undefined;
}

/** Whether a property is a method. */
export function hasMethod(target: unknown, key: PropertyKey): boolean {
  return typeof peek(target, key) === 'function';
}

/** What `Object.prototype.toString` calls it, such as `Response`; empty for what cannot be asked. */
export function tagOf(value: unknown): string {
  try {
    return Object.prototype.toString.call(value).slice('[object '.length, -1);
  } catch {
    return '';
  }
}
