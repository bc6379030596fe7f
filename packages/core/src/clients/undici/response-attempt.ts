import type { Failure } from '../../failure/failure.ts';
import { safeGet } from '../../failure/safe-get.ts';
import { MAX_ERROR_BODY } from '../../failure/text.ts';
import { TRUNCATED_BODY } from '../../failure/truncated-body.ts';
import { brokenBodyFailure, isJsonSuccess, MAX_BUFFERED_JSON } from '../shared/json-body.ts';
import { decodeStart, isCutOff, isEncoded } from './decode.ts';
import type { ResponseForwarder } from './response-forwarder.ts';
import type { Controller, Handler, HeaderRecord } from './types.ts';

const DISPOSED: Error = new Error('The response is discarded: the request is sent again');

type End = { readonly trailers: HeaderRecord } | { readonly error: unknown };

/**
 * One attempt. A success is forwarded to the caller's handler at once, unless it is JSON: that is held back
 * until it is complete, up to 1 MiB, since the request is sent again if it breaks off. An error response is
 * held back, with up to 64 KiB of its body, until the retry decision.
 */
export class ResponseAttempt implements Handler {
  status = 0;
  headers: HeaderRecord = {};
  /** Settles when the final response's headers arrive. */
  readonly responded: Promise<this>;
  /** The context that an inner interceptor passes with the request. */
  #context: unknown = undefined;
  readonly #forwarder: ResponseForwarder;
  readonly #settle: PromiseWithResolvers<this>;
  /** Settles when the body is complete, too long or no longer needed. */
  readonly #peeked: PromiseWithResolvers<void> = Promise.withResolvers();
  #state: 'sent' | 'held' | 'forwarded' | 'disposed' = 'sent';
  #controller: Controller | undefined = undefined;
  #message: string | undefined = undefined;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #limit = MAX_ERROR_BODY;
  #end: End | undefined = undefined;

  constructor(forwarder: ResponseForwarder, signal: AbortSignal) {
    this.#forwarder = forwarder;
    this.#settle = Promise.withResolvers();
    this.responded = this.#settle.promise;
    signal.addEventListener('abort', () => this.dispose(signal.reason), { once: true });
  }

  onRequestStart(controller: Controller, context: unknown): void {
    this.#controller = controller;
    this.#context = context;
    if (this.#state === 'disposed') controller.abort(DISPOSED);
    else this.#forwarder.start(context);
  }

  onResponseStart(
    controller: Controller,
    status: number,
    headers: HeaderRecord,
    message?: string,
  ): void {
    if (this.#state !== 'sent') return;
    if (status < 200) {
      this.#forwarder.inform(controller, status, headers, message);
      return;
    }
    this.#controller = controller;
    this.status = status;
    this.headers = headers;
    this.#message = message;
    if (status < 400 && !isJsonSuccess(status, headers)) {
      this.#state = 'forwarded';
      this.#forwarder.open(controller, status, headers, message);
      this.#settle.resolve(this);
      return;
    }
    this.#state = 'held';
    if (status >= 400) this.#settle.resolve(this);
    else this.#limit = MAX_BUFFERED_JSON;
  }

  onResponseData(controller: Controller, chunk: Uint8Array): void {
    if (this.#state === 'forwarded') this.#forwarder.data(chunk);
    if (this.#state !== 'held') return;
    this.#chunks.push(chunk);
    this.#size += chunk.byteLength;
    if (this.#size < this.#limit) return;
    controller.pause();
    this.#peeked.resolve();
    this.#settle.resolve(this);
  }

  onResponseEnd(_controller: Controller, trailers: HeaderRecord): void {
    this.#finish({ trailers });
  }

  onResponseError(_controller: Controller, error: unknown): void {
    if (this.#state === 'sent') this.fail(error);
    else this.#finish({ error });
  }

  onBodySent(chunk: unknown): void {
    this.#forwarder.handler.onBodySent?.(chunk);
  }

  onRequestSent(): void {
    this.#forwarder.handler.onRequestSent?.();
  }

  onResponseStarted(): void {
    this.#forwarder.handler.onResponseStarted?.();
  }

  /** The last address in the history of undici's redirect interceptor; undefined if there is none. */
  get redirectedTo(): URL | undefined {
    const history = safeGet(this.#context, 'history');
    const last: unknown = Array.isArray(history) ? history.at(-1) : undefined;
    return last instanceof URL ? last : undefined;
  }

  /** No response came. */
  fail(error: unknown): void {
    this.#state = 'disposed';
    this.#settle.reject(error);
  }

  /**
   * The beginning of a held response's body, decoded if it is compressed.
   *
   * @param signal - stops waiting; what has arrived by then is the beginning
   */
  async peekBody(signal: AbortSignal): Promise<Uint8Array | undefined> {
    const stop = (): void => this.#peeked.resolve();
    signal.addEventListener('abort', stop, { once: true });
    await this.#peeked.promise;
    signal.removeEventListener('abort', stop);
    // The rest waits until it is known whether the response is forwarded.
    if (this.#end === undefined) this.#controller?.pause();
    return this.heldBody();
  }

  /** The received part of a held response, decoded if it is compressed. */
  async heldBody(): Promise<Uint8Array | undefined> {
    const encoding = this.headers['content-encoding'];
    const bytes = Buffer.concat(this.#chunks);
    return isEncoded(encoding) ? decodeStart(bytes, encoding) : bytes;
  }

  /** The failure in the body of a held success; undefined if there is none. */
  bodyFailure(): Promise<Failure | undefined> | Failure | undefined {
    if (this.#end === undefined) return undefined;
    if ('error' in this.#end) return brokenBodyFailure(this.#end.error);
    const encoding = this.headers['content-encoding'];
    if (!isEncoded(encoding)) return undefined;
    return isCutOff(Buffer.concat(this.#chunks), encoding).then((cutOff) =>
      cutOff ? TRUNCATED_BODY : undefined,
    );
  }

  /** Forwards a held response to the caller's handler: the received part, then the rest. */
  forward(): void {
    if (this.#state !== 'held' || this.#controller === undefined) return;
    this.#state = 'forwarded';
    const [chunks, end] = [this.#chunks, this.#end];
    this.#chunks = [];
    this.#forwarder.open(this.#controller, this.status, this.headers, this.#message);
    this.#forwarder.replay(chunks, () => {
      if (end === undefined) return;
      // undici's fetch begins to listen after the turn in which its response starts: it would never settle.
      if ('error' in end) setImmediate(() => this.#forwardEnd(end));
      else this.#forwardEnd(end);
    });
  }

  /** Discards a response that nobody will read, and its connection if the response has not ended. */
  dispose(reason: unknown = DISPOSED): void {
    if (this.#state === 'forwarded' || this.#state === 'disposed') return;
    this.#state = 'disposed';
    this.#chunks = [];
    this.#peeked.resolve();
    if (this.#end === undefined) this.#controller?.abort(reason);
  }

  #finish(end: End): void {
    if (this.#state === 'held') {
      this.#end = end;
      this.#peeked.resolve();
      this.#settle.resolve(this);
    } else if (this.#state === 'forwarded') {
      this.#forwardEnd(end);
    }
  }

  #forwardEnd(end: End): void {
    if ('error' in end) this.#forwarder.fail(end.error);
    else this.#forwarder.end(end.trailers);
  }
}
