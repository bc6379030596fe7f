import type { HttpRequestInfo } from '../../observe/observer.ts';
import { words } from '../../words.ts';

/** Query parameters whose values say nothing about a tenant, its people or its findings. */
const HARMLESS_PARAMETERS: ReadonlySet<string> = new Set(
  words('$top $skip $count $orderby $select $expand api-version'),
);

/** A request whose URL is known. */
export interface UrlRequest {
  readonly method: string;
  readonly url: URL;
  readonly params?: unknown;
}

/** What observers see of a request. Its URL is parsed and redacted only when one of them reads it. */
export class RequestInfo implements HttpRequestInfo {
  readonly method: string;
  readonly template?: string;
  readonly #request: UrlRequest;
  #full: URL | undefined = undefined;
  #redacted: string | undefined = undefined;

  constructor(request: UrlRequest, template: string | undefined) {
    this.method = request.method;
    this.#request = request;
    if (template !== undefined) this.template = template;
  }

  get #url(): URL {
    this.#full ??= withParams(this.#request.url, this.#request.params);
    return this.#full;
  }

  get scheme(): string {
    return this.#url.protocol.slice(0, -1);
  }

  get host(): string {
    return this.#url.hostname;
  }

  get port(): number {
    if (this.#url.port !== '') return Number(this.#url.port);
    return this.#url.protocol === 'https:' ? 443 : 80;
  }

  get url(): string {
    this.#redacted ??= redactUrl(this.#url);
    return this.#redacted;
  }
}

/**
 * A URL with the query parameters that a client will add to it, for observers. Leaves out anything but
 * strings, numbers and booleans.
 */
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

/** A URL without user, password, fragment, and the query values that may be secret. */
function redactUrl(url: URL): string {
  const { protocol, host, pathname, search } = url;
  return `${protocol}//${host}${pathname}${search === '' ? '' : redactQuery(search)}`;
}

function redactQuery(search: string): string {
  const pairs = search.slice(1).split('&');
  const query = pairs.filter((pair) => pair !== '').map(redactPair);
  return query.length === 0 ? '' : `?${query.join('&')}`;
}

function redactPair(pair: string): string {
  const [name = ''] = pair.split('=', 1);
  if (name === pair) return 'REDACTED';
  return HARMLESS_PARAMETERS.has(decode(name).toLowerCase()) ? pair : `${name}=REDACTED`;
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    // A stray percent sign: not one of the harmless names.
    return '';
  }
}
