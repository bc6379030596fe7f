import { isObjectOrFunction } from '../is.ts';
import { safeGet, safeGetObject, safeGetString } from './safe-get.ts';
import { cleanMessage, MAX_ERROR_BODY, parseJson } from './text.ts';

/** What the body of an error answer says. */
export interface ErrorBody {
  /** `api`: in an envelope of the service's own. `gateway`: in any other form, or not at all. */
  readonly origin: 'api' | 'gateway';
  /** As it stands there; undefined where there is none. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  /** Defender's tracking ID. */
  readonly target?: string | undefined;
  /** Graph's or Entra's. */
  readonly requestId?: string | undefined;
  /** The gateway's, or the one that the client chose. */
  readonly otherId?: string | undefined;
  /** Entra's numbers, such as 7000215. Only an answer of a token endpoint has them. */
  readonly entra?: readonly number[] | undefined;
}

/** How deep a document may be carried in another's message. */
const MAX_DEPTH = 3;

/** Reads one shape of error document; undefined where it is not that shape. */
type ShapeReader = (document: object, depth: number) => ErrorBody | undefined;

/** The shapes of error documents, the service's own first. */
const SHAPES: readonly ShapeReader[] = [
  readEnvelope,
  readEntra,
  readBareError,
  readApiManagement,
  readWebApi,
  readProblem,
];

/** Reads a parsed error document of any known shape. Never throws. */
export function readRecord(document: object, depth = 0): ErrorBody | undefined {
  for (const read of SHAPES) {
    const said = read(document, depth);
    if (said !== undefined) return said;
  }
  return undefined;
}

/** `{ error: { code, message, target } }`, and Graph's with `innerError`. */
function readEnvelope(document: object, depth: number): ErrorBody | undefined {
  const error =
    safeGetObject(document, 'error') ??
    // What Microsoft's generated clients call it, and what OData 3 did.
    safeGetObject(document, 'errorEscaped') ??
    safeGetObject(document, 'odata.error');
  return error === undefined ? undefined : readError(error, depth);
}

/** The same without its envelope, as the Graph client keeps it. */
function readBareError(document: object, depth: number): ErrorBody | undefined {
  if (safeGetString(document, 'code') === undefined) return undefined;
  return safeGetString(document, 'message') === undefined ? undefined : readError(document, depth);
}

function readError(error: object, depth: number): ErrorBody | undefined {
  const code = codeText(safeGet(error, 'code'));
  const message = messageText(safeGet(error, 'message'));
  if (code === undefined && message === undefined) return undefined;
  const inner = safeGetObject(error, 'innerError') ?? safeGetObject(error, 'innererror');
  const said: ErrorBody = {
    origin: 'api',
    code,
    message: message === undefined ? undefined : cleanMessage(message),
    target: safeGetString(error, 'target'),
    requestId: safeGetString(inner, 'request-id') ?? safeGetString(inner, 'requestId'),
    otherId: safeGetString(inner, 'client-request-id') ?? safeGetString(inner, 'clientRequestId'),
  };
  const carried = message === undefined ? undefined : readCarried(message, depth);
  return carried === undefined ? said : merge(said, carried);
}

/** Graph hands the Defender error on as JSON inside its message, and some encode it twice. */
function readCarried(message: string, depth: number): ErrorBody | undefined {
  const start = message.indexOf('{');
  const end = message.lastIndexOf('}');
  if (depth >= MAX_DEPTH || start < 0 || end < start || end > MAX_ERROR_BODY) return undefined;
  const text = message.slice(start, end + 1);
  const value = parseJson(text) ?? parseJson(String(parseJson(`"${text}"`)));
  const carried = isObjectOrFunction(value) ? readRecord(value, depth + 1) : undefined;
  // Braces in the middle of a sentence may be an echo of what was sent.
  return carried?.origin === 'api' || start === 0 ? carried : undefined;
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
  // The second spelling is that of the Azure identity library.
  const description =
    safeGetString(document, 'error_description') ?? safeGetString(document, 'errorDescription');
  // Other services write a sentence there.
  if (description === undefined) return { origin: 'gateway', message: cleanMessage(error) };
  return {
    origin: 'api',
    code: error,
    message: cleanMessage(description),
    requestId: safeGetString(document, 'trace_id') ?? safeGetString(document, 'traceId'),
    otherId: safeGetString(document, 'correlation_id') ?? safeGetString(document, 'correlationId'),
    ...(isBearer(error)
      ? {}
      : { entra: numbers(safeGet(document, 'error_codes') ?? safeGet(document, 'errorCodes')) }),
  };
}

/** RFC 6750 gives every API these codes in the same form: there the token is at fault, not a credential. */
function isBearer(error: string): boolean {
  return error === 'invalid_token' || error === 'insufficient_scope';
}

/** `{ statusCode, message, activityId }` of Azure API Management. */
function readApiManagement(document: object): ErrorBody | undefined {
  const message = safeGetString(document, 'message');
  if (message === undefined) return undefined;
  return {
    origin: 'gateway',
    message: cleanMessage(message),
    otherId: safeGetString(document, 'activityId'),
  };
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
  return {
    origin: 'gateway',
    message: cleanMessage(`${title} ${safeGetString(document, 'detail') ?? ''}`),
    otherId: safeGetString(document, 'traceId'),
  };
}

function codeText(code: unknown): string | undefined {
  if (typeof code === 'number') return String(code);
  return typeof code === 'string' ? code : undefined;
}

/** OData 3 has `{ lang, value }` there. */
function messageText(message: unknown): string | undefined {
  return typeof message === 'string' ? message : safeGetString(message, 'value');
}

function numbers(list: unknown): readonly number[] {
  if (!Array.isArray(list)) return [];
  return list.slice(0, 10).filter((item): item is number => typeof item === 'number');
}
