/** Alternating names and values, like Node's `rawHeaders`. */
export type RawHeaders = readonly string[];

/** Headers of a single connection (RFC 9110, section 7.6.1), which a proxy must not forward. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * The prefix of the headers that the proxy itself writes. It removes received ones, which could be mistaken for
 * its own.
 */
const OWN_PREFIX = 'x-defender-';

/** Request headers that `Connection` may list. Removing any other would change the request. */
const CONNECTION_OPTIONS: ReadonlySet<string> = new Set([
  'close',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
]);

/** Every value of a header. */
export function valuesOf(headers: RawHeaders, name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const [key, value] = [headers[index], headers[index + 1]];
    // Compare lengths first: each request is searched for a dozen names, most of which it does not have.
    if (key?.length !== name.length || value === undefined) continue;
    if (key.toLowerCase() === name) values.push(value);
  }
  return values;
}

/** The names listed in `Connection`, in lower case. */
function connectionOptions(headers: RawHeaders): string[] {
  return valuesOf(headers, 'connection')
    .flatMap((value) => value.split(','))
    .map((option) => option.trim().toLowerCase())
    .filter((option) => option !== '');
}

/**
 * An end-to-end header that `Connection` lists, so that the proxy would have to remove it; undefined if there
 * is none.
 */
export function strippedByConnection(headers: RawHeaders): string | undefined {
  return connectionOptions(headers).find((option) => !CONNECTION_OPTIONS.has(option));
}

/**
 * The headers to forward: all except those of the connection, the proxy's own and those in `without`.
 *
 * @param without - other names to leave out, in lower case
 */
export function endToEnd(headers: RawHeaders, without: ReadonlySet<string> = NONE): string[] {
  const named = new Set(connectionOptions(headers));
  const kept: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const [name, value] = [headers[index], headers[index + 1]];
    if (name === undefined || value === undefined) continue;
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower) || named.has(lower) || without.has(lower)) continue;
    if (lower.startsWith(OWN_PREFIX)) continue;
    kept.push(name, value);
  }
  return kept;
}

const NONE: ReadonlySet<string> = new Set();

/**
 * A response's headers as strings, from any form that the dispatcher uses. Bytes are read as Latin-1, so that
 * Node writes the same bytes again.
 */
export function responsePairs(raw: unknown, record: Readonly<Record<string, unknown>>): string[] {
  if (Array.isArray(raw)) return raw.map(textOf);
  return Object.entries(record).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((one) =>
      one === undefined ? [] : [name, textOf(one)],
    ),
  );
}

function textOf(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value);
}
