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

/** The target of a fetch. */
interface Target {
  readonly text: string;
  readonly place: Place;
  /** The first argument of the inner fetch: the caller's own `Request` or `URL`, else a string. */
  readonly input: FetchInput;
  /** The input, if it is a `Request`. */
  readonly request: Request | undefined;
}

/** The methods that the fetch standard converts to upper case. */
const NORMALISED: ReadonlySet<string> = new Set(words('DELETE GET HEAD OPTIONS POST PUT'));

/** The members of an init that fetch reads, with undici's own. */
const INIT_MEMBERS: readonly string[] = words(`
  method headers body referrer referrerPolicy mode credentials cache redirect integrity keepalive signal
  window duplex priority dispatcher
`);

/**
 * Reads the arguments of a fetch, each part once. Undefined for anything that may not be an HTTP request: the
 * inner fetch then decides what to do with it.
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
  /** In upper case if the standard says so. */
  readonly method: string;
  /** The caller's; undefined if there is none, or one that only the inner fetch understands. */
  readonly signal: AbortSignal | undefined;
  /** A copy of the caller's; undefined if there was none. */
  readonly init: FetchInit | undefined;
  /** A copy of the init's headers, else of the `Request`'s. */
  readonly headers: FetchHeaders | undefined;
  /** The init's body. */
  readonly body: unknown;
  readonly bodyKind: BodyKind;
  readonly #target: Target;
  /** Whether the caller passed a signal that only the inner fetch understands. */
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

  /** The caller's first argument. */
  get input(): FetchInput {
    return this.#target.input;
  }

  /**
   * The first argument of an attempt: the caller's own the first time, then clones of a `Request` with a
   * body.
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

  /** Releases the body that was kept for another attempt. */
  close(): void {
    // An unread branch of a cloned body would keep the sent body in memory.
    this.#spare?.body?.cancel().catch(() => undefined);
    this.#spare = undefined;
  }
}

/** Whether an init has nothing that fetch would read. */
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
    // The caller's object cannot be read: the inner fetch will report it.
    return undefined;
  }
}

function placeOf(text: string): Place | undefined {
  const url = URL.parse(text);
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:';
  return url && isHttp ? parsedPlace(url) : undefined;
}

/** Copies the members of an init, reading each once, as fetch itself does. */
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

// A `Request` is sent again from a clone, which must be made before its body is used and which buffers
// everything that was sent. If the body is the caller's stream, that may be more than fits in memory.
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
