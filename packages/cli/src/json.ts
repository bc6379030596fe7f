/** Parses JSON; undefined if it is invalid. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first of the fields that is a string. */
export function textField(value: unknown, ...names: readonly string[]): string | undefined {
  return fieldOf(value, names, (found): found is string => typeof found === 'string');
}

/** The first of the fields that is an HTTP status, as a number or a string. */
export function statusField(value: unknown, ...names: readonly string[]): number | undefined {
  const found = fieldOf(value, names, (one): one is string | number =>
    /^[1-5]\d\d$/.test(String(one)),
  );
  return found === undefined ? undefined : Number(found);
}

function fieldOf<T>(
  value: unknown,
  names: readonly string[],
  isWanted: (found: unknown) => found is T,
): T | undefined {
  if (!isRecord(value)) return undefined;
  return names.map((name) => value[name]).find(isWanted);
}
