import { isObject } from '../is.ts';
import { safeGet, safeGetObject, safeGetString, safeItems } from './safe-get.ts';
import { cleanMessage, MAX_ERROR_BODY, parseJson } from './text.ts';

/** The content of an error response's body. */
export interface ErrorBody {
  /** `api`: in one of the service's own formats. `gateway`: in any other format, or empty. */
  readonly origin: 'api' | 'gateway';
  /** The code as received. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  /** Defender's tracking ID. */
  readonly target?: string | undefined;
  /** The request ID of Graph or Entra. */
  readonly requestId?: string | undefined;
  /** An ID from the gateway or the client. */
  readonly otherId?: string | undefined;
  /** True for the content of the service's format without its envelope, which proxies send too. */
  readonly bare?: true | undefined;
  /** AADSTS numbers such as 7000215. Only a token endpoint sends them. */
  readonly entra?: readonly number[] | undefined;
}

/** How many documents may be nested in each other's messages. */
const MAX_DEPTH = 3;

/** Reads one format; undefined if the document is not in that format. */
type DocumentReader = (document: object, depth: number) => ErrorBody | undefined;

/** The formats of error documents, the service's own first. */
const READERS: readonly DocumentReader[] = [
  readEnvelope,
  readEntra,
  readBareError,
  readApiManagement,
  readWebApi,
  readProblem,
];

/** Reads a parsed error document of any known format. Never throws. */
export function readErrorDocument(document: object, depth = 0): ErrorBody | undefined {
  for (const read of READERS) {
    const parsed = read(document, depth);
    if (parsed !== undefined) return parsed;
  }
  return undefined;
}

/** `{ error: { code, message, target } }`, and Graph's with `innerError`. */
function readEnvelope(document: object, depth: number): ErrorBody | undefined {
  const error =
    safeGetObject(document, 'error') ??
    // Kiota's generated clients rename the property.
    safeGetObject(document, 'errorEscaped') ??
    // OData 3.
    safeGetObject(document, 'odata.error');
  return readError(error, depth);
}

/** The content of the envelope without `error`: all that the Graph client keeps. */
function readBareError(document: object, depth: number): ErrorBody | undefined {
  if (safeGetString(document, 'code') === undefined) return undefined;
  if (safeGetString(document, 'message') === undefined) return undefined;
  const parsed = readError(document, depth);
  return parsed && { ...parsed, bare: true };
}

function readError(error: object | undefined, depth: number): ErrorBody | undefined {
  const code = codeText(safeGet(error, 'code'));
  const message = messageText(safeGet(error, 'message'));
  if (code === undefined && message === undefined) return undefined;
  const inner = safeGetObject(error, 'innerError') ?? safeGetObject(error, 'innererror');
  const parsed: ErrorBody = {
    origin: 'api',
    code,
    message: message === undefined ? undefined : cleanMessage(message),
    target: safeGetString(error, 'target'),
    requestId: safeGetString(inner, 'request-id') ?? safeGetString(inner, 'requestId'),
    otherId: safeGetString(inner, 'client-request-id') ?? safeGetString(inner, 'clientRequestId'),
  };
  const nested = message === undefined ? undefined : readNested(message, depth);
  return nested === undefined ? parsed : merge(parsed, nested);
}

/** Graph forwards the Defender error as JSON inside its own message; some services encode it twice. */
function readNested(message: string, depth: number): ErrorBody | undefined {
  const start = message.indexOf('{');
  if (start < 0 || depth >= MAX_DEPTH) return undefined;
  const end = message.lastIndexOf('}');
  if (end > MAX_ERROR_BODY) return undefined;
  const text = message.slice(start, end + 1);
  const value = parseJson(text) ?? parseJson(String(parseJson(`"${text}"`)));
  const nested = isObject(value) ? readErrorDocument(value, depth + 1) : undefined;
  // Braces in the middle of a sentence may echo the request.
  return nested?.origin === 'api' || start === 0 ? nested : undefined;
}

function merge(outer: ErrorBody, inner: ErrorBody): ErrorBody {
  return {
    origin: 'api',
    code: inner.code ?? outer.code,
    message: inner.message ?? outer.message,
    target: inner.target ?? outer.target,
    requestId: outer.requestId ?? inner.requestId,
    otherId: outer.otherId ?? inner.otherId,
  };
}

/** `{ error: 'invalid_client', error_description, error_codes }` of Entra's token endpoint. */
function readEntra(document: object): ErrorBody | undefined {
  const error = safeGetString(document, 'error');
  if (error === undefined) return undefined;
  // The Azure identity library renames the properties to camel case.
  const description =
    safeGetString(document, 'error_description') ?? safeGetString(document, 'errorDescription');
  // Other services put a sentence into `error`.
  if (description === undefined) return { origin: 'gateway', message: cleanMessage(error) };
  return {
    origin: 'api',
    code: error,
    message: cleanMessage(description),
    requestId: safeGetString(document, 'trace_id') ?? safeGetString(document, 'traceId'),
    otherId: safeGetString(document, 'correlation_id') ?? safeGetString(document, 'correlationId'),
    ...(isBearerError(error)
      ? {}
      : { entra: numbers(safeGet(document, 'error_codes') ?? safeGet(document, 'errorCodes')) }),
  };
}

/** RFC 6750 lets every API send these codes in Entra's format: then the token is at fault. */
function isBearerError(error: string): boolean {
  return error === 'invalid_token' || error === 'insufficient_scope';
}

/** `{ statusCode, message, activityId }` of Azure API Management. */
function readApiManagement(document: object): ErrorBody | undefined {
  const message = safeGetString(document, 'message');
  if (message === undefined) return undefined;
  const otherId = safeGetString(document, 'activityId');
  return { origin: 'gateway', message: cleanMessage(message), otherId };
}

/** `{ Message, MessageDetail }` of ASP.NET Web API. */
function readWebApi(document: object): ErrorBody | undefined {
  const message = safeGetString(document, 'Message');
  if (message === undefined) return undefined;
  const detail = safeGetString(document, 'MessageDetail') ?? '';
  return { origin: 'gateway', message: cleanMessage(`${message} ${detail}`) };
}

/** `{ title, detail, traceId }` of RFC 9457, as ASP.NET Core fills it. */
function readProblem(document: object): ErrorBody | undefined {
  const title = safeGetString(document, 'title');
  if (title === undefined) return undefined;
  const message = cleanMessage(`${title} ${safeGetString(document, 'detail') ?? ''}`);
  return { origin: 'gateway', message, otherId: safeGetString(document, 'traceId') };
}

function codeText(code: unknown): string | undefined {
  if (typeof code === 'number') return String(code);
  return typeof code === 'string' ? code : undefined;
}

/** OData 3 wraps its message as `{ lang, value }`. */
function messageText(message: unknown): string | undefined {
  return typeof message === 'string' ? message : safeGetString(message, 'value');
}

function numbers(list: unknown): readonly number[] {
  return (safeItems(list, 10) ?? []).filter((item) => typeof item === 'number');
}
