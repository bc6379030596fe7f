import type { Controller, Handler, HeaderRecord } from './types.ts';

/**
 * The caller's side of a call: its handler, and the one controller that it gets for all attempts, since
 * each attempt has a connection and a controller of its own.
 */
export class ResponseForwarder implements Controller {
  readonly handler: Handler;
  aborted = false;
  reason: unknown = null;
  readonly #onAbort: (reason: unknown) => void;
  #started: { readonly context: unknown } | undefined = undefined;
  #ended = false;
  #target: Controller | undefined = undefined;
  #paused = false;
  /** What is still to be handed on before the rest of the answer may flow. */
  #waiting: Uint8Array[] | undefined = undefined;
  #afterwards: () => void = () => undefined;

  /** @param onAbort - called when the caller aborts before an answer flows */
  constructor(handler: Handler, onAbort: (reason: unknown) => void) {
    this.handler = handler;
    this.#onAbort = onAbort;
  }

  get paused(): boolean {
    return this.#paused || (this.#target?.paused ?? false);
  }

  get rawHeaders(): unknown {
    return this.#target?.rawHeaders ?? null;
  }

  get rawTrailers(): unknown {
    return this.#target?.rawTrailers ?? null;
  }

  pause(): void {
    this.#paused = true;
    this.#target?.pause();
  }

  resume(): void {
    this.#paused = false;
    if (this.#waiting === undefined) this.#target?.resume();
    else this.#flush();
  }

  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    if (this.#target === undefined) this.#onAbort(reason);
    else this.#target.abort(reason);
  }

  /** Told once, unless an interceptor below tells something new, such as the redirects it followed. */
  start(context: unknown): void {
    const told = context ?? undefined;
    if (this.#started !== undefined && this.#started.context === told) return;
    this.#started = { context: told };
    this.handler.onRequestStart?.(this, context);
  }

  /** An answer before the final one. */
  inform(controller: Controller, status: number, headers: HeaderRecord, message?: string): void {
    this.#target = controller;
    this.handler.onResponseStart?.(this, status, headers, message);
    this.#target = undefined;
  }

  /** The final answer: from here on, the caller steers its connection. */
  open(controller: Controller, status: number, headers: HeaderRecord, message?: string): void {
    this.#target = controller;
    if (this.#paused) controller.pause();
    this.handler.onResponseStart?.(this, status, headers, message);
  }

  /** Hands on what was held back, as fast as the handler takes it, and then lets the rest flow. */
  replay(held: Uint8Array[], afterwards: () => void): void {
    this.#waiting = held;
    this.#afterwards = afterwards;
    this.#flush();
  }

  data(chunk: Uint8Array): void {
    if (this.#waiting === undefined) this.handler.onResponseData?.(this, chunk);
    else this.#waiting.push(chunk);
  }

  end(trailers: HeaderRecord): void {
    this.#inTurn(() => {
      this.#ended = true;
      this.handler.onResponseEnd?.(this, trailers);
    });
  }

  fail(error: unknown): void {
    this.#inTurn(() => {
      if (this.#ended) return;
      this.#ended = true;
      this.handler.onResponseError?.(this, error);
    });
  }

  /** The caller's handler threw. It hears of it as of an answer that broke off, as undici does it. */
  crash(error: unknown): void {
    this.abort(error);
    this.#waiting = undefined;
    this.fail(error);
  }

  #inTurn(tell: () => void): void {
    if (this.#waiting === undefined) tell();
    else this.#afterwards = tell;
  }

  #flush(): void {
    const waiting = this.#waiting ?? [];
    while (!this.#paused && !this.aborted && waiting.length > 0) {
      const chunk = waiting.shift();
      if (chunk !== undefined) this.handler.onResponseData?.(this, chunk);
    }
    if (this.#paused && !this.aborted) return;
    this.#waiting = undefined;
    const afterwards = this.#afterwards;
    this.#afterwards = () => undefined;
    if (!this.aborted) this.#target?.resume();
    afterwards();
  }
}
