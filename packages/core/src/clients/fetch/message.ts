import type { AttemptFanOut } from '../../observe/fan-out.ts';
import type { AttemptSender } from '../../pipeline/call.ts';
import { type FetchInit, isEmptyInit } from './init.ts';
import { keepReferrer } from './referrer.ts';
import type { FetchInput, FetchRequest } from './request.ts';

/** What the inner fetch is called with, attempt by attempt: what the caller gave when it called. */
export class FetchMessage {
  readonly #read: FetchRequest;
  readonly #maxRetries: number;
  /** A clone of a `Request` with a body, for the attempt after the one under way. */
  #spare: Request | undefined = undefined;

  constructor(read: FetchRequest, maxRetries: number) {
    this.#read = read;
    this.#maxRetries = maxRetries;
  }

  /** The caller's own input the first time; clones of a `Request` with a body after it. */
  input(attempt: number): FetchInput {
    const { input, url, request, body, bodyKind } = this.#read;
    // The caller may have changed its URL for another call while this one waited.
    if (input instanceof URL) return input.href === url.href ? input : url;
    if (request === undefined || body !== undefined || bodyKind !== 'replayable') return input;
    const current = attempt === 1 ? request : (this.#spare ?? request);
    this.#spare = attempt <= this.#maxRetries ? current.clone() : undefined;
    return current;
  }

  /** The caller's init, with our signal in the place of the caller's, which it follows. */
  init(context: AttemptSender, observed: AttemptFanOut | undefined): FetchInit {
    const { init, request, headers, foreignSignal } = this.#read;
    const own: FetchInit = { ...init };
    if (!foreignSignal) own.signal = context.signal;
    if (request !== undefined && isEmptyInit(init)) keepReferrer(request, own);
    const sent = this.#withOurs(context, observed) ?? headers;
    if (sent !== undefined) own.headers = sent;
    return own;
  }

  close(): void {
    // An unread branch of a cloned body would keep what was sent in memory.
    this.#spare?.body?.cancel().catch(() => undefined);
    this.#spare = undefined;
  }

  /** The headers with a new token and what observers add; undefined where there is neither. */
  #withOurs(context: AttemptSender, observed: AttemptFanOut | undefined): Headers | undefined {
    if (context.token === undefined && !observed?.wantsHeaders) return undefined;
    try {
      const headers = new Headers(this.#read.headers);
      if (context.token !== undefined) headers.set('authorization', `Bearer ${context.token}`);
      observed?.headers(headers);
      return headers;
    } catch {
      // Headers that cannot be sent: the inner fetch says so in its own words.
      return undefined;
    }
  }
}
