import { type Clock, systemClock } from '../../clock.ts';
import { failureOf } from '../../failure/attach.ts';
import { classify } from '../../failure/classify.ts';
import type { Failure } from '../../failure/failure.ts';
import { failureOfParts } from '../../failure/http-failure.ts';
import { hasMethod, safeGet } from '../../failure/safe-get.ts';
import { MAX_ERROR_BODY } from '../../failure/text.ts';
import { isObject } from '../../is.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { destroyForeignBody, peekForeignBody } from './foreign-body.ts';
import { brokenBodyFailure, isJsonSuccess, MAX_BUFFERED_JSON, truncationOf } from './json-body.ts';
import { cancel, type Reader, readStart, readUntilAborted, readUpTo } from './web-stream.ts';

/** How long the body of an error response is read before the status alone decides. */
const ERROR_BODY_TIMEOUT_MS = 5_000;
/** How long an unread body is drained before it is cancelled. */
const DRAIN_TIMEOUT_MS = 2_000;

export interface ResponseOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Stops reading the body; what has arrived by then is used. */
  readonly signal?: AbortSignal;
}

/**
 * Classifies a response, reading at most 64 KiB of its body. The response stays unread: the caller can read,
 * stream or clone it as before. Never rejects.
 *
 * @returns undefined for a success (a status below 400)
 */
export async function failureOfResponse(
  response: Response,
  { now, signal }: ResponseOptions,
): Promise<Failure | undefined> {
  try {
    if (!(response.status >= 400)) return undefined;
    // A wrapped call inside this one may have read the body.
    const known = response.bodyUsed ? failureOf(response) : undefined;
    if (known !== undefined) return known;
    const isForeign = response.body !== null && !hasMethod(response.body, 'getReader');
    const body = await (isForeign ? peekForeignBody : peekBody)(response, signal);
    return failureOfParts({ status: response.status, headers: response.headers, body }, now);
  } catch {
    // A custom response class that cannot be cloned or read: only its fields are used.
    return classify(response, { now });
  }
}

/** Like {@link failureOfResponse}, within the time that {@link readErrorBodyInTime} allows. */
export function failureInTime(
  pipeline: Pick<Pipeline, 'clock' | 'lifecycle' | 'time'>,
  response: Response,
  endsAt: number,
  signal: AbortSignal | undefined,
): Promise<Failure | undefined> {
  return readErrorBodyInTime(pipeline, endsAt, signal, (signal) =>
    failureOfResponse(response, { ...pipeline.time, signal }),
  );
}

/**
 * Runs `read` for as long as an error body is worth waiting for: five seconds, but no longer than the attempt
 * may take, and only until the caller aborts or the wrapper closes.
 *
 * @param endsAt - when the attempt's time is up, by the clock
 * @param read - resolves with what has arrived as soon as its signal aborts
 */
export async function readErrorBodyInTime<T>(
  { clock, lifecycle }: Pick<Pipeline, 'clock' | 'lifecycle'>,
  endsAt: number,
  signal: AbortSignal | undefined,
  read: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  const timer = clock.timer(stop, Math.min(ERROR_BODY_TIMEOUT_MS, endsAt - clock.now()));
  signal?.addEventListener('abort', stop, { once: true });
  const unlink = lifecycle.onLimit(stop);
  try {
    return await read(controller.signal);
  } finally {
    timer.cancel();
    unlink();
    signal?.removeEventListener('abort', stop);
  }
}

export interface CheckedBody {
  /** Whether the whole body has arrived. */
  readonly complete: boolean;
  /** What is wrong with the body; undefined if nothing is wrong or it was not checked. */
  readonly failure: Failure | undefined;
  /** The bytes of a complete body. */
  readonly bytes?: Uint8Array;
}

const UNCHECKED: CheckedBody = Object.freeze({ complete: false, failure: undefined });

/**
 * Reads the JSON body of a success ahead of the caller, up to 1 MiB, to notice if it breaks off while the
 * request can still be sent again. The response stays unread. Never rejects.
 */
export async function checkJsonBody(response: Response, signal: AbortSignal): Promise<CheckedBody> {
  if (!isJsonSuccess(response.status, response.headers)) return UNCHECKED;
  const reader = hasMethod(response.body, 'getReader') ? readerOfClone(response) : undefined;
  if (reader === undefined) return UNCHECKED;
  const { bytes, end } = await readUntilAborted(reader, MAX_BUFFERED_JSON, signal);
  if (end === 'too-long' || signal.aborted) return UNCHECKED;
  return end === 'complete'
    ? { complete: true, failure: truncationOf(bytes), bytes }
    : { complete: false, failure: brokenBodyFailure(end.error) };
}

/**
 * Drains the rest of a response that nobody will read, so that its connection can be reused. Cancels it if
 * the rest is long (over 64 KiB) or slow (over 2 seconds). Never rejects.
 */
export async function disposeResponse(
  response: Response,
  clock: Clock = systemClock,
): Promise<void> {
  try {
    const { body } = response;
    if (body === null || body.locked) return;
    if (!hasMethod(body, 'getReader')) return destroyForeignBody(body);
    const reader = body.getReader();
    const timer = clock.timer(() => cancel(reader), DRAIN_TIMEOUT_MS, { keepAlive: false });
    await readUpTo(reader, MAX_ERROR_BODY + 1);
    timer.cancel();
    cancel(reader);
  } catch {
    // A custom response class that cannot be read holds no connection of ours.
  }
}

/**
 * Passes the caller's abort to a body that is read after the call has ended, as with the bare fetch. Removes
 * the listener when the body is garbage-collected, so that a long-lived signal does not accumulate one per
 * call.
 *
 * @returns a function that removes the listener
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

/** The beginning of a clone's body; undefined if there is none left to clone. */
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

const IS_READABLE = Symbol.for('nodejs.stream.readable');
const IS_ERRORED = Symbol.for('nodejs.stream.errored');

/**
 * Makes one clone of a body report that it is not readable as soon as the body itself has failed, a few
 * microtasks before the clone fails as well. On an abort, undici 6 (inside Node 22) errors the body and then
 * cancels the clone, which it still considers readable. If the other clone was cancelled before, that
 * rejects, and undici throws it as an unhandled rejection, which ends the process.
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
