import { type Clock, systemClock } from '../../clock.ts';
import { failureOf } from '../../failure/attach.ts';
import { classify } from '../../failure/classify.ts';
import type { Failure } from '../../failure/failure.ts';
import { failureOfParts } from '../../failure/http-failure.ts';
import { hasMethod, safeGet } from '../../failure/safe-get.ts';
import { MAX_ERROR_BODY } from '../../failure/text.ts';
import { isObject } from '../../is.ts';
import { brokenBodyFailure, isJsonSuccess, MAX_BUFFERED_JSON, truncationOf } from './json-body.ts';

/** How long the body of an error response is read before its status alone must do. */
const ERROR_BODY_TIMEOUT_MS = 5_000;
/** How long the rest of a body that nobody reads is drained before it is cancelled. */
const DRAIN_TIMEOUT_MS = 2_000;

export interface ResponseOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Ends the reading of the body; what has arrived by then is used. */
  readonly signal?: AbortSignal;
}

/**
 * Classifies a response, reading at most 64 KiB of its body. The response stays unread: its caller can
 * read, stream or clone it as before. Never rejects.
 *
 * @returns undefined for a success (a status below 400)
 */
export async function failureOfResponse(
  response: Response,
  { now, signal }: ResponseOptions,
): Promise<Failure | undefined> {
  try {
    if (!(response.status >= 400)) return undefined;
    // A body that is gone may have been read by a wrapped call inside this one.
    const known = response.bodyUsed ? failureOf(response) : undefined;
    if (known !== undefined) return known;
    // Of a body that is no web stream, a clone that is not read to its end may stall the original.
    if (response.body && !hasMethod(response.body, 'getReader')) return classify(response, { now });
    const body = await peekBody(response, signal);
    return failureOfParts({ status: response.status, headers: response.headers, body }, now);
  } catch {
    // A response class of someone else's that cannot be cloned or read: its fields must do.
    return classify(response, { now });
  }
}

/**
 * Runs `read` for as long as an error body is worth waiting for: five seconds, no longer than the attempt
 * may take, and no longer than the caller waits.
 *
 * @param endsAt - when the attempt's time is up, by the clock
 * @param read - ends with what it has as soon as its signal aborts
 */
export async function readErrorBodyInTime<T>(
  clock: Clock,
  endsAt: number,
  signal: AbortSignal | undefined,
  read: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  const timer = clock.timer(stop, Math.min(ERROR_BODY_TIMEOUT_MS, endsAt - clock.now()));
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return await read(controller.signal);
  } finally {
    timer.cancel();
    signal?.removeEventListener('abort', stop);
  }
}

/**
 * Reads the JSON body of a success ahead of the caller, to notice that it breaks off while the request can
 * still be sent again. The response stays unread. Never rejects.
 *
 * @returns what is wrong with the body; undefined where nothing is, or where it is too long
 */
export async function checkJsonBody(
  response: Response,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  if (!isJsonSuccess(response.status, response.headers)) return undefined;
  if (!hasMethod(response.body, 'getReader')) return undefined;
  const reader = readerOfClone(response);
  if (reader === undefined) return undefined;
  const { bytes, end } = await readUntilAborted(reader, MAX_BUFFERED_JSON, signal);
  if (end === 'too-long' || signal.aborted) return undefined;
  return end === 'complete' ? truncationOf(bytes) : brokenBodyFailure(end.error);
}

/**
 * Reads the beginning of a web stream.
 *
 * @param signal - ends the reading; what has arrived by then is the beginning
 * @returns the beginning, 64 KiB at most, and a stream that gives all of it
 */
export async function peekWebStream(
  source: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): Promise<{ readonly start: Uint8Array; readonly whole: ReadableStream<Uint8Array> }> {
  const [copy, whole] = source.tee();
  return { start: await readStart(copy.getReader(), signal), whole };
}

/**
 * Drains the rest of a response that nobody will read, so that its connection can be reused. Cancels it
 * where that is long (64 KiB) or slow (2 seconds). Never rejects.
 */
