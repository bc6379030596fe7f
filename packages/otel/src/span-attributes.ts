import type {
  AttemptStart,
  CallEnd,
  CallStart,
  Failure,
  HttpRequestInfo,
  HttpResponseInfo,
} from '@defender-resilience/core';
import { type Attributes, type Span, SpanStatusCode } from '@opentelemetry/api';
import { HTTP_REQUEST_METHOD_VALUE_OTHER } from '@opentelemetry/semantic-conventions';
import {
  ATTR_AMBIGUOUS,
  ATTR_ATTEMPT,
  ATTR_ATTEMPTS,
  ATTR_AZURE_SERVICE_REQUEST_ID,
  ATTR_ERROR_CODE,
  ATTR_ERROR_TYPE,
  ATTR_GIVE_UP_REASON,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_METHOD_ORIGINAL,
  ATTR_HTTP_REQUEST_RESEND_COUNT,
  ATTR_NETWORK_PROTOCOL_VERSION,
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
import type { Settings, UrlCapture } from './options.ts';

/** The methods that the conventions know; any other is `_OTHER`. */
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

/** The wait between the previous attempt and this one. */
export interface WaitBefore {
  /** What determined the wait for the retry; undefined for the first attempt. */
  readonly source: string | undefined;
  /** The expected delay of the attempt by a pause or a quota, in milliseconds. */
  readonly throttleMs: number;
}

export function callSpanName({ operation }: CallStart): string {
  return `defender ${operation}`;
}

/** According to the conventions: method and route, such as `GET /api/machines/{id}`, never the path itself. */
export function attemptSpanName({ operation, request }: CallStart): string {
  if (request === undefined) return `defender ${operation} attempt`;
  const method = METHODS.has(request.method) ? request.method : 'HTTP';
  return request.template === undefined ? method : `${method} ${request.template}`;
}

/** The attributes that are known before an attempt is sent. Samplers see them. */
export function attemptAttributes(
  { operation, request }: CallStart,
  { attempt, delayMs, previous }: AttemptStart,
  { source, throttleMs }: WaitBefore,
  { urlCapture, constantAttributes }: Pick<Settings, 'urlCapture' | 'constantAttributes'>,
): Attributes {
  const attributes: Attributes = { ...constantAttributes };
  if (request !== undefined) addRequest(attributes, request, urlCapture);
  if (request !== undefined && attempt > 1)
    attributes[ATTR_HTTP_REQUEST_RESEND_COUNT] = attempt - 1;
  attributes[ATTR_OPERATION] = operation;
  attributes[ATTR_ATTEMPT] = attempt;
  if (attempt > 1) attributes[ATTR_RETRY_DELAY] = Math.round(delayMs);
  if (previous !== undefined) attributes[ATTR_RETRY_REASON] = errorTypeOf(previous);
  if (source !== undefined) attributes[ATTR_RETRY_SOURCE] = source;
  if (throttleMs > 0) attributes[ATTR_THROTTLE_DELAY] = Math.round(throttleMs);
  return attributes;
}

function addRequest(
  attributes: Attributes,
  request: HttpRequestInfo,
  urlCapture: UrlCapture,
): void {
  const { method, host, port, template } = request;
  const known = METHODS.has(method);
  attributes[ATTR_HTTP_REQUEST_METHOD] = known ? method : HTTP_REQUEST_METHOD_VALUE_OTHER;
  if (!known) attributes[ATTR_HTTP_REQUEST_METHOD_ORIGINAL] = method;
  // A URL has an IPv6 address in brackets, which are not part of the address.
  attributes[ATTR_SERVER_ADDRESS] = host.startsWith('[') ? host.slice(1, -1) : host;
  attributes[ATTR_SERVER_PORT] = port;
  attributes[ATTR_URL_FULL] = urlCapture === 'template' ? routeUrl(request) : request.url;
  if (template !== undefined) attributes[ATTR_URL_TEMPLATE] = template;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

function routeUrl({ scheme, host, port, template = '/REDACTED' }: HttpRequestInfo): string {
  const suffix = DEFAULT_PORTS[scheme] === port ? '' : `:${port}`;
  return `${scheme}://${host}${suffix}${template}`;
}

/** Adds the attributes of an attempt's response, except its status. */
export function addResponse(
  attributes: Attributes,
  { requestId, protocolVersion }: HttpResponseInfo,
): void {
  if (protocolVersion !== undefined) attributes[ATTR_NETWORK_PROTOCOL_VERSION] = protocolVersion;
  if (requestId !== undefined) attributes[ATTR_AZURE_SERVICE_REQUEST_ID] = requestId;
}

/** Adds the attributes of the failure of an attempt or a call. */
export function addFailure(attributes: Attributes, failure: Failure, expected: boolean): void {
  // The conventions do not count a caller's abort as an error.
  if (failure.source === 'cancelled') return;
  const { trackingId, ambiguous } = failure;
  if (!expected) attributes[ATTR_ERROR_TYPE] = errorTypeOf(failure);
  attributes[ATTR_ERROR_CODE] = errorCodeOf(failure);
  if (trackingId !== undefined) attributes[ATTR_TRACKING_ID] = trackingId;
  if (ambiguous) attributes[ATTR_AMBIGUOUS] = true;
}

/** Adds how the call ended, except its failure. */
export function addCallEnd(
  attributes: Attributes,
  { outcome, attempts, giveUpReason }: CallEnd,
): void {
  attributes[ATTR_OUTCOME] = outcome;
  attributes[ATTR_ATTEMPTS] = attempts;
  if (giveUpReason !== undefined) attributes[ATTR_GIVE_UP_REASON] = giveUpReason;
}

/**
 * Ends a span by the status rules of the conventions: the status stays unset for a success, for a
 * caller's abort, and for a status that the user expects. An error has no description, because
 * `error.type` and the HTTP status already say it.
 */
export function endSpan(
  span: Span,
  failure: Failure | undefined,
  expected: boolean,
  addAttributes: (attributes: Attributes) => void,
): void {
  try {
    if (!span.isRecording()) return;
    const attributes: Attributes = {};
    addAttributes(attributes);
    span.setAttributes(attributes);
    const isError = failure !== undefined && failure.source !== 'cancelled' && !expected;
    if (isError) span.setStatus({ code: SpanStatusCode.ERROR });
  } finally {
    span.end();
  }
}
