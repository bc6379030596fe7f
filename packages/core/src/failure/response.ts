import { type Clock, systemClock } from '../clock.ts';
import { isObject } from '../is.ts';
import { failureOf } from './attach.ts';
import { classify } from './classify.ts';
import type { Failure } from './failure.ts';
import { failureOfParts } from './http-failure.ts';
import { hasMethod, safeGet } from './safe-get.ts';
import { MAX_ERROR_BODY } from './text.ts';

export interface ResponseOptions {
  /** Gives the current time in milliseconds since 1970. */
  readonly now: () => number;
  /** Stops reading the body; what has arrived by then is classified. */
  readonly signal?: AbortSignal;
}

/**
 * Classifies a response by its status, headers and the first 64 KiB of its body. The response stays
 * unread: its caller can read, stream or clone it as before. Never rejects.
 *
 * @returns undefined for a success (a status below 400)
 */
export async function failureOfResponse(
  response: Response,
  { now, signal }: ResponseOptions,
): Promise<Failure | undefined> {
  try {
    const { status } = response;
    if (!(status >= 400)) return undefined;
    // If the body is used up, a wrapped call inside this one may have classified it before.
    const known = response.bodyUsed ? failureOf(response) : undefined;
    if (known !== undefined) return known;
    // A stream that is not a web stream may stall unless all its copies are read.
    if (response.body && !hasMethod(response.body, 'getReader')) return classify(response, { now });
    const body = await readStart(response, signal);
    return failureOfParts({ status, headers: response.headers, body }, now);
  } catch {
    // Something that only looks like a response.
    return classify(response, { now });
  }
}

/** The beginning of a copy of the body; undefined if there is nothing left to copy. */
async function readStart(
  response: Response,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | undefined> {
  const original = response.body;
  if (original === null || response.bodyUsed || signal?.aborted) return undefined;
  const reader = response.clone().body?.getReader();
  if (reader === undefined) return undefined;
  if (response.body !== null) reportErrorEarly(response.body, original);
  const stop = (): void => cancel(reader);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const chunks: Uint8Array[] = [];
    await readUpTo(MAX_ERROR_BODY, reader, (chunk) => chunks.push(chunk));
    return concat(chunks);
  } finally {
    signal?.removeEventListener('abort', stop);
    cancel(reader);
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

async function readUpTo(
  limit: number,
  reader: Reader,
  take?: (chunk: Uint8Array) => void,
): Promise<void> {
  let size = 0;
  try {
    while (size < limit) {
      const { done, value } = await reader.read();
      if (done) return;
      take?.(value);
      size += value.byteLength;
    }
  } catch {
    // The body broke off; what arrived before it may still contain the code.
  }
}

function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.byteLength, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}

const IS_READABLE = Symbol.for('nodejs.stream.readable');
const IS_ERRORED = Symbol.for('nodejs.stream.errored');

/**
 * Works around an unhandled rejection in undici 6, the fetch of Node 22, which would end the process.
 * An abort there errors the original body and then cancels the copy, which undici takes for readable
 * until a few microtasks later; if the other copy was cancelled before, that rejects. So the copy
 * reports that it is not readable as soon as the original has failed.
 */
function reportErrorEarly(copy: ReadableStream, original: ReadableStream): void {
  const prototype: unknown = Reflect.getPrototypeOf(copy);
  Reflect.defineProperty(copy, IS_READABLE, {
    configurable: true,
    get: (): unknown => {
      if (safeGet(original, IS_ERRORED) === true) return false;
      return isObject(prototype) ? Reflect.get(prototype, IS_READABLE, copy) : undefined;
    },
  });
}

const RELEASE_TIMEOUT_MS = 2_000;

/**
 * Frees the connection of a response that nobody will read: reads the rest of its body, or cancels it
 * if that is more than 64 KiB or takes more than 2 seconds. Never rejects.
 */
export async function release(response: Response, clock: Clock = systemClock): Promise<void> {
  try {
    const { body } = response;
    if (body === null || body.locked) return;
    const reader = body.getReader();
    const timer = clock.timer(() => cancel(reader), RELEASE_TIMEOUT_MS, { keepAlive: false });
    await readUpTo(MAX_ERROR_BODY + 1, reader);
    timer.cancel();
    cancel(reader);
  } catch {
    // Something that only looks like a response holds no connection.
  }
}

// Not awaited: cancelling a copy settles only when the original is cancelled too.
function cancel(reader: Reader): void {
  reader.cancel().catch(() => undefined);
}
