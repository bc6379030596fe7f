/** A property of any value; undefined if the value does not have it. */
export function property(value: unknown, name: string): unknown {
  const has = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return has ? Reflect.get(value, name) : undefined;
}
