/** An object that is not a function. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Anything that can have properties and be a key of a `WeakMap`. */
export function isObjectOrFunction(value: unknown): value is object {
  return isObject(value) || typeof value === 'function';
}

/** An object whose fields are not known yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** An object that is not an array, such as options. */
export function isRecord(value: unknown): value is Fields {
  return isObject(value) && !Array.isArray(value);
}

/** An object without a class, such as a JSON document, but not a form, a stream or an instance. */
export function isPlainObject(value: unknown): value is object {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return isObject(value) && 'then' in value && isFunction(value.then);
}
