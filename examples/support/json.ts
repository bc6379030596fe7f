/** A field of something that was read from JSON; undefined where there is none. */
export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** The named fields, all of which must be numbers; undefined where one is not. */
export function numbersIn<Name extends string>(
  value: unknown,
  names: readonly Name[],
): Readonly<Record<Name, number>> | undefined {
  const entries = names.map((name) => [name, field(value, name)] as const);
  if (!entries.every(([, found]) => typeof found === 'number')) return undefined;
  // Object.fromEntries forgets the names.
  return Object.fromEntries(entries) as Record<Name, number>;
}
