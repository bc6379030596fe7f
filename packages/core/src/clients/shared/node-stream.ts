import { Readable } from 'node:stream';
import { MAX_ERROR_BODY } from '../../failure/text.ts';

/**
 * Reads the beginning of a Node stream. Never rejects: if the stream breaks off, returns what came before,
 * and the reader of `whole` gets the error.
 *
 * @param signal - stops reading; what has arrived by then is the beginning
 * @returns the beginning, 64 KiB at most, and a stream that yields the whole body
 */
export async function peekNodeStream(
  source: Readable,
  signal: AbortSignal,
): Promise<{ readonly start: Uint8Array; readonly whole: Readable }> {
  const whole = new ReplayedStream(source);
  return { start: await whole.readStart(signal), whole };
}

type Step = { readonly chunk: unknown } | { readonly error: unknown } | 'end';

/** Yields the chunks that were already read, then the rest of the source. */
class ReplayedStream extends Readable {
  readonly #source: Readable;
  readonly #iterator: AsyncIterator<unknown>;
  readonly #chunks: unknown[] = [];
  #pending: Promise<Step> | undefined = undefined;

  constructor(source: Readable) {
    super();
    this.#source = source;
    this.#iterator = source[Symbol.asyncIterator]();
  }

  async readStart(signal: AbortSignal): Promise<Uint8Array> {
    const start: Uint8Array[] = [];
    let size = 0;
    const { promise: aborted, resolve } = Promise.withResolvers<'aborted'>();
    const stop = (): void => resolve('aborted');
    signal.addEventListener('abort', stop, { once: true });
    while (size < MAX_ERROR_BODY && !signal.aborted) {
      const step = await Promise.race([this.#pull(), aborted]);
      if (step === 'aborted' || step === 'end' || 'error' in step) break;
      this.#pending = undefined;
      this.#chunks.push(step.chunk);
      const bytes = typeof step.chunk === 'string' ? Buffer.from(step.chunk) : step.chunk;
      if (!(bytes instanceof Uint8Array)) break;
      start.push(bytes);
      size += bytes.byteLength;
    }
    signal.removeEventListener('abort', stop);
    return Buffer.concat(start).subarray(0, MAX_ERROR_BODY);
  }

  override _read(): void {
    if (this.#chunks.length > 0) {
      this.push(this.#chunks.shift());
      return;
    }
    void this.#pull().then((step) => {
      this.#pending = undefined;
      if (step === 'end') this.push(null);
      else if ('error' in step) this.destroy(asError(step.error));
      else this.push(step.chunk);
    });
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#source.destroy();
    callback(error);
  }

  /** The source's next step. Repeated calls share one pending read until its step is used. Never rejects. */
  #pull(): Promise<Step> {
    this.#pending ??= this.#iterator.next().then(
      ({ done, value }): Step => (done ? 'end' : { chunk: value }),
      (error: unknown): Step => ({ error }),
    );
    return this.#pending;
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('The stream failed', { cause: error });
}
