import { Readable } from 'node:stream';

/** The beginning of a stream, and a stream that gives the whole of it. */
export interface StreamStart<T> {
  readonly start: Uint8Array;
  readonly whole: T;
}

/**
 * Reads the beginning of a Node stream. Never rejects: where the stream breaks off, what came before is
 * the beginning, and whoever reads the whole meets the error.
 *
 * @param limit - in bytes
 * @param signal - ends the reading: what has come by then must do
 */
export async function startOfNodeStream(
  source: Readable,
  limit: number,
  signal: AbortSignal,
): Promise<StreamStart<Readable>> {
  const replay = new Replay(source);
  const start = await replay.start(limit, signal);
  return { start, whole: replay };
}

/** The same for a stream of the web's. */
export async function startOfWebStream(
  source: ReadableStream<Uint8Array>,
  limit: number,
  signal: AbortSignal,
): Promise<StreamStart<ReadableStream<Uint8Array>>> {
  const [copy, whole] = source.tee();
  const reader = copy.getReader();
  // Not awaited: a copy's cancellation ends only when the original's does.
  const stop = (): void => void reader.cancel().catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    while (size < limit && !signal.aborted) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      size += value.byteLength;
    }
  } catch {
    // Broken off: what came before is the beginning.
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
  return { start: Buffer.concat(chunks).subarray(0, limit), whole };
}

type Step = { readonly chunk: unknown } | { readonly error: unknown } | 'end';

/** Gives what was read of its source already, and then the rest. */
class Replay extends Readable {
  readonly #source: Readable;
  readonly #chunks: AsyncIterator<unknown>;
  readonly #read: unknown[] = [];
  #next: Promise<Step> | undefined = undefined;

  constructor(source: Readable) {
    super();
    this.#source = source;
    this.#chunks = source[Symbol.asyncIterator]();
  }

  async start(limit: number, signal: AbortSignal): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    const { promise: over, resolve } = Promise.withResolvers<'over'>();
    const stop = (): void => resolve('over');
    signal.addEventListener('abort', stop, { once: true });
    while (size < limit && !signal.aborted) {
      const step = await Promise.race([this.#pull(), over]);
      if (step === 'over' || step === 'end' || 'error' in step) break;
      this.#next = undefined;
      this.#read.push(step.chunk);
      const bytes = typeof step.chunk === 'string' ? Buffer.from(step.chunk) : step.chunk;
      if (!(bytes instanceof Uint8Array)) break;
      chunks.push(bytes);
      size += bytes.byteLength;
    }
    signal.removeEventListener('abort', stop);
    return Buffer.concat(chunks).subarray(0, limit);
  }

  override _read(): void {
    if (this.#read.length > 0) {
      this.push(this.#read.shift());
      return;
    }
    void this.#pull().then((step) => {
      this.#next = undefined;
      if (step === 'end') this.push(null);
      else if ('error' in step) this.destroy(asError(step.error));
      else this.push(step.chunk);
    });
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#source.destroy();
    callback(error);
  }

  /** The next step of the source, asked for once until it is taken. Never rejects. */
  #pull(): Promise<Step> {
    this.#next ??= this.#chunks.next().then(
      ({ done, value }): Step => (done ? 'end' : { chunk: value }),
      (error: unknown): Step => ({ error }),
    );
    return this.#next;
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('The stream failed', { cause: error });
}
