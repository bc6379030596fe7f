import { type Operation, operationFor } from '@defender-resilience/core';
import type { FastifyRequest } from 'fastify';
import type { Call } from './call.ts';
import { isTokenPath } from './errors.ts';
import { TOKEN_OPERATION } from './script.ts';

/** The part of a call that comes from the request itself. */
export type RequestPart = Pick<
  Call,
  'method' | 'path' | 'params' | 'query' | 'headers' | 'bodyText' | 'operation'
>;

const TOKEN: Operation = { name: TOKEN_OPERATION, quotaGroup: TOKEN_OPERATION };

/** Finds a request's operation in core's operations table. */
export function operationFinder(host: string): (method: string, path: string) => Operation {
  const hosts = { [host]: 'all' } as const;
  return (method, path) =>
    isTokenPath(path) ? TOKEN : operationFor({ method, host, path }, hosts);
}

export function readRequest(
  request: FastifyRequest,
  operationOf: (method: string, path: string) => Operation,
): RequestPart {
  const { method, originalUrl, body } = request;
  const question = originalUrl.indexOf('?');
  const path = question === -1 ? originalUrl : originalUrl.slice(0, question);
  return {
    method,
    path,
    params: paramsOf(request.params),
    query: new URLSearchParams(question === -1 ? '' : originalUrl.slice(question + 1)),
    headers: headersOf(request.headers),
    bodyText: typeof body === 'string' ? body : '',
    operation: operationOf(method, path),
  };
}

/**
 * Converts a URL to the form of the router. The real service accepts `/api` and `/api/v1.0`, OData's
 * `alerts('id')` for `alerts/id`, functions with arguments in the path, and names with Graph's namespace.
 */
export function canonicalUrl(url: string): string {
  const question = url.indexOf('?');
  const path = question === -1 ? url : url.slice(0, question);
  const canonical = path
    .replace(/^\/api\/v1\.0(?=\/)/i, '/api')
    .replace(/\/microsoft\.graph\.(?:security\.)?/gi, '/')
    .replace(/\((?:'|%27)([^'%()]*)(?:'|%27)\)/gi, '/$1')
    .replace(/\([^()=]{0,999}=[^()]{0,999}\)/g, '');
  return question === -1 ? canonical : canonical + url.slice(question);
}

/** The arguments of the OData function in a path such as `findbyip(ip='10.0.0.1')`. */
export function functionArguments(path: string): Readonly<Record<string, string>> {
  const list = /\(([^()]*)\)/.exec(decoded(path))?.[1] ?? '';
  return Object.fromEntries(
    list.split(',').flatMap((part) => {
      const [name = '', ...rest] = part.split('=');
      return rest.length === 0
        ? []
        : [
            [
              name.trim(),
              rest
                .join('=')
                .trim()
                .replace(/^'(.*)'$/, '$1'),
            ],
          ];
    }),
  );
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // A path with a stray percent sign has no arguments.
    return path;
  }
}

function paramsOf(params: unknown): Record<string, string> {
  if (typeof params !== 'object' || params === null) return {};
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
}

function headersOf(headers: FastifyRequest['headers']): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    flat[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  }
  return flat;
}
