/** A request's headers as undici takes them: flat, as pairs, as any iterable of pairs, or by name. */
export function headerPairs(headers: unknown): [name: string, value: unknown][] {
  if (typeof headers !== 'object' || headers === null) return [];
  if (Array.isArray(headers) && !Array.isArray(headers[0])) return flatPairs(headers);
  const pairs: Iterable<unknown> = isIterable(headers) ? headers : Object.entries(headers);
  return [...pairs].filter(isPair);
}

function flatPairs(flat: readonly unknown[]): [string, unknown][] {
  const pairs: [string, unknown][] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    pairs.push([String(flat[index]), flat[index + 1]]);
  }
  return pairs;
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value && typeof value[Symbol.iterator] === 'function';
}

function isPair(pair: unknown): pair is [string, unknown] {
  return Array.isArray(pair) && typeof pair[0] === 'string';
}

/** One header's text, by its name in lower case. */
export function headerText(headers: unknown, name: string): string | undefined {
  const found = headerPairs(headers).find(([key]) => key.toLowerCase() === name);
  return typeof found?.[1] === 'string' ? found[1] : undefined;
}

/** The headers with those that `change` sets, in the flat form that every undici takes. */
export function changedHeaderList(headers: unknown, change: (headers: Headers) => void): unknown[] {
  const pairs = headerPairs(headers);
  const after = new Headers();
  for (const [name, value] of pairs) if (typeof value === 'string') after.set(name, value);
  const before = new Headers(after);
  change(after);
  const changes = [...after].filter(([name, value]) => before.get(name) !== value);
  const names = new Set(changes.map(([name]) => name));
  return [...pairs.filter(([name]) => !names.has(name.toLowerCase())), ...changes].flat();
}
