/** A URL with the parameters that a client will add, for observers. Those that are no plain values are left out. */
export function withParams(url: URL, params: unknown): URL {
  if (typeof params !== 'object' || params === null) return url;
  const full = new URL(url);
  const pairs = params instanceof URLSearchParams ? params : Object.entries(params);
  for (const [name, value] of pairs) {
    if (['string', 'number', 'boolean'].includes(typeof value)) {
      full.searchParams.append(name, String(value));
    }
  }
  return full;
}
