import { findErrorCode } from '@defender-resilience/core';
import type { Answer, ApiErrorDetails } from './call.ts';
import { formatMessage } from './message.ts';

/** The service that a path belongs to. Each has its own error envelope. */
export type Service = 'defender' | 'graph' | 'entra';

/** The details of a call in an error's envelope. */
export interface ErrorContext {
  readonly service: Service;
  readonly trackingId: string;
  /** The `client-request-id` that the caller sent. */
  readonly clientRequestId: string | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** An error without its envelope. */
interface PlainError {
  readonly code: string;
  readonly message: string;
  readonly inner: Readonly<Record<string, string>> | undefined;
}

interface Envelope {
  /** The code that usually comes with a status; undefined if none is known. */
  usualCode(status: number): string | undefined;
  body(error: PlainError, context: ErrorContext): object;
  headers(context: ErrorContext): Readonly<Record<string, string>>;
}

/** Whether a path is the token endpoint of some tenant. */
export function isTokenPath(path: string): boolean {
  return /^\/[^/]+\/oauth2\/v2\.0\/token$/i.test(path);
}

/** Graph answers at `/v1.0` and `/beta`, Entra at the token endpoint, Defender everywhere else. */
export function serviceOf(path: string): Service {
  if (/^\/(v1\.0|beta)\//i.test(path)) return 'graph';
  return isTokenPath(path) ? 'entra' : 'defender';
}

const USUAL_CODES: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  // The service sends the number, not the documented name: microsoft-365-docs issue 4616.
  429: '429',
  500: 'InternalServerError',
};

const GRAPH_CODES: Readonly<Record<number, string>> = {
  ...USUAL_CODES,
  401: 'InvalidAuthenticationToken',
  429: 'TooManyRequests',
  503: 'serviceNotAvailable',
};

const ENTRA_CODES: Readonly<Record<number, string>> = {
  400: 'invalid_request',
  401: 'invalid_client',
  403: 'unauthorized_client',
};

const defender: Envelope = {
  usualCode: (status) => USUAL_CODES[status],
  body: ({ code, message }, { trackingId }) => ({ error: { code, message, target: trackingId } }),
  headers: () => ({}),
};

const graph: Envelope = {
  // Graph sends this code, which says nothing, with 500, 504 and 403 alike, and without a message.
  usualCode: (status) => GRAPH_CODES[status] ?? 'UnknownError',
  body: ({ code, message, inner }, { at, trackingId, clientRequestId }) => ({
    error: {
      code,
      message,
      innerError: {
        ...inner,
        // Graph's date has no zone.
        date: new Date(at).toISOString().slice(0, 19),
        'request-id': trackingId,
        'client-request-id': clientRequestId ?? trackingId,
      },
    },
  }),
  headers: ({ trackingId, clientRequestId }) => ({
    'request-id': trackingId,
    'client-request-id': clientRequestId ?? trackingId,
  }),
};

const entra: Envelope = {
  usualCode: (status) => ENTRA_CODES[status] ?? 'temporarily_unavailable',
  body: ({ code, message }, { at, trackingId, clientRequestId }) => {
    const timestamp = `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z`;
    const correlationId = clientRequestId ?? trackingId;
    const number = /^AADSTS(\d+)/.exec(message)?.[1];
    return {
      error: code,
      error_description: `${message} Trace ID: ${trackingId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
      error_codes: number === undefined ? [] : [Number(number)],
      timestamp,
      trace_id: trackingId,
      correlation_id: correlationId,
      ...(number === undefined
        ? {}
        : { error_uri: `https://login.microsoftonline.com/error?code=${number}` }),
    };
  },
  headers: ({ trackingId }) => ({ 'x-ms-request-id': trackingId }),
};

const ENVELOPES: Readonly<Record<Service, Envelope>> = { defender, graph, entra };

/** The code that a service usually answers with this status; undefined if none is known. */
export function usualCode(status: number, service: Service): string | undefined {
  return ENVELOPES[service].usualCode(status);
}

/** An error's message: its own, else the catalogue's. */
export function errorMessage(code: string, { message, values = {} }: ApiErrorDetails): string {
  const entry = findErrorCode(code);
  return message ?? (entry ? formatMessage(entry, values) : '');
}

/** An error in the envelope of its service. */
export function errorAnswer(code: string, details: ApiErrorDetails, context: ErrorContext): Answer {
  const envelope = ENVELOPES[context.service];
  const message = errorMessage(code, details);
  return {
    status: details.status ?? findErrorCode(code)?.status ?? 400,
    headers: { ...envelope.headers(context), ...details.headers },
    body: envelope.body({ code, message, inner: details.inner }, context),
  };
}

/** An error of which only the status is known, in the format of the API gateway in front of the service. */
export function gatewayError(status: number, message: string): Answer {
  return { status, body: { statusCode: status, message } };
}
