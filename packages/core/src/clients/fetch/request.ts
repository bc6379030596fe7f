import { tagOf } from '../../failure/safe-get.ts';
import { cloneHeaders } from '../shared/headers.ts';
import { type BodyKind, bodyKind, copyBody, isByteStream } from '../shared/request-body.ts';

export type FetchInput = Parameters<typeof globalThis.fetch>[0];
export type FetchInit = NonNullable<Parameters<typeof globalThis.fetch>[1]>;
type FetchHeaders = NonNullable<FetchInit['headers']>;

/** The arguments of a fetch as they were when it was called, and what the pipeline must know of them. */
export interface FetchRequest {
  readonly url: URL;
  /** In capitals where the standard says so. */
  readonly method: string;
  /** The caller's; undefined where there is none, or one that only the inner fetch understands. */
  readonly signal: AbortSignal | undefined;
  /** Whether the caller gave a signal that only the inner fetch understands. */
  readonly foreignSignal: boolean;
  /** What the inner fetch is called with: the caller's own `Request` or `URL`, else a string. */
  readonly input: FetchInput;
  /** The input, where it is a `Request`. */
  readonly request: Request | undefined;
  /** A copy of the caller's; undefined where there was none. */
  readonly init: FetchInit | undefined;
  /** A copy of those of the init, else of the `Request`. */
  readonly headers: FetchHeaders | undefined;
  /** That of the init. */
  readonly body: unknown;
  readonly bodyKind: BodyKind;
}

/** The methods that the fetch standard writes in capitals, however the caller wrote them. */
const NORMALISED: ReadonlySet<string> = new Set([
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'POST',
  'PUT',
]);

/** What fetch reads of an init, with undici's own members. */
const INIT_MEMBERS: readonly string[] = [
  'method',
  'headers',
  'body',
  'referrer',
  'referrerPolicy',
  'mode',
  'credentials',
  'cache',
  'redirect',
  'integrity',
  'keepalive',
  'signal',
  'window',
  'duplex',
  'priority',
  'dispatcher',
];

/**
 * Reads the arguments of a fetch, each part once. Undefined for anything that is not certainly an HTTP
 * request: what becomes of it is then left to the inner fetch.
 *
 * @throws whatever a getter or an iterator of the caller's throws, which fetch rejects with
 */
export function readRequest(input: unknown, init: unknown): FetchRequest | undefined {
  const target = isInit(init) ? readTarget(input) : undefined;
  if (target === undefined) return undefined;
  const { request } = target;
  const given = init ? readInit(init) : undefined;
  const body = given?.body;
  const kind = body === undefined || body === null ? requestBodyKind(request) : bodyKind(body);
  if (given?.headers) given.headers = cloneHeaders(given.headers);
  if (given?.body && kind === 'replayable') given.body = copyBody(given.body);
  const signal = given?.signal === undefined ? request?.signal : (given.signal ?? undefined);
  const foreignSignal = signal !== undefined && !(signal instanceof AbortSignal);
  return {
    ...target,
    method: normalised(given?.method ?? request?.method ?? 'GET'),
    signal: foreignSignal ? undefined : signal,
    foreignSignal,
    init: given,
    headers: given?.headers ?? (request && cloneHeaders(request.headers)),
    body: given?.body ?? undefined,
    bodyKind: kind,
  };
}

/** Whether an init says nothing that fetch would read. */
export function isEmptyInit(init: FetchInit | undefined): boolean {
  return init === undefined || INIT_MEMBERS.every((key) => Reflect.get(init, key) === undefined);
}

function readTarget(input: unknown): Pick<FetchRequest, 'url' | 'input' | 'request'> | undefined {
  try {
    const request = isRequest(input) ? input : undefined;
    const text = request?.url ?? String(input);
    const url = URL.parse(text);
    if (url === null || !(url.protocol === 'https:' || url.protocol === 'http:')) return undefined;
    return { url, request, input: request ?? (input instanceof URL ? input : text) };
  } catch {
    // An object of the caller's that cannot be read: the inner fetch will report it.
    return undefined;
  }
}

/** The members of an init in an object of our own, each read once, as fetch itself reads them. */
function readInit(init: FetchInit): FetchInit {
  const members: FetchInit = { ...init };
  // An init may be a Request, a class instance or a proxy, whose members are inherited, hidden or made on demand.
  for (const key in init) copyMember(init, members, key);
  for (const key of INIT_MEMBERS) copyMember(init, members, key);
  return members;
}

function copyMember(init: FetchInit, members: FetchInit, key: string): void {
  if (key in members) return;
  const value: unknown = Reflect.get(init, key);
  if (value !== undefined) Reflect.set(members, key, value);
}

// A `Request` is sent again from a clone, which must be made before its body is used and which keeps all
// that was sent: of a stream of the caller's, that may be more than there is memory for.
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
