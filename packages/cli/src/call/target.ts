import { type Operation, operationFor } from '@defender-resilience/core';
import { CommandError, EXIT } from '../exit-codes.ts';

const HOSTS: Readonly<Record<string, string>> = {
  xdr: 'https://api.security.microsoft.com',
  mde: 'https://api.securitycenter.microsoft.com',
  graph: 'https://graph.microsoft.com',
};

export interface TargetOptions {
  readonly method: string;
  /** A path such as `/api/incidents`, or a whole URL. */
  readonly path: string;
  /** The simulator's address; undefined for the real APIs. */
  readonly simulator?: string | undefined;
  /** Adds `$top`. */
  readonly top?: number | undefined;
}

/** The URL of a call: a path goes to the API whose operation it is. */
export function targetOf({ method, path, simulator, top }: TargetOptions): URL {
  const isUrl = /^https?:\/\//i.test(path);
  const local = path.startsWith('/') ? path : `/${path}`;
  const base = simulator ?? baseOf(method, local);
  const url = URL.parse(isUrl ? path : `${base}${local}`);
  if (url === null) {
    throw new CommandError(`"${path}" is neither a path nor a URL`, {
      hint: 'For example: /api/incidents, or https://graph.microsoft.com/v1.0/security/incidents.',
      exitCode: EXIT.usage,
    });
  }
  if (simulator !== undefined && url.origin !== simulator) {
    throw new CommandError(`--simulate calls ${simulator}, but the URL is on ${url.origin}`, {
      hint: 'Pass only the path.',
      exitCode: EXIT.usage,
    });
  }
  // Sets the whole query: the API expects `$top`, and `searchParams` would write `%24top`.
  if (top !== undefined) url.search += `${url.search === '' ? '?' : '&'}$top=${top}`;
  return url;
}

function baseOf(method: string, path: string): string | undefined {
  const pathname = path.split('?', 1)[0] ?? path;
  const { family } = operationIn(method, pathname);
  return HOSTS[family ?? (/^\/(?:v1\.0|beta)\//i.test(pathname) ? 'graph' : 'xdr')];
}

/** The operation, whatever host serves it. */
function operationIn(method: string, path: string): Operation {
  return operationFor({ method, host: 'any', path }, { any: 'all' });
}
