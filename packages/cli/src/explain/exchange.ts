/** One request and its response, as far as an input shows them. Any part can be missing. */
export interface Exchange {
  /** The request, with its whole URL. */
  readonly request?: SentRequest;
  /** The operation's name, if a log contains it. */
  readonly operation?: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body of the response. */
  readonly body?: string;
  /** An error code without its response: from the service, Node or this package. */
  readonly code?: string;
  readonly trackingId?: string;
  /** The time of the response, as written in the input. */
  readonly time?: string;
}

/** The request, as far as it is known. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly body?: string;
}

/** Turns a path into a URL of the API that serves it. Returns a whole URL unchanged. */
export function absoluteUrl(url: string, host?: string): string {
  if (/^https?:\/\//i.test(url)) return url;
  const path = url.startsWith('/') ? url : `/${url}`;
  const isGraph = /^\/(?:v1\.0|beta)\//i.test(path);
  return `https://${host ?? (isGraph ? 'graph.microsoft.com' : 'api.security.microsoft.com')}${path}`;
}

/** Removes the fields that are undefined, as `exactOptionalPropertyTypes` requires. */
export function present<T extends object>(
  fields: {
    readonly [Name in keyof T]: T[Name] | undefined;
  },
): T {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as T;
}
