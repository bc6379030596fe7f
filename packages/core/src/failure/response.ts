import { type Clock, systemClock } from '../clock.ts';
import { isObjectOrFunction } from '../is.ts';
import { failureOf } from './attach.ts';
import { classify } from './classify.ts';
import type { Failure } from './failure.ts';
import { failureOfAnswer } from './http-failure.ts';
import { hasMethod, safeGet } from './safe-get.ts';
import { MAX_ERROR_BODY } from './text.ts';

/** How long the rest of a body that nobody reads is waited for, in milliseconds. */
const RELEASE_TIMEOUT_MS = 2_000;

export interface ResponseOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Ends the reading of the body: what has come by then must do. */
  readonly signal?: AbortSignal;
}

/**
 * Says what is wrong with a response, its body included, of which it reads 64 KiB at most. The response
 * stays unread: its caller can read, stream or clone it as before. Never rejects.
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
    // Where the body is gone, a wrapped call inside this one may have read it before.
    const known = response.bodyUsed ? failureOf(response) : undefined;
    if (known !== undefined) return known;
    // A stream of another make may stall when one of its copies is not read to the end.
    if (response.body && !hasMethod(response.body, 'getReader')) return classify(response, { now });
    const body = await readStart(response, signal);
    return failureOfAnswer({ status, headers: response.headers, body }, now);
  } catch {
    // A response of someone's own making: its looks must do.
    return classify(response, { now });
  }
}

/** The beginning of a copy of the body; undefined where there is none left to copy. */
async function readStart(
  response: Response,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | undefined> {
  const whole = response.body;
  if (whole === null || response.bodyUsed || signal?.aborted) return undefined;
  const reader = response.clone().body?.getReader();
  if (reader === undefined) return undefined;
  if (response.body !== null) tellErrorEarly(response.body, whole);
  const stop = (): void => cancel(reader);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return await readUpTo(reader, MAX_ERROR_BODY);
  } finally {
    signal?.removeEventListener('abort', stop);
    cancel(reader);
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

async function readUpTo(reader: Reader, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    while (size < limit) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      size += value.byteLength;
    }
  } catch {
    // The body broke off: what came before may still tell the code.
  }
  return Buffer.concat(chunks);
}

const IS_READABLE = Symbol.for('nodejs.stream.readable');
const IS_ERRORED = Symbol.for('nodejs.stream.errored');

/**
 * Has one copy of a body say that it cannot be read any more as soon as the body itself has failed, a
 * few microtasks before it fails as well. In undici 6, which Node 22 has inside, an abort errors the
 * body, and then cancels the copy that it still takes for readable; where the other copy was cancelled
 * before, that rejects, and undici throws it as an unhandled rejection, which ends the process.
 */
function tellErrorEarly(copy: ReadableStream, whole: ReadableStream): void {
  const own: unknown = Reflect.getPrototypeOf(copy);
  Reflect.defineProperty(copy, IS_READABLE, {
    configurable: true,
    get: (): unknown => {
      if (safeGet(whole, IS_ERRORED) === true) return false;
      return isObjectOrFunction(own) ? Reflect.get(own, IS_READABLE, copy) : undefined;
    },
  });
}

/**
 * Lets go of a response that nobody will read, so that its connection can be used again: reads the rest
 * of its body, and cancels it where that is long (64 KiB) or slow (2 seconds). Never rejects.
 */
export async function release(response: Response, clock: Clock = systemClock): Promise<void> {
  try {
    const { body } = response;
    if (body === null || body.locked) return;
    const reader = body.getReader();
    const timer = clock.timer(() => cancel(reader), RELEASE_TIMEOUT_MS, { keepAlive: false });
    await drain(reader, MAX_ERROR_BODY);
    timer.cancel();
    cancel(reader);
  } catch {
    // A response of someone's own making that cannot be read holds no connection of ours.
  }
}

async function drain(reader: Reader, limit: number): Promise<void> {
  let size = 0;
  try {
    while (size <= limit) {
      const { done, value } = await reader.read();
      if (done) return;
      size += value.byteLength;
    }
  } catch {
    // The body broke off: the connection is gone.
  }
}

// Not awaited: a copy's cancellation ends only when the original's does.
function cancel(reader: Reader): void {
  reader.cancel().catch(() => undefined);
}
