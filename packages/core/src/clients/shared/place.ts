/** Where a request goes: its URL's `host` and `pathname`. */
export interface Place {
  readonly host: string;
  readonly path: string;
}

/** The beginning of a URL, such as `https://api.security.microsoft.com/`. */
interface Origin {
  readonly prefix: string;
  readonly host: string;
}

// How many origins are remembered. A program calls few, and parsing a URL is the slowest part of reading a
// request.
const MAX_ORIGINS = 8;
const origins: Origin[] = [];

// Paths that parsing would not change: without escapes and dot segments.
const PLAIN_PATH = /(?:\/(?!\.)[\w\-.~$()=,;:@'!*+]*)+(?=[?#]|$)/y;

/** The place of a URL that needs no parsing: a known origin with a plain path. */
export function plainPlace(text: string): Place | undefined {
  for (const { prefix, host } of origins) {
    if (!text.startsWith(prefix)) continue;
    const start = prefix.length - 1;
    PLAIN_PATH.lastIndex = start;
    if (!PLAIN_PATH.test(text)) return undefined;
    return { host, path: text.slice(start, PLAIN_PATH.lastIndex) };
  }
  return undefined;
}

/** The place of a parsed URL. Remembers its origin. */
export function parsedPlace({ protocol, host, pathname }: URL): Place {
  const prefix = `${protocol}//${host}/`;
  const known = origins.some((origin) => origin.prefix === prefix);
  if (!known && origins.length < MAX_ORIGINS) origins.push({ prefix, host });
  return { host, path: pathname };
}
