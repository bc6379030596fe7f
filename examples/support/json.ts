/** A field of parsed JSON; undefined if there is none. */
export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** The named fields; undefined unless all of them are numbers. */
export function numbersIn<Name extends string>(
  value: unknown,
  names: readonly Name[],
): Readonly<Record<Name, number>> | undefined {
  const entries = names.map((name) => [name, field(value, name)] as const);
  if (!entries.every(([, found]) => typeof found === 'number')) return undefined;
  // The type of Object.fromEntries loses the names.
  return Object.fromEntries(entries) as Record<Name, number>;
}
