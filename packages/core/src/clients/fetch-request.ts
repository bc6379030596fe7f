import { type BodyKind, bodyKind } from './body.ts';

type FetchInput = Parameters<typeof globalThis.fetch>[0];
export type FetchInit = NonNullable<Parameters<typeof globalThis.fetch>[1]>;

/** What is read, once, of the arguments of a fetch. */
export interface FetchRequest {
  readonly url: URL;
  /** In capitals where the standard says so. */
  readonly method: string;
  readonly signal: AbortSignal | undefined;
  /** The input, where it is a `Request`. */
  readonly request: Request | undefined;
  readonly init: FetchInit | undefined;
  readonly body: unknown;
  readonly bodyKind: BodyKind;
}

/** The methods that the fetch standard writes in capitals whatever the caller wrote. */
const NORMALISED: ReadonlySet<string> = new Set([
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'POST',
  'PUT',
]);

/**
 * Reads what the pipeline must know. Undefined for whatever is not certainly an HTTP request: the
 * inner fetch then decides alone what becomes of it.
 */
export function readRequest(input: FetchInput, init: unknown): FetchRequest | undefined {
  try {
    const request = isRequest(input) ? input : undefined;
    const href =
      request?.url ?? (typeof input === 'string' || input instanceof URL ? `${input}` : '');
    const url = URL.parse(href);
    if (url === null || !url.protocol.startsWith('http') || !isInit(init)) return undefined;
    const given = init ?? undefined;
    const signal = given?.signal === undefined ? request?.signal : (given.signal ?? undefined);
    if (signal !== undefined && !isSignal(signal)) return undefined;
    const ownBody = given?.body ?? undefined;
    return {
      url,
      method: normalised(given?.method ?? request?.method ?? 'GET'),
      signal,
      request,
      init: given,
      body: ownBody,
      bodyKind: ownBody === undefined ? requestBodyKind(request) : bodyKind(ownBody),
    };
  } catch {
    // A getter of the caller's threw; the inner fetch will meet it too and reports it.
    return undefined;
  }
}

// A `Request` is sent again from a clone, which must be made before its body is used.
function requestBodyKind(request: Request | undefined): BodyKind {
  if (request === undefined || request.body === null) return 'none';
  return request.bodyUsed ? 'one-shot' : 'replayable';
}

function normalised(method: unknown): string {
  const text = String(method);
  const upper = text.toUpperCase();
  return NORMALISED.has(upper) ? upper : text;
}

function isRequest(input: unknown): input is Request {
  return Object.prototype.toString.call(input) === '[object Request]';
}

function isInit(init: unknown): init is FetchInit | null | undefined {
  return init === undefined || init === null || typeof init === 'object';
}

function isSignal(signal: unknown): signal is AbortSignal {
  return Object.prototype.toString.call(signal) === '[object AbortSignal]';
}
