import { isObjectOrFunction } from '../is.ts';
import { isReadableBody } from './error-body.ts';
import type { ResponseParts } from './http-failure.ts';
import { safeGet, safeGetObject, tagOf } from './safe-get.ts';

/** got, Azure and Graph; axios, ky, superagent and fetch; Kiota. */
const STATUSES = ['statusCode', 'status', 'responseStatusCode'];
/** Most clients; superagent; Kiota. */
const HEADERS = ['headers', 'header', 'responseHeaders'];
/** axios and ky; superagent's raw text; got, Graph and undici; Azure; got; Azure's identity library. */
const BODIES = ['data', 'text', 'body', 'bodyAsText', 'rawBody', 'errorResponse'];

/**
 * Finds the HTTP response in what a client threw or returned. Checks the shape, so that no client needs to be
 * imported. Undefined if there is none.
 */
export function findResponse(thing: object): ResponseParts | undefined {
  const response = safeGetObject(thing, 'response');
  const status = statusOf(response) ?? statusOf(thing);
  if (status === undefined) return undefined;
  const fields = isUnread(response) ? undefined : response;
  return {
    status,
    headers:
      firstProperty(HEADERS, response, isObjectOrFunction) ??
      firstProperty(HEADERS, thing, isObjectOrFunction),
    body:
      firstProperty(BODIES, fields, isReadableBody) ??
      (isUnread(thing) ? undefined : firstProperty(BODIES, thing, isReadableBody)) ??
      ownDocument(thing),
  };
}

// The body of a fetch `Response` cannot be read synchronously, and node-fetch warns if `data` is read.
function isUnread(thing: object | undefined): boolean {
  return tagOf(thing) === 'Response';
}

function statusOf(thing: object | undefined): number | undefined {
  for (const key of STATUSES) {
    const status = safeGet(thing, key);
    if (typeof status === 'number' && Number.isSafeInteger(status) && status >= 100) return status;
  }
  return undefined;
}

function firstProperty(
  keys: readonly string[],
  thing: object | undefined,
  accepts: (value: unknown) => boolean,
): unknown {
  for (const key of keys) {
    const value = safeGet(thing, key);
    if (accepts(value)) return value;
  }
  return undefined;
}

/** Kiota's errors, and parsed bodies that contain their own status, are error documents themselves. */
function ownDocument(thing: object): object | undefined {
  const isDocument = ['error', 'errorEscaped'].some((key) => safeGetObject(thing, key));
  return isDocument || safeGet(thing, 'stack') === undefined ? thing : undefined;
}
