/** Headers as the SDKs hold them: a `Headers`, a list of pairs, or a plain object. */
type SdkHeaders = Headers | [name: string, value: string][] | Record<string, string>;

/** Reads one header, whatever its letter case. */
export function headerOf(headers: unknown, name: string): string | undefined {
  for (const [key, value] of pairsOf(headers)) {
    if (key.toLowerCase() === name && typeof value === 'string') return value;
  }
  return undefined;
}

/**
 * A copy of the caller's headers for one attempt, since the SDK's handlers write into them: the handler
 * that authenticates appends, so that a second attempt would carry two tokens. A plain object stays
 * one, with its names as they are written: the SDK takes headers off it by name when it follows a
 * redirect to another host.
 *
 * @param changed - headers to set; undefined: none
 * @param except - a name, in lower case, that is not set
 */
export function freshHeaders(
  headers: unknown,
  changed: Headers | undefined,
  except?: string,
): SdkHeaders {
  const changes = [...(changed ?? [])].filter(([name]) => name !== except);
  if (isHeaders(headers) || Array.isArray(headers)) {
    const copy = new Headers(headers);
    for (const [name, value] of changes) copy.set(name, value);
    return isHeaders(headers) ? copy : [...copy];
  }
  const copy = Object.fromEntries(pairsOf(headers)) as Record<string, string>;
  for (const [name, value] of changes) setHeader(copy, name, value);
  return copy;
}

/** Sets one header in the place of any of the same name. */
export function setHeader(headers: SdkHeaders, name: string, value: string): void {
  if (isHeaders(headers)) {
    headers.set(name, value);
    return;
  }
  const lower = name.toLowerCase();
  if (Array.isArray(headers)) {
    const kept = headers.filter(([key]) => key.toLowerCase() !== lower);
    headers.splice(0, headers.length, ...kept, [name, value]);
    return;
  }
  const known = Object.keys(headers).find((key) => key.toLowerCase() === lower);
  headers[known ?? name] = value;
}

function pairsOf(headers: unknown): Iterable<readonly [name: string, value: unknown]> {
  if (isHeaders(headers)) return headers;
  if (Array.isArray(headers)) return headers.filter(isPair);
  return typeof headers === 'object' && headers !== null ? Object.entries(headers) : [];
}

function isPair(x: unknown): x is [name: string, value: unknown] {
  return Array.isArray(x) && typeof x[0] === 'string';
}

function isHeaders(x: unknown): x is Headers {
  return Object.prototype.toString.call(x) === '[object Headers]';
}
