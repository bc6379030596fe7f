import { hasMethod } from '../../failure/safe-get.ts';
import type { Controller, Handler, HeaderRecord, LegacyHandler, RawHeaders } from './types.ts';

/** Whether a handler has the form of undici 6. */
export function isLegacy(handler: unknown): handler is LegacyHandler {
  return (
    !hasMethod(handler, 'onRequestStart') &&
    hasMethod(handler, 'onConnect') &&
    hasMethod(handler, 'onError')
  );
}

/** Adapts the caller's undici 6 handler to undici 7. */
export function fromLegacy(handler: LegacyHandler): Handler {
  return {
    onRequestStart: (controller, context) =>
      handler.onConnect((reason) => controller.abort(reason), context),
    onResponseStarted: () => handler.onResponseStarted?.(),
    onResponseStart(controller, status, headers, message) {
      const raw = rawOf(controller.rawHeaders, headers);
      const result = handler.onHeaders?.(status, raw, () => controller.resume(), message);
      // Before the final response, undici itself ignores what the handler returns.
      if (result === false && status >= 200) controller.pause();
    },
    onResponseData(controller, chunk) {
      if (handler.onData?.(chunk) === false) controller.pause();
    },
    onResponseEnd: (controller, trailers) =>
      handler.onComplete?.(rawOf(controller.rawTrailers, trailers)),
    onResponseError: (_controller, error) => handler.onError?.(error),
    onBodySent: (chunk) => handler.onBodySent?.(chunk),
    onRequestSent: () => handler.onRequestSent?.(),
  };
}

/** Adapts our undici 7 handler to undici 6. */
export function toLegacy(handler: Handler): LegacyHandler {
  let controller = new LegacyController(() => undefined);
  return {
    onConnect(abort, context) {
      controller = new LegacyController(abort);
      handler.onRequestStart?.(controller, context);
    },
    onResponseStarted: () => handler.onResponseStarted?.(),
    onHeaders(status, raw, resume, message) {
      controller.respond(raw, resume);
      // undici 6 pauses when a handler returns false.
      handler.onResponseStart?.(controller, status, recordOf(raw), message);
      return !controller.paused;
    },
    onData(chunk) {
      handler.onResponseData?.(controller, chunk);
      return !controller.paused;
    },
    onComplete(trailers) {
      controller.rawTrailers = trailers;
      handler.onResponseEnd?.(controller, recordOf(trailers));
    },
    onError: (error) => handler.onResponseError?.(controller, error),
    onBodySent: (chunk) => handler.onBodySent?.(chunk),
    onRequestSent: () => handler.onRequestSent?.(),
  };
}

class LegacyController implements Controller {
  paused = false;
  aborted = false;
  reason: unknown = null;
  rawHeaders: RawHeaders | undefined = undefined;
  rawTrailers: RawHeaders | undefined = undefined;
  readonly #abort: (reason?: unknown) => void;
  #resume: (() => void) | undefined = undefined;

  constructor(abort: (reason?: unknown) => void) {
    this.#abort = abort;
  }

  respond(raw: RawHeaders, resume: () => void): void {
    this.rawHeaders = raw;
    this.#resume = resume;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.#resume?.();
  }

  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    this.#abort(reason);
  }
}

function rawOf(raw: unknown, headers: HeaderRecord): RawHeaders {
  if (isRaw(raw)) return raw;
  return Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []]
      .flat()
      .flatMap((one) => [Buffer.from(name, 'latin1'), Buffer.from(one, 'latin1')]),
  );
}

function isRaw(raw: unknown): raw is RawHeaders {
  return Array.isArray(raw);
}

function recordOf(raw: RawHeaders | undefined): HeaderRecord {
  const record: Record<string, string | string[]> = {};
  for (let index = 0; index + 1 < (raw?.length ?? 0); index += 2) {
    const name = textOf(raw?.[index]).toLowerCase();
    const value = raw?.[index + 1];
    const values = (Array.isArray(value) ? value : [value]).map(textOf);
    const all = [record[name] ?? [], values].flat();
    record[name] = all.length === 1 ? (all[0] ?? '') : all;
  }
  return record;
}

function textOf(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value);
}
