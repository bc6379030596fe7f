/** What an input tells of one request and its answer. Any part can be missing. */
export interface Exchange {
  /** The request, with its whole URL. */
  readonly request?: SentRequest;
  /** The operation's name, where a log names it. */
  readonly operation?: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body of the answer. */
  readonly body?: string;
  /** An error code without its response: of the service, of Node, or of this package. */
  readonly code?: string;
  readonly trackingId?: string;
  /** When it happened, as the input says it. */
  readonly time?: string;
}

/** A request as far as it is known. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly body?: string;
}

/** Turns a path into a URL of the API that serves it, and leaves a whole URL as it is. */
export function absoluteUrl(url: string, host?: string): string {
  if (/^https?:\/\//i.test(url)) return url;
  const path = url.startsWith('/') ? url : `/${url}`;
  const isGraph = /^\/(?:v1\.0|beta)\//i.test(path);
  return `https://${host ?? (isGraph ? 'graph.microsoft.com' : 'api.security.microsoft.com')}${path}`;
}

/** An object without the fields that are undefined, as `exactOptionalPropertyTypes` asks for. */
export function present<T extends object>(
  fields: {
    readonly [Name in keyof T]: T[Name] | undefined;
  },
): T {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as T;
}
