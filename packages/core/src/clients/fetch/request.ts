import { tagOf } from '../../failure/safe-get.ts';
import { type BodyKind, bodyKind, copyBody, isByteStream } from '../shared/request-body.ts';
import { copyHeaders, type GivenHeaders } from './headers.ts';
import { type FetchInit, readInit } from './init.ts';

export type FetchInput = Parameters<typeof globalThis.fetch>[0];

/** The arguments of a fetch as they were when it was called, and what the pipeline must know of them. */
export interface FetchRequest {
  readonly url: URL;
  /** In capitals where the standard says so. */
  readonly method: string;
  /** The caller's; undefined where there is none, or one that only the inner fetch may know. */
  readonly signal: AbortSignal | undefined;
  /** Whether the caller gave a signal that only the inner fetch can judge. */
  readonly foreignSignal: boolean;
  /** What the inner fetch is called with: the caller's own `Request` or `URL`, else a string. */
  readonly input: FetchInput;
  /** The input, where it is a `Request`. */
  readonly request: Request | undefined;
  /** The caller's, copied; undefined where there was none. */
  readonly init: FetchInit | undefined;
  /** Those of the init, else of the `Request`; copied. */
  readonly headers: GivenHeaders | undefined;
  /** That of the init. */
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
 * Reads the arguments of a fetch, each part once. Undefined for whatever is not certainly an HTTP
 * request: the inner fetch then decides alone what becomes of it.
 *
 * @throws what a getter or an iterator of the caller's throws, which fetch rejects with
 */
export function readRequest(input: unknown, init: unknown): FetchRequest | undefined {
  const target = isInit(init) ? readTarget(input) : undefined;
  if (target === undefined) return undefined;
  const { request } = target;
  const given = init ? readInit(init) : undefined;
  const body = given?.body;
  const kind = body === undefined || body === null ? requestBodyKind(request) : bodyKind(body);
  if (given?.headers) given.headers = copyHeaders(given.headers);
  if (given?.body && kind === 'replayable') given.body = copyBody(given.body);
  const signal = given?.signal === undefined ? request?.signal : (given.signal ?? undefined);
  const foreignSignal = signal !== undefined && !(signal instanceof AbortSignal);
  return {
    ...target,
    method: normalised(given?.method ?? request?.method ?? 'GET'),
    signal: foreignSignal ? undefined : signal,
    foreignSignal,
    init: given,
    headers: given?.headers ?? (request && copyHeaders(request.headers)),
    body: given?.body ?? undefined,
    bodyKind: kind,
  };
}

function readTarget(input: unknown): Pick<FetchRequest, 'url' | 'input' | 'request'> | undefined {
  try {
    const request = isRequest(input) ? input : undefined;
    const text = request?.url ?? String(input);
    const url = URL.parse(text);
    if (url === null || !(url.protocol === 'https:' || url.protocol === 'http:')) return undefined;
    return { url, request, input: request ?? (input instanceof URL ? input : text) };
  } catch {
    // An object of the caller's that cannot be read; the inner fetch will meet it too and reports it.
    return undefined;
  }
}

// A `Request` is sent again from a clone, which must be made before its body is used, and which keeps
// all that was sent: of a stream of the caller's that may be more than there is memory for.
function requestBodyKind(request: Request | undefined): BodyKind {
  if (!request?.body) return 'none';
  return !request.bodyUsed && isByteStream(request.body) ? 'replayable' : 'one-shot';
}

function normalised(method: unknown): string {
  const text = String(method);
  const upper = text.toUpperCase();
  return NORMALISED.has(upper) ? upper : text;
}

function isRequest(input: unknown): input is Request {
  return tagOf(input) === 'Request';
}

function isInit(init: unknown): init is FetchInit | null | undefined {
  return init === undefined || init === null || typeof init === 'object';
}