export async function disposeResponse(
  response: Response,
  clock: Clock = systemClock,
): Promise<void> {
  try {
    const { body } = response;
    if (body === null || body.locked) return;
    const reader = body.getReader();
    const timer = clock.timer(() => cancel(reader), DRAIN_TIMEOUT_MS, { keepAlive: false });
    await readUpTo(reader, MAX_ERROR_BODY + 1);
    timer.cancel();
    cancel(reader);
  } catch {
    // A response class of someone else's that cannot be read holds no connection of ours.
  }
}

/**
 * Lets the caller's abort reach a body that is read after the call has ended, as with the bare fetch.
 * The listener is removed when the body is garbage-collected, so that a long-lived signal does not
 * collect one for each call.
 *
 * @returns a function that removes the listener earlier
 */
export function abortBodyOnSignal(
  signal: AbortSignal,
  body: object,
  abort: (reason: unknown) => void,
): () => void {
  const onAbort = (): void => abort(signal.reason);
  const unlink = (): void => {
    signal.removeEventListener('abort', onAbort);
    collected.unregister(unlink);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  collected.register(body, unlink, unlink);
  return unlink;
}

const collected = new FinalizationRegistry<() => void>((unlink) => unlink());

type Reader = ReadableStreamDefaultReader<Uint8Array>;

type BodyEnd = 'complete' | 'too-long' | { readonly error: unknown };

interface ReadBody {
  readonly bytes: Uint8Array;
  readonly end: BodyEnd;
}

/** The beginning of a clone's body; undefined where there is none left to clone. */
async function peekBody(
  response: Response,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | undefined> {
  const reader = signal?.aborted ? undefined : readerOfClone(response);
  return reader && readStart(reader, signal);
}

function readerOfClone(response: Response): Reader | undefined {
  const whole = response.body;
  if (whole === null || response.bodyUsed) return undefined;
  const reader = response.clone().body?.getReader();
  if (reader !== undefined && response.body !== null) reportErrorEarly(response.body, whole);
  return reader;
}

async function readStart(reader: Reader, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const { bytes } = await readUntilAborted(reader, MAX_ERROR_BODY, signal);
  return bytes.subarray(0, MAX_ERROR_BODY);
}

async function readUntilAborted(
  reader: Reader,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<ReadBody> {
  const stop = (): void => cancel(reader);
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  const { chunks, ...end } = await readUpTo(reader, limit);
  signal?.removeEventListener('abort', stop);
  stop();
  return { bytes: concat(chunks), ...end };
}

function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((size, { byteLength }) => size + byteLength, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}

/** What a body gives until it ends, breaks off or has given `limit` bytes. Never rejects. */
async function readUpTo(
  reader: Reader,
  limit: number,
): Promise<{ readonly chunks: Uint8Array[]; readonly end: BodyEnd }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    while (size < limit) {
      const { done, value } = await reader.read();
      if (done) return { chunks, end: 'complete' };
      chunks.push(value);
      size += value.byteLength;
    }
    return { chunks, end: 'too-long' };
  } catch (error) {
    // What came before may still hold the code of a failure.
    return { chunks, end: { error } };
  }
}

// Not awaited: cancelling a clone ends only when the original is cancelled too.
function cancel(reader: Reader): void {
  reader.cancel().catch(() => undefined);
}

const IS_READABLE = Symbol.for('nodejs.stream.readable');
const IS_ERRORED = Symbol.for('nodejs.stream.errored');

/**
 * Makes one clone of a body say that it is not readable as soon as the body itself has failed, a few
 * microtasks before the clone fails as well. On an abort, undici 6 (inside Node 22) errors the body and
 * then cancels the clone that it still takes for readable. Where the other clone was cancelled before,
 * that rejects, and undici throws it as an unhandled rejection, which ends the process.
 */
function reportErrorEarly(clone: ReadableStream, whole: ReadableStream): void {
  const prototype: unknown = Reflect.getPrototypeOf(clone);
  Reflect.defineProperty(clone, IS_READABLE, {
    configurable: true,
    get: (): unknown => {
      if (safeGet(whole, IS_ERRORED) === true) return false;
      return isObject(prototype) ? Reflect.get(prototype, IS_READABLE, clone) : undefined;
    },
  });
}
