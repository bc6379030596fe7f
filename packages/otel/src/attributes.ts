import {
  ATTR_AMBIGUOUS,
  ATTR_ATTEMPT,
  ATTR_ATTEMPTS,
  ATTR_CIRCUIT,
  ATTR_CIRCUIT_STATE,
  ATTR_ERROR_CLASS,
  ATTR_ERROR_CODE,
  ATTR_ERROR_TYPE,
  ATTR_GIVE_UP_REASON,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_METHOD_ORIGINAL,
  ATTR_HTTP_REQUEST_RESEND_COUNT,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
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

/** Where an attribute is found: on the call's span, on an attempt's span, or on a metric. */
export type AttributePlace = 'call' | 'attempt' | 'metric';

/** One attribute: the only place that says what it means and where it stands. */
export interface AttributeRow {
  readonly name: string;
  readonly type: 'string' | 'int' | 'double' | 'boolean' | 'string[]';
  readonly on: readonly AttributePlace[];
  /** When it is there. */
  readonly when: string;
  readonly meaning: string;
  readonly example: string;
}

const HTTP = 'the client speaks HTTP (not `execute`, `wrap`)';
const FAILED = 'it failed; not when the caller aborted';

/** Every attribute that this package sets, standard ones first. */
export const attributeTable: readonly AttributeRow[] = Object.freeze([
  {
    name: ATTR_HTTP_REQUEST_METHOD,
    type: 'string',
    on: ['attempt'],
    when: HTTP,
    meaning: 'The method, or `_OTHER` when the conventions do not know it',
    example: 'GET',
  },
  {
    name: ATTR_HTTP_REQUEST_METHOD_ORIGINAL,
    type: 'string',
    on: ['attempt'],
    when: 'the method is `_OTHER`',
    meaning: 'The method as it was sent',
    example: 'PURGE',
  },
  {
    name: ATTR_SERVER_ADDRESS,
    type: 'string',
    on: ['attempt'],
    when: HTTP,
    meaning: 'The host',
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
    meaning: 'The URL; what may be secret in it reads `REDACTED`. See `urlCapture`',
    example: 'https://api.security.microsoft.com/api/incidents?$top=10&$filter=REDACTED',
  },
  {
    name: ATTR_URL_TEMPLATE,
    type: 'string',
    on: ['attempt'],
    when: 'the route is known',
    meaning: 'The route',
    example: '/api/machines/{id}/isolate',
  },
  {
    name: ATTR_HTTP_RESPONSE_STATUS_CODE,
    type: 'int',
    on: ['attempt'],
    when: 'there was an HTTP answer',
    meaning: 'The status',
    example: '503',
  },
  {
    name: ATTR_HTTP_REQUEST_RESEND_COUNT,
    type: 'int',
    on: ['attempt'],
    when: 'the client speaks HTTP, from the second attempt on',
    meaning: 'How many times the request was sent before',
    example: '1',
  },
  {
    name: ATTR_ERROR_TYPE,
    type: 'string',
    on: ['call', 'attempt', 'metric'],
    when: FAILED,
    meaning: 'What failed, from the closed set below; the same value on spans and metrics',
    example: 'TooManyRequests',
  },
  {
    name: ATTR_OPERATION,
    type: 'string',
    on: ['call', 'attempt', 'metric'],
    when: 'always',
    meaning:
      'The operation: of the catalogue, or as the caller named it. On metrics `_OTHER` beyond `maxOperations`',
    example: 'machines.isolate',
  },
  {
    name: ATTR_OUTCOME,
    type: 'string',
    on: ['call', 'metric'],
    when: 'always',
    meaning: '`success`, `failure`, `cancelled` (by the caller) or `rejected` (never sent)',
    example: 'success',
  },
  {
    name: ATTR_ATTEMPTS,
    type: 'int',
    on: ['call'],
    when: 'always',
    meaning: 'How many attempts were sent',
    example: '3',
  },
  {
    name: ATTR_ATTEMPT,
    type: 'int',
    on: ['attempt'],
    when: 'always',
    meaning: 'Which attempt it is, from 1',
    example: '2',
  },
  {
    name: ATTR_GIVE_UP_REASON,
    type: 'string',
    on: ['call'],
    when: 'the call did not succeed',
    meaning: 'Why there was no further attempt',
    example: 'retries-exhausted',
  },
  {
    name: ATTR_ERROR_CODE,
    type: 'string',
    on: ['call', 'attempt'],
    when: FAILED,
    meaning:
      "The service's own code, also one that the catalogue does not know; Node's code when there was no answer",
    example: 'DisabledFeature',
  },
  {
    name: ATTR_ERROR_CLASS,
    type: 'string',
    on: ['metric'],
    when: FAILED,
    meaning: 'What kind of trouble the code stands for',
    example: 'permission',
  },
  {
    name: ATTR_TRACKING_ID,
    type: 'string',
    on: ['call', 'attempt'],
    when: 'the answer carried one',
    meaning: 'The ID to give to Microsoft; on the call that of its last failure',
    example: '9fd2a7c1-3c1e-4a4b-8a8e-2f1d6a0b7c55',
  },
  {
    name: ATTR_TRACKING_IDS,
    type: 'string[]',
    on: ['call'],
    when: 'the call succeeded after failures',
    meaning: 'The tracking IDs of the failed attempts, the first 10',
    example: '["9fd2a7c1-…"]',
  },
  {
    name: ATTR_AMBIGUOUS,
    type: 'boolean',
    on: ['call', 'attempt'],
    when: 'the request may have been carried out although it failed',
    meaning: 'Look it up before you send it again',
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
    meaning: 'The `error.type` of the attempt before',
    example: 'InternalServerError',
  },
  {
    name: ATTR_RETRY_SOURCE,
    type: 'string',
    on: ['attempt'],
    when: 'from the second attempt on',
    meaning: 'Where the wait comes from: `retry-after`, `backoff` or `token-refresh`',
    example: 'retry-after',
  },
  {
    name: ATTR_THROTTLE_DELAY,
    type: 'int',
    on: ['attempt'],
    when: 'the attempt was held because its quota was paused',
    meaning: 'How long it was to be held, in milliseconds',
    example: '8000',
  },
  {
    name: ATTR_CIRCUIT,
    type: 'string',
    on: ['metric'],
    when: 'always',
    meaning: 'The circuit: host and operation',
    example: 'api.security.microsoft.com incidents.list',
  },
  {
    name: ATTR_CIRCUIT_STATE,
    type: 'string',
    on: ['metric'],
    when: 'always',
    meaning: '`closed`, `open` or `half-open`',
    example: 'open',
  },
] as const satisfies readonly AttributeRow[]);
