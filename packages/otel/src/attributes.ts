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
  ATTR_HTTP_RESPONSE_STATUS_CODE,
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
  ATTR_TRACKING_IDS,
  ATTR_URL_FULL,
  ATTR_URL_TEMPLATE,
} from './attribute-names.ts';
import { metricAttributes } from './metric-attributes.ts';

/** Where an attribute is set: on a call's span, on an attempt's span, or on a metric. */
export type AttributePlace = 'call' | 'attempt' | 'metric';

/** One attribute. The reference page is generated from these rows. */
export interface AttributeRow {
  readonly name: string;
  readonly type: 'string' | 'int' | 'double' | 'boolean' | 'string[]';
  readonly on: readonly AttributePlace[];
  /** When it is set. */
  readonly when: string;
  readonly meaning: string;
  readonly example: string;
}

const HTTP = 'for HTTP clients, not for `execute` and `wrap`';
const FAILED = 'on failure, unless the caller aborted';

/** Every attribute that this package sets, the standard ones first. */
export const attributeTable: readonly AttributeRow[] = Object.freeze([
  {
    name: ATTR_HTTP_REQUEST_METHOD,
    type: 'string',
    on: ['attempt'],
    when: HTTP,
    meaning: 'The method, or `_OTHER` for one that the conventions do not list',
    example: 'GET',
  },
  {
    name: ATTR_HTTP_REQUEST_METHOD_ORIGINAL,
    type: 'string',
    on: ['attempt'],
    when: 'if the method is `_OTHER`',
    meaning: 'The method as it was sent',
    example: 'PURGE',
  },
  {
    name: ATTR_SERVER_ADDRESS,
    type: 'string',
    on: ['attempt'],
    when: HTTP,
    meaning: 'The host name or IP address',
    example: 'api.security.microsoft.com',
  },
  {
    name: ATTR_SERVER_PORT,
    type: 'int',
    on: ['attempt'],
    when: HTTP,
    meaning: 'The port',
    example: '443',
  },
  {
    name: ATTR_URL_FULL,
    type: 'string',
    on: ['attempt'],
    when: HTTP,
    meaning: 'The URL, with `REDACTED` in place of possible secrets. See `urlCapture`',
    example: 'https://api.security.microsoft.com/api/incidents?$top=10&$filter=REDACTED',
  },
  {
    name: ATTR_URL_TEMPLATE,
    type: 'string',
    on: ['attempt'],
    when: 'if the route is known',
    meaning: 'The route',
    example: '/api/machines/{id}/isolate',
  },
  {
    name: ATTR_HTTP_RESPONSE_STATUS_CODE,
    type: 'int',
    on: ['attempt', 'metric'],
    when: 'if there was an HTTP response',
    meaning: 'The HTTP status',
    example: '503',
  },
  {
    name: ATTR_NETWORK_PROTOCOL_VERSION,
    type: 'string',
    on: ['attempt'],
    when: 'if the client exposes it, as axios does; fetch does not',
    meaning: 'The version of HTTP',
    example: '1.1',
  },
  {
    name: ATTR_AZURE_SERVICE_REQUEST_ID,
    type: 'string',
    on: ['attempt'],
    when: 'if the response has the header `x-ms-request-id` or `request-id`',
    meaning: "The service's ID of the request, for successes too",
    example: '09e5c36b-0d4c-4f0f-9b7a-7f3a3c1f2f51',
  },
  {
    name: ATTR_HTTP_REQUEST_RESEND_COUNT,
    type: 'int',
    on: ['attempt'],
    when: 'for HTTP clients, from the second attempt on',
    meaning: 'How many times the request was sent before',
    example: '1',
  },
  {
    name: ATTR_ERROR_TYPE,
    type: 'string',
    on: ['call', 'attempt', 'metric'],
    when: FAILED,
    meaning:
      'The error of the call or attempt, from the closed set below; the same value on spans and metrics',
    example: 'TooManyRequests',
  },
  {
    name: ATTR_OPERATION,
    type: 'string',
    on: ['call', 'attempt', 'metric'],
    when: 'always',
    meaning:
      'The operation: the name in the operations table, or the caller’s own. On metrics `_OTHER` beyond `maxOperations`',
    example: 'machines.isolate',
  },
  {
    name: ATTR_OUTCOME,
    type: 'string',
    on: ['call', 'metric'],
    when: 'always',
    meaning:
      '`success`, `failure`, `cancelled` (by the caller, or by `close`) or `rejected` (not sent, because a circuit was open or a quota had no room)',
    example: 'success',
  },
  {
    name: ATTR_ATTEMPTS,
    type: 'int',
    on: ['call'],
    when: 'always',
    meaning: 'How many attempts were made',
    example: '3',
  },
  {
    name: ATTR_ATTEMPT,
    type: 'int',
    on: ['attempt'],
    when: 'always',
    meaning: 'The number of the attempt, counted from 1',
    example: '2',
  },
  {
    name: ATTR_GIVE_UP_REASON,
    type: 'string',
    on: ['call'],
    when: 'if the call did not succeed',
    meaning: 'Why there was no further attempt',
    example: 'retries-exhausted',
  },
  {
    name: ATTR_ERROR_CODE,
    type: 'string',
    on: ['call', 'attempt'],
    when: FAILED,
    meaning:
      "The service's error code, known to the catalogue or not; Node's error code if there was no response",
    example: 'DisabledFeature',
  },
  {
    name: ATTR_TRACKING_ID,
    type: 'string',
    on: ['call', 'attempt'],
    when: 'if the response had one',
    meaning: 'The ID to give to Microsoft support; on a call, that of its last failure',
    example: '9fd2a7c1-3c1e-4a4b-8a8e-2f1d6a0b7c55',
  },
  {
    name: ATTR_TRACKING_IDS,
    type: 'string[]',
    on: ['call'],
    when: 'if the call succeeded after failures',
    meaning: 'The tracking IDs of the failed attempts, at most 10',
    example: '["9fd2a7c1-…"]',
  },
  {
    name: ATTR_AMBIGUOUS,
    type: 'boolean',
    on: ['call', 'attempt'],
    when: 'if the request may have been executed although it failed',
    meaning: 'Check whether it was executed before you send it again',
    example: 'true',
  },
  {
    name: ATTR_RETRY_DELAY,
    type: 'int',
    on: ['attempt'],
    when: 'from the second attempt on',
    meaning: 'The wait before this attempt, in milliseconds',
    example: '1840',
  },
  {
    name: ATTR_RETRY_REASON,
    type: 'string',
    on: ['attempt', 'metric'],
    when: 'from the second attempt on',
    meaning: 'The `error.type` of the previous attempt',
    example: 'InternalServerError',
  },
  {
    name: ATTR_RETRY_SOURCE,
    type: 'string',
    on: ['attempt'],
    when: 'from the second attempt on',
    meaning:
      'What determined the wait: `retry-after` (the service asked for it), `backoff` or `token-refresh`',
    example: 'retry-after',
  },
  {
    name: ATTR_THROTTLE_DELAY,
    type: 'int',
    on: ['attempt'],
    when: 'if the attempt was delayed by a pause or a quota',
    meaning: 'The expected delay, in milliseconds',
    example: '8000',
  },
  ...metricAttributes,
] as const satisfies readonly AttributeRow[]);
