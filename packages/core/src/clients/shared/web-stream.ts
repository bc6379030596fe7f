import { MAX_ERROR_BODY } from '../../failure/text.ts';

export type Reader = ReadableStreamDefaultReader<Uint8Array>;

type BodyEnd = 'complete' | 'too-long' | { readonly error: unknown };

interface ReadBody {
  readonly bytes: Uint8Array;
  readonly end: BodyEnd;
}

/**
 * Reads the beginning of a web stream.
 *
 * @param signal - stops reading; what has arrived by then is the beginning
 * @returns the beginning, 64 KiB at most, and a stream that yields the whole body
 */
export async function peekWebStream(
  source: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): Promise<{ readonly start: Uint8Array; readonly whole: ReadableStream<Uint8Array> }> {
  const [copy, whole] = source.tee();
  return { start: await readStart(copy.getReader(), signal), whole };
}

/** Reads the beginning of a body, 64 KiB at most. Never rejects. */
export async function readStart(
  reader: Reader,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const { bytes } = await readUntilAborted(reader, MAX_ERROR_BODY, signal);
  return bytes.subarray(0, MAX_ERROR_BODY);
}

/** Reads a body until it ends, breaks off, has yielded `limit` bytes, or the signal aborts. Never rejects. */
export async function readUntilAborted(
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

/** Reads a body until it ends, breaks off or has yielded `limit` bytes. Never rejects. */
export async function readUpTo(
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
    // The part that arrived may still contain the error code.
    return { chunks, end: { error } };
  }
}

/** Not awaited: cancelling a clone ends only when the original is cancelled too. */
export function cancel(reader: Reader): void {
  reader.cancel().catch(() => undefined);
}
