import { brotliDecompressSync, constants, gunzipSync, inflateSync } from 'node:zlib';
import type { ResponseForwarder } from './response-forwarder.ts';
import type { Controller, Handler, HeaderRecord } from './types.ts';

/** How much of an error answer's body is held back to be looked at, in bytes. */
const MAX_HELD = 65_536;
/** A body of this size, decoded, is no error of the API's. */
const MAX_DECODED = 1_048_576;

const DROPPED: Error = new Error('The answer is not used: the request is sent again');

type End = { readonly trailers: HeaderRecord } | { readonly error: unknown };

/**
 * One attempt. A success flows on to the caller's handler at once; an error answer is held, its body up
 * to a limit, until it is known whether the request is sent again.
 */
export class UndiciAttempt implements Handler {
  status = 0;
  headers: HeaderRecord = {};
  /** Settles when the final answer's headers are there. */
  readonly answered: Promise<this>;
  readonly #sink: ResponseForwarder;
  readonly #settle: PromiseWithResolvers<this>;
  readonly #looked: PromiseWithResolvers<void> = Promise.withResolvers();
  #state: 'sent' | 'held' | 'flowing' | 'dropped' = 'sent';
  #controller: Controller | undefined = undefined;
  #message: string | undefined = undefined;
  #held: Uint8Array[] = [];
  #size = 0;
  #end: End | undefined = undefined;

  constructor(sink: ResponseForwarder, signal: AbortSignal) {
    this.#sink = sink;
    this.#settle = Promise.withResolvers();
    this.answered = this.#settle.promise;
    signal.addEventListener('abort', () => this.drop(signal.reason), { once: true });
  }

  onRequestStart(controller: Controller, context: unknown): void {
    this.#controller = controller;
    if (this.#state === 'dropped') controller.abort(DROPPED);
    else this.#sink.start(context);
  }

  onResponseStart(
    controller: Controller,
    status: number,
    headers: HeaderRecord,
    message?: string,
  ): void {
    if (this.#state !== 'sent') return;
    if (status < 200) {
      this.#sink.inform(controller, status, headers, message);
      return;
    }
    this.#controller = controller;
    this.status = status;
    this.headers = headers;
    this.#message = message;
    if (status >= 400) {
      this.#state = 'held';
    } else {
      this.#state = 'flowing';
      this.#sink.open(controller, status, headers, message);
    }
    this.#settle.resolve(this);
  }

  onResponseData(controller: Controller, chunk: Uint8Array): void {
    if (this.#state === 'flowing') this.#sink.data(chunk);
    if (this.#state !== 'held') return;
    this.#held.push(chunk);
    this.#size += chunk.byteLength;
    if (this.#size < MAX_HELD) return;
    controller.pause();
    this.#looked.resolve();
  }

  onResponseEnd(_controller: Controller, trailers: HeaderRecord): void {
    this.#finish({ trailers });
  }

  onResponseError(_controller: Controller, error: unknown): void {
    if (this.#state === 'sent') this.fail(error);
    else this.#finish({ error });
  }

  onBodySent(chunk: unknown): void {
    this.#sink.handler.onBodySent?.(chunk);
  }

  onRequestSent(): void {
    this.#sink.handler.onRequestSent?.();
  }

  onResponseStarted(): void {
    this.#sink.handler.onResponseStarted?.();
  }

  /** No answer came. */
  fail(error: unknown): void {
    this.#state = 'dropped';
    this.#settle.reject(error);
  }

  /** The beginning of the body of an answer that is held, decoded where it is compressed. */
  async look(over: AbortSignal): Promise<Uint8Array | undefined> {
    const stop = (): void => this.#looked.resolve();
    over.addEventListener('abort', stop, { once: true });
    await this.#looked.promise;
    over.removeEventListener('abort', stop);
    // Too much has come, or it has taken too long: the rest waits until it is known what becomes of it.
    if (this.#end === undefined) this.#controller?.pause();
    const bytes = Buffer.concat(this.#held);
    return decoded(bytes, this.headers['content-encoding']);
  }

  /** Hands a held answer on to the caller's handler: what has come of it, and then the rest. */
  release(): void {
    if (this.#state !== 'held' || this.#controller === undefined) return;
    this.#state = 'flowing';
    const [held, end] = [this.#held, this.#end];
    this.#held = [];
    this.#sink.open(this.#controller, this.status, this.headers, this.#message);
    this.#sink.replay(held, () => {
      if (end === undefined) return;
      if ('error' in end) this.#sink.fail(end.error);
      else this.#sink.end(end.trailers);
    });
  }

  /** Lets go of an answer that nobody will read. */
  drop(reason: unknown = DROPPED): void {
    if (this.#state === 'flowing' || this.#state === 'dropped') return;
    this.#state = 'dropped';
    this.#held = [];
    this.#looked.resolve();
    if (this.#end === undefined) this.#controller?.abort(reason);
  }

  #finish(end: End): void {
    if (this.#state === 'held') {
      this.#end = end;
      this.#looked.resolve();
    } else if (this.#state === 'flowing') {
      if ('error' in end) this.#sink.fail(end.error);
      else this.#sink.end(end.trailers);
    }
  }
}

const DECODERS: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: (bytes) => gunzipSync(bytes, SYNC_FLUSH),
  'x-gzip': (bytes) => gunzipSync(bytes, SYNC_FLUSH),
  deflate: (bytes) => inflateSync(bytes, SYNC_FLUSH),
  br: (bytes) =>
    brotliDecompressSync(bytes, {
      finishFlush: constants.BROTLI_OPERATION_FLUSH,
      maxOutputLength: MAX_DECODED,
    }),
};

// A body that was cut off gives what came of it.
const SYNC_FLUSH = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_DECODED };

function decoded(bytes: Uint8Array, encoding: unknown): Uint8Array | undefined {
  if (typeof encoding !== 'string' || encoding === 'identity') return bytes;
  try {
    return DECODERS[encoding.toLowerCase()]?.(bytes);
  } catch {
    // Not what it says it is: the status and the headers must do.
    return undefined;
  }
}
