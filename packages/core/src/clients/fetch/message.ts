import { type HeaderPair, withHeaders } from '../shared/headers.ts';
import { keepReferrer } from './referrer.ts';
import { type FetchInit, type FetchInput, type FetchRequest, isEmptyInit } from './request.ts';

/** What the inner fetch is called with in each attempt: what the caller gave when it called. */
export class FetchMessage {
  readonly #request: FetchRequest;
  readonly #maxRetries: number;
  /** A clone of a `Request` with a body, for the next attempt. */
  #spare: Request | undefined = undefined;

  constructor(request: FetchRequest, maxRetries: number) {
    this.#request = request;
    this.#maxRetries = maxRetries;
  }

  /** The caller's own input the first time; after it, clones of a `Request` with a body. */
  input(attempt: number): FetchInput {
    const { input, url, request, body, bodyKind } = this.#request;
    // The caller may have changed its URL for another call while this one waited.
    if (input instanceof URL) return input.href === url.href ? input : url;
    if (request === undefined || body !== undefined || bodyKind !== 'replayable') return input;
    const current = attempt === 1 ? request : (this.#spare ?? request);
    this.#spare = attempt <= this.#maxRetries ? current.clone() : undefined;
    return current;
  }

  /** The caller's init with our signal, which follows the caller's, and the headers that are added. */
  init(signal: AbortSignal, added: readonly HeaderPair[]): FetchInit {
    const { init, request, headers, foreignSignal } = this.#request;
    const own: FetchInit = { ...init };
    if (!foreignSignal) own.signal = signal;
    if (request !== undefined && isEmptyInit(init)) keepReferrer(request, own);
    if (added.length > 0) own.headers = withHeaders(headers ?? {}, added);
    else if (headers !== undefined) own.headers = headers;
    return own;
  }

  close(): void {
    // An unread branch of a cloned body would keep what was sent in memory.
    this.#spare?.body?.cancel().catch(() => undefined);
    this.#spare = undefined;
  }
}
