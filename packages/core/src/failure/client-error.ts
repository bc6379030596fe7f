import { isObjectOrFunction } from '../is.ts';
import { isReadableBody } from './error-body.ts';
import type { Answer } from './http-failure.ts';
import { safeGet, safeGetObject } from './safe-get.ts';

/**
 * Finds the HTTP answer in what a client threw or gave: known by its shape, so that no client need be
 * imported. Undefined where there is none.
 */
export function answerIn(thing: object): Answer | undefined {
  const response = safeGetObject(thing, 'response');
  const status = statusOf(response) ?? statusOf(thing);
  if (status === undefined) return undefined;
  return {
    status,
    headers:
      firstKey(HEADERS, response, isObjectOrFunction) ??
      firstKey(HEADERS, thing, isObjectOrFunction),
    body:
      firstKey(BODIES, response, isReadableBody) ??
      firstKey(BODIES, thing, isReadableBody) ??
      documentIn(thing),
  };
}

/** got, Azure and Graph; axios, ky, superagent and fetch; kiota. */
const STATUSES = ['statusCode', 'status', 'responseStatusCode'];
/** superagent has `header` too; kiota names them after the response. */
const HEADERS = ['headers', 'header', 'responseHeaders'];
/** axios and ky; superagent's raw text; got, Graph and undici; Azure; got; Azure's identity library. */
const BODIES = ['data', 'text', 'body', 'bodyAsText', 'rawBody', 'errorResponse'];

function statusOf(thing: object | undefined): number | undefined {
  for (const key of STATUSES) {
    const status = safeGet(thing, key);
    if (typeof status === 'number' && Number.isSafeInteger(status) && status >= 100) return status;
  }
  return undefined;
}

function firstKey(
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

/** kiota's errors, and parsed bodies that carry their own status, are documents themselves. */
function documentIn(thing: object): object | undefined {
  const isDocument = DOCUMENTS.some((key) => safeGetObject(thing, key) !== undefined);
  return isDocument || safeGet(thing, 'stack') === undefined ? thing : undefined;
}

const DOCUMENTS = ['error', 'errorEscaped'];
