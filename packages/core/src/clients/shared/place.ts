/** Where a request goes: its URL's `host` and `pathname`. */
export interface Place {
  readonly host: string;
  readonly path: string;
}

/** An origin as URLs begin with it, such as `https://api.security.microsoft.com/`. */
interface Origin {
  readonly prefix: string;
  readonly host: string;
}

// A program calls few origins, and parsing a URL costs more than all else that is read of a request.
const MAX_ORIGINS = 8;
const origins: Origin[] = [];

// Paths that parsing would leave as they are: no escapes, and no segment that may be a dot segment.
const PLAIN_PATH = /(?:\/(?!\.)[\w\-.~$()=,;:@'!*+]*)+(?=[?#]|$)/y;

/** The place of a URL that needs no parsing: of an origin seen before, with a plain path. */
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

/** The place of a parsed URL, whose origin is remembered. */
export function parsedPlace({ protocol, host, pathname }: URL): Place {
  const prefix = `${protocol}//${host}/`;
  const known = origins.some((origin) => origin.prefix === prefix);
  if (!known && origins.length < MAX_ORIGINS) origins.push({ prefix, host });
  return { host, path: pathname };
}
