import type { Controller, Handler, HeaderRecord } from './types.ts';

/**
 * The caller's side of a call: its handler, and the single controller that the handler gets for all attempts,
 * although each attempt has its own connection and controller.
 */
export class ResponseForwarder implements Controller {
  readonly handler: Handler;
  aborted = false;
  reason: unknown = null;
  readonly #onAbort: (reason: unknown) => void;
  #started: { readonly context: unknown } | undefined = undefined;
  #ended = false;
  /** The controller of the response that is being forwarded. */
  #target: Controller | undefined = undefined;
  #paused = false;
  /** Chunks to forward before the rest of the response. */
  #backlog: Uint8Array[] | undefined = undefined;
  /** Called when the backlog is empty. */
  #afterBacklog: () => void = noop;

  /** @param onAbort - called when the caller aborts before a response is forwarded */
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
    if (this.#backlog === undefined) this.#target?.resume();
    else this.#flush();
  }

  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    if (this.#target === undefined) this.#onAbort(reason);
    else this.#target.abort(reason);
  }

  /** Starts the handler: once, and again if an inner interceptor has a new context, such as followed redirects. */
  start(context: unknown): void {
    const known = context ?? undefined;
    if (this.#started !== undefined && this.#started.context === known) return;
    this.#started = { context: known };
    this.handler.onRequestStart?.(this, context);
  }

  /** Forwards an informational response (1xx). */
  inform(controller: Controller, status: number, headers: HeaderRecord, message?: string): void {
    this.#target = controller;
    this.handler.onResponseStart?.(this, status, headers, message);
    this.#target = undefined;
  }

  /** Forwards the final response. From now on the caller controls its connection. */
  open(controller: Controller, status: number, headers: HeaderRecord, message?: string): void {
    this.#target = controller;
    if (this.#paused) controller.pause();
    this.handler.onResponseStart?.(this, status, headers, message);
  }

  /** Forwards held chunks as fast as the handler takes them, then resumes the response. */
  replay(chunks: Uint8Array[], afterwards: () => void): void {
    this.#backlog = chunks;
    this.#afterBacklog = afterwards;
    this.#flush();
  }

  data(chunk: Uint8Array): void {
    if (this.#backlog === undefined) this.handler.onResponseData?.(this, chunk);
    else this.#backlog.push(chunk);
  }

  end(trailers: HeaderRecord): void {
    this.#whenFlushed(() => {
      this.#ended = true;
      this.handler.onResponseEnd?.(this, trailers);
    });
  }

  fail(error: unknown): void {
    this.#whenFlushed(() => {
      if (this.#ended) return;
      this.#ended = true;
      this.handler.onResponseError?.(this, error);
    });
  }

  /** Ends the response with the error that the caller's handler threw, as undici itself does. */
  crash(error: unknown): void {
    this.abort(error);
    this.#backlog = undefined;
    this.fail(error);
  }

  #whenFlushed(action: () => void): void {
    if (this.#backlog === undefined) action();
    else this.#afterBacklog = action;
  }

  #flush(): void {
    const backlog = this.#backlog ?? [];
    while (!this.#paused && !this.aborted && backlog.length > 0) {
      const chunk = backlog.shift();
      if (chunk !== undefined) this.handler.onResponseData?.(this, chunk);
    }
    if (this.#paused && !this.aborted) return;
    this.#backlog = undefined;
    const afterwards = this.#afterBacklog;
    this.#afterBacklog = noop;
    if (!this.aborted) this.#target?.resume();
    afterwards();
  }
}

const noop = (): void => undefined;
