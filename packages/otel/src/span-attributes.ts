import type {
  AttemptStart,
  CallEnd,
  CallStart,
  Failure,
  HttpRequestInfo,
} from '@defender-resilience/core';
import type { Attributes } from '@opentelemetry/api';
import { HTTP_REQUEST_METHOD_VALUE_OTHER } from '@opentelemetry/semantic-conventions';
import {
  ATTR_AMBIGUOUS,
  ATTR_ATTEMPT,
  ATTR_ATTEMPTS,
  ATTR_ERROR_CODE,
  ATTR_ERROR_TYPE,
  ATTR_GIVE_UP_REASON,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_METHOD_ORIGINAL,
  ATTR_HTTP_REQUEST_RESEND_COUNT,
  ATTR_OPERATION,
  ATTR_OUTCOME,
  ATTR_RETRY_DELAY,
  ATTR_RETRY_REASON,
  ATTR_RETRY_SOURCE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_THROTTLE_DELAY,
  ATTR_TRACKING_ID,
  ATTR_URL_FULL,
  ATTR_URL_TEMPLATE,
} from './attribute-names.ts';
import { errorCodeOf, errorTypeOf } from './error-type.ts';
import type { UrlCapture } from './options.ts';

/** The methods that the conventions know; any other reads `_OTHER`. */
const METHODS: ReadonlySet<string> = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'QUERY',
  'TRACE',
]);

/** What the call's hooks told since the attempt before. */
export interface Waited {
  /** Where the wait before the attempt comes from; undefined for the first. */
  readonly source: string | undefined;
  /** How long the throttle gate was to hold it, in milliseconds; 0 when it did not. */
  readonly heldMs: number;
}

export function callSpanName({ operation }: CallStart): string {
  return `defender ${operation}`;
}

/** By the conventions `GET /api/machines/{id}`, never the path itself. */
export function attemptSpanName({ operation, request }: CallStart): string {
  if (request === undefined) return `defender ${operation} attempt`;
  const method = METHODS.has(request.method) ? request.method : 'HTTP';
  return request.template === undefined ? method : `${method} ${request.template}`;
}

/** What is known before an attempt is sent: samplers see it. */
export function attemptAttributes(
  { operation, request }: CallStart,
  { attempt, delayMs, previous }: AttemptStart,
  { source, heldMs }: Waited,
  urlCapture: UrlCapture,
): Attributes {
  return {
    ...(request === undefined ? {} : requestAttributes(request, urlCapture)),
    ...(request === undefined || attempt === 1
      ? {}
      : { [ATTR_HTTP_REQUEST_RESEND_COUNT]: attempt - 1 }),
    [ATTR_OPERATION]: operation,
    [ATTR_ATTEMPT]: attempt,
    ...(attempt === 1 ? {} : { [ATTR_RETRY_DELAY]: Math.round(delayMs) }),
    ...(previous === undefined ? {} : { [ATTR_RETRY_REASON]: errorTypeOf(previous) }),
    ...(source === undefined ? {} : { [ATTR_RETRY_SOURCE]: source }),
    ...(heldMs === 0 ? {} : { [ATTR_THROTTLE_DELAY]: Math.round(heldMs) }),
  };
}

function requestAttributes(request: HttpRequestInfo, urlCapture: UrlCapture): Attributes {
  const { method, host, port, template } = request;
  const known = METHODS.has(method);
  return {
    [ATTR_HTTP_REQUEST_METHOD]: known ? method : HTTP_REQUEST_METHOD_VALUE_OTHER,
    ...(known ? {} : { [ATTR_HTTP_REQUEST_METHOD_ORIGINAL]: method }),
    // In a URL an IPv6 address stands in brackets, which are not part of the address.
    [ATTR_SERVER_ADDRESS]: host.replaceAll(/^\[|\]$/g, ''),
    [ATTR_SERVER_PORT]: port,
    [ATTR_URL_FULL]: urlCapture === 'template' ? routeUrl(request) : request.url,
    ...(template === undefined ? {} : { [ATTR_URL_TEMPLATE]: template }),
  };
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

function routeUrl({ scheme, host, port, template = '/REDACTED' }: HttpRequestInfo): string {
  const suffix = DEFAULT_PORTS[scheme] === port ? '' : `:${port}`;
  return `${scheme}://${host}${suffix}${template}`;
}

/** What a failure adds to the span of the attempt or the call that it ended. */
export function failureAttributes(failure: Failure, expected: boolean): Attributes {
  // A caller that aborts is no error, say the conventions: it leaves no trace of one.
  if (failure.source === 'cancelled') return {};
  const { trackingId, ambiguous } = failure;
  return {
    ...(expected ? {} : { [ATTR_ERROR_TYPE]: errorTypeOf(failure) }),
    [ATTR_ERROR_CODE]: errorCodeOf(failure),
    ...(trackingId === undefined ? {} : { [ATTR_TRACKING_ID]: trackingId }),
    ...(ambiguous ? { [ATTR_AMBIGUOUS]: true } : {}),
  };
}

/** How the call ended, but for its failure. */
export function callEndAttributes({ outcome, attempts, giveUpReason }: CallEnd): Attributes {
  return {
    [ATTR_OUTCOME]: outcome,
    [ATTR_ATTEMPTS]: attempts,
    ...(giveUpReason === undefined ? {} : { [ATTR_GIVE_UP_REASON]: giveUpReason }),
  };
}
