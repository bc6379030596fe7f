import type { Answer, RefusalDetails } from './answer.ts';
import { formatMessage, lookup } from './knowledge.ts';

/** Where an error is answered: each has an envelope of its own. */
export type Dialect = 'defender' | 'graph';

/** What goes into an error's envelope. */
export interface ErrorContext {
  readonly dialect: Dialect;
  readonly trackingId: string;
  /** The `client-request-id` that the caller sent. */
  readonly clientRequestId: string | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Graph answers at `/v1.0` and `/beta`; everything else is Defender. */
export function dialectOf(path: string): Dialect {
  return /^\/(v1\.0|beta)\//i.test(path) ? 'graph' : 'defender';
}

/** The code that usually comes with a status. */
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

/** The code that a family answers a status with; undefined where none is known. */
export function usualCode(status: number, dialect: Dialect): string | undefined {
  // Seen from Graph with 500, 504 and 403 alike: a code that says nothing, and no message.
  return dialect === 'graph' ? (GRAPH_CODES[status] ?? 'UnknownError') : USUAL_CODES[status];
}

function graphBody(code: string, message: string, context: ErrorContext): object {
  return {
    error: {
      code,
      message,
      innerError: {
        // Graph's date has no zone.
        date: new Date(context.at).toISOString().slice(0, 19),
        'request-id': context.trackingId,
        'client-request-id': context.clientRequestId ?? context.trackingId,
      },
    },
  };
}

function graphHeaders(context: ErrorContext): Record<string, string> {
  return {
    'request-id': context.trackingId,
    'client-request-id': context.clientRequestId ?? context.trackingId,
  };
}

function messageFor(code: string, details: RefusalDetails): string {
  const entry = lookup(code);
  return details.message ?? (entry ? formatMessage(entry, details.values ?? {}) : '');
}

/** An error answer in its family's envelope. */
export function errorAnswer(code: string, details: RefusalDetails, context: ErrorContext): Answer {
  const status = details.status ?? lookup(code)?.status ?? 400;
  const message = messageFor(code, details);
  const graph = context.dialect === 'graph';
  return {
    status,
    headers: { ...(graph ? graphHeaders(context) : {}), ...details.headers },
    body: graph
      ? graphBody(code, message, context)
      : { error: { code, message, target: context.trackingId } },
  };
}

/** An error of which only the status is known: the shape of the API gateway in front. */
export function gatewayAnswer(status: number, message: string): Answer {
  return { status, body: { statusCode: status, message } };
}
