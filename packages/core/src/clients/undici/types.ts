/**
 * An interceptor for `dispatcher.compose(...)`, of undici 6, 7 or 8. Returns a dispatch function of the same
 * type as the one it receives.
 */
export type UndiciInterceptor = <D extends (options: never, handler: never) => boolean>(
  dispatch: D,
) => D;

/** The request that a dispatcher is asked to send. Nothing in it is checked. */
export type DispatchOptions = Readonly<Record<string, unknown>>;

export type Dispatch = (options: DispatchOptions, handler: object) => boolean;

/** Controls one response, since undici 7. */
export interface Controller {
  pause(): void;
  resume(): void;
  abort(reason: unknown): void;
  readonly paused: boolean;
  readonly aborted: boolean;
  readonly reason: unknown;
  readonly rawHeaders?: unknown;
  readonly rawTrailers?: unknown;
}

/** Header values by their names in lower case. */
export type HeaderRecord = Readonly<Record<string, string | string[] | undefined>>;

/** Receives the events of a request, since undici 7. */
export interface Handler {
  onRequestStart?(controller: Controller, context: unknown): void;
  onResponseStarted?(): void;
  onResponseStart?(
    controller: Controller,
    status: number,
    headers: HeaderRecord,
    message?: string,
  ): void;
  onResponseData?(controller: Controller, chunk: Uint8Array): void;
  onResponseEnd?(controller: Controller, trailers: HeaderRecord): void;
  onResponseError?(controller: Controller, error: unknown): void;
  onBodySent?(chunk: unknown): void;
  onRequestSent?(): void;
}

/** The handler of undici 6, and of Node's built-in fetch. */
export interface LegacyHandler {
  onConnect(abort: (reason?: unknown) => void, context?: unknown): void;
  onResponseStarted?(): void;
  onHeaders?(status: number, raw: RawHeaders, resume: () => void, message?: string): unknown;
  onData?(chunk: Uint8Array): unknown;
  onComplete?(trailers: RawHeaders): void;
  onError?(error: unknown): void;
  onBodySent?(chunk: unknown): void;
  onRequestSent?(): void;
}

/** Alternating names and values, as received. */
export type RawHeaders = readonly (Uint8Array | string | readonly (Uint8Array | string)[])[];
