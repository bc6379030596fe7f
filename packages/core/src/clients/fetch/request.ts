import { tagOf } from '../../failure/safe-get.ts';
import { words } from '../../words.ts';
import { cloneHeaders, type HeaderPair, withHeaders } from '../shared/headers.ts';
import type { HttpRequest } from '../shared/http-call.ts';
import { type Place, parsedPlace, plainPlace } from '../shared/place.ts';
import { type BodyKind, bodyKind, copyBody, isByteStream } from '../shared/request-body.ts';
import { keepReferrer } from './referrer.ts';

export type FetchInput = Parameters<typeof globalThis.fetch>[0];
export type FetchInit = NonNullable<Parameters<typeof globalThis.fetch>[1]>;
type FetchHeaders = NonNullable<FetchInit['headers']>;

/** What a fetch is called with. */
interface Target {
  readonly text: string;
  readonly place: Place;
  /** What the inner fetch is called with: the caller's own `Request` or `URL`, else a string. */
  readonly input: FetchInput;
  /** The input, where it is a `Request`. */
  readonly request: Request | undefined;
}

/** The methods that the fetch standard writes in capitals, however the caller wrote them. */
const NORMALISED: ReadonlySet<string> = new Set(words('DELETE GET HEAD OPTIONS POST PUT'));

/** What fetch reads of an init, with undici's own members. */
const INIT_MEMBERS: readonly string[] = words(`
  method headers body referrer referrerPolicy mode credentials cache redirect integrity keepalive signal
  window duplex priority dispatcher
`);

/**
 * Reads the arguments of a fetch, each part once. Undefined for anything that is not certainly an HTTP
 * request: what becomes of it is then left to the inner fetch.
 *
 * @throws whatever a getter or an iterator of the caller's throws, which fetch rejects with
 */
export function readRequest(input: unknown, init: unknown): FetchRequest | undefined {
  const target = isInit(init) ? readTarget(input) : undefined;
  return target && new FetchRequest(target, init ? readInit(init) : undefined);
}

/** The arguments of a fetch as they were when it was called, and what each attempt sends of them. */
export class FetchRequest implements HttpRequest {
  readonly place: Place;
  /** In capitals where the standard says so. */
  readonly method: string;
  /** The caller's; undefined where there is none, or one that only the inner fetch understands. */
  readonly signal: AbortSignal | undefined;
  /** A copy of the caller's; undefined where there was none. */
  readonly init: FetchInit | undefined;
  /** A copy of those of the init, else of the `Request`. */
  readonly headers: FetchHeaders | undefined;
  /** That of the init. */
  readonly body: unknown;
  readonly bodyKind: BodyKind;
  readonly #target: Target;
  /** Whether the caller gave a signal that only the inner fetch understands. */
  readonly #foreignSignal: boolean;
  #url: URL | undefined = undefined;
  /** A clone of a `Request` with a body, for the next attempt. */
  #spare: Request | undefined = undefined;

  constructor(target: Target, init: FetchInit | undefined) {
    const { request, place } = target;
    const body = init?.body;
    const kind = body === undefined || body === null ? requestBodyKind(request) : bodyKind(body);
    if (init?.headers) init.headers = cloneHeaders(init.headers);
    if (init?.body && kind === 'replayable') init.body = copyBody(init.body);
    const signal = init?.signal === undefined ? request?.signal : (init.signal ?? undefined);
    this.#target = target;
    this.#foreignSignal = signal !== undefined && !(signal instanceof AbortSignal);
    this.place = place;
    this.method = normalised(init?.method ?? request?.method);
    this.signal = this.#foreignSignal ? undefined : signal;
    this.init = init;
    this.headers = init?.headers ?? (request && cloneHeaders(request.headers));
    this.body = init?.body ?? undefined;
    this.bodyKind = kind;
  }

  /** Parsed when it is read. */
  get url(): URL {
    this.#url ??= new URL(this.#target.text);
    return this.#url;
  }

  /** What the caller gave as the first argument. */
  get input(): FetchInput {
    return this.#target.input;
  }

  /**
   * The first argument of an attempt: the caller's own the first time; after it, clones of a `Request` with
   * a body.
   */
  inputOf(attempt: number, maxRetries: number): FetchInput {
    const { input, request, text } = this.#target;
    if (typeof input === 'string') return input;
    // The caller may have changed its URL for another call while this one waited.
    if (input instanceof URL) return input.href === text ? input : this.url;
    if (request === undefined || this.body !== undefined || this.bodyKind !== 'replayable') {
      return input;
    }
    const current = attempt === 1 ? request : (this.#spare ?? request);
    this.#spare = attempt <= maxRetries ? current.clone() : undefined;
    return current;
  }

  /** The caller's init with our signal, which follows the caller's, and the headers that are added. */
  initOf(signal: AbortSignal, added: readonly HeaderPair[]): FetchInit {
    const { init, headers } = this;
    const { request } = this.#target;
    const own: FetchInit = init === undefined ? {} : { ...init };
    if (!this.#foreignSignal) own.signal = signal;
    if (request !== undefined && isEmptyInit(init)) keepReferrer(request, own);
    if (added.length > 0) own.headers = withHeaders(headers ?? {}, added);
    else if (headers !== undefined) own.headers = headers;
    return own;
  }

  /** Releases what was kept for a further attempt. */
  close(): void {
    // An unread branch of a cloned body would keep what was sent in memory.
    this.#spare?.body?.cancel().catch(() => undefined);
    this.#spare = undefined;
  }
}

/** Whether an init says nothing that fetch would read. */
function isEmptyInit(init: FetchInit | undefined): boolean {
  return init === undefined || INIT_MEMBERS.every((key) => Reflect.get(init, key) === undefined);
}

function readTarget(input: unknown): Target | undefined {
  try {
    const request = isRequest(input) ? input : undefined;
    const text = request?.url ?? String(input);
    const place = plainPlace(text) ?? placeOf(text);
    if (place === undefined) return undefined;
    return { text, place, request, input: request ?? (input instanceof URL ? input : text) };
  } catch {
    // An object of the caller's that cannot be read: the inner fetch will report it.
    return undefined;
  }
}

function placeOf(text: string): Place | undefined {
  const url = URL.parse(text);
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:';
  return url && isHttp ? parsedPlace(url) : undefined;
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
  if (method === undefined || method === null) return 'GET';
  const text = String(method);
  const upper = text.toUpperCase();
  return NORMALISED.has(upper) ? upper : text;
}

function isRequest(input: unknown): input is Request {
  return typeof input === 'object' && tagOf(input) === 'Request';
}

function isInit(init: unknown): init is FetchInit | null | undefined {
  return init === undefined || init === null || typeof init === 'object';
}
