import type { HttpRequestInfo } from '../../observe/observer.ts';

/** Query parameters whose values tell nothing of a tenant, its people or its findings. */
const HARMLESS_QUERY: ReadonlySet<string> = new Set([
  '$top',
  '$skip',
  '$count',
  '$orderby',
  '$select',
  '$expand',
  'api-version',
]);

/** What observers learn of a request; the redacted URL is made only when one reads it. */
export class RequestInfo implements HttpRequestInfo {
  readonly method: string;
  readonly template?: string;
  readonly #url: URL;
  #redacted: string | undefined = undefined;

  constructor(method: string, url: URL, template: string | undefined) {
    this.method = method;
    this.#url = url;
    if (template !== undefined) this.template = template;
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

/** A URL without user, password and fragment, and without the query values that may be secret. */
function redactUrl(url: URL): string {
  const query = url.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = ''] = pair.split('=', 1);
      if (name === pair) return 'REDACTED';
      return HARMLESS_QUERY.has(decoded(name).toLowerCase()) ? pair : `${name}=REDACTED`;
    })
    .join('&');
  return `${url.protocol}//${url.host}${url.pathname}${query === '' ? '' : `?${query}`}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray percent sign: the name is none of the harmless ones then.
    return '';
  }
}
