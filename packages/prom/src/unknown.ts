/** A property of whatever it is; undefined where there is none. */
export function property(value: unknown, name: string): unknown {
  const has = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return has ? Reflect.get(value, name) : undefined;
}

/** A value as a message shows it: short, and without what an object holds. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 50));
  if (typeof value === 'object' && value !== null) {
    return Array.isArray(value) ? 'an array' : 'an object';
  }
  return typeof value === 'function' ? 'a function' : String(value);
}
