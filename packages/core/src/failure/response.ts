import { type Clock, systemClock } from '../clock.ts';
import { failureOf } from './attach.ts';
import { classify } from './classify.ts';
import type { Failure } from './failure.ts';
import { failureOfAnswer } from './http-failure.ts';
import { MAX_BODY_SIZE } from './text.ts';

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
  if (response.body === null || response.bodyUsed || signal?.aborted) return undefined;
  const reader = response.clone().body?.getReader();
  if (reader === undefined) return undefined;
  const copy = new CopyReader(reader);
  const stop = (): void => copy.stop();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return await copy.readUpTo(MAX_BODY_SIZE);
  } finally {
    signal?.removeEventListener('abort', stop);
    letGo(reader);
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** Reads the beginning of a copy, and stops at once when it is told to. */
class CopyReader {
  readonly #reader: Reader;
  readonly #stopped: Promise<undefined>;
  /** Ends the reading; what has come by then is the result. */
  readonly stop: () => void;

  constructor(reader: Reader) {
    this.#reader = reader;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#stopped = promise;
    this.stop = () => resolve(undefined);
  }

  async readUpTo(limit: number): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    try {
      while (size < limit) {
        const next = await Promise.race([this.#reader.read(), this.#stopped]);
        if (next?.value === undefined) break;
        chunks.push(next.value);
        size += next.value.byteLength;
      }
    } catch {
      // The body broke off: what came before may still tell the code.
    }
    return Buffer.concat(chunks);
  }
}

// In the fetch of Node 22 an abort that meets a cancelled copy is an unhandled rejection, which would
// end the process (undici 6.28: its own cancellation of the aborted body rejects, and it throws that).
// There the rest of the copy is read and thrown away instead, up to 1 MiB of it.
const CANCELS_COPIES = Number.parseInt(process.versions['undici'] ?? '', 10) !== 6;

const MAX_THROWN_AWAY = 1_048_576;

/** Lets go of a copy, so that what its original's reader does not take is not kept for it. */
function letGo(reader: Reader): void {
  if (CANCELS_COPIES) cancel(reader);
  else void drain(reader, MAX_THROWN_AWAY);
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
    await drain(reader, MAX_BODY_SIZE);
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
