import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { BodyMemory } from './body-memory.ts';

/** The limits of a request's body. */
export interface BodyLimits {
  /** The largest body that is kept; a larger one is streamed, and sent once. */
  readonly bufferBytes: number;
  /** The largest body that is accepted. */
  readonly maxBodyBytes: number;
}

/** The body of a request, on its way to the upstream. */
export class RequestBody {
  readonly #request: IncomingMessage;
  readonly #memory: BodyMemory;
  readonly #limits: BodyLimits;
  #received = 0;
  #kept = 0;

  constructor(request: IncomingMessage, memory: BodyMemory, limits: BodyLimits) {
    this.#request = request;
    this.#memory = memory;
    this.#limits = limits;
  }

  /** Whether the body was longer than allowed. */
  get tooLarge(): boolean {
    return this.#received > this.#limits.maxBodyBytes;
  }

  /**
   * Reads the body as long as it may be kept. A body that is then complete can be sent again. If it is longer,
   * or other requests use the memory, the rest follows as a stream.
   *
   * @param length - the `content-length`; undefined for a chunked body
   * @throws Error if the client ends the connection before the body is complete, or if it is too large
   */
  async read(length: number | undefined): Promise<Uint8Array | Readable | undefined> {
    if (length === 0) return undefined;
    const chunks: Uint8Array[] = [];
    // Leaving the iterator must not destroy the request, and with it the connection.
    const source: AsyncIterator<Uint8Array> = this.#request.iterator({ destroyOnReturn: false });
    const keep = length === undefined || length <= this.#limits.bufferBytes;
    while (keep) {
      const step: IteratorResult<Uint8Array, unknown> = await source.next();
      if (step.done === true) return Buffer.concat(chunks);
      chunks.push(step.value);
      this.#count(step.value);
      if (!this.#take(step.value.byteLength)) break;
    }
    return Readable.from(this.#rest(chunks, source), { objectMode: false });
  }

  /** Releases the memory, once no attempt needs the body any more. */
  release(): void {
    this.#memory.release(this.#kept);
    this.#kept = 0;
  }

  #count({ byteLength }: Uint8Array): void {
    this.#received += byteLength;
    if (this.tooLarge) throw new Error('The body of the request is too large');
  }

  #take(bytes: number): boolean {
    if (this.#kept + bytes > this.#limits.bufferBytes || !this.#memory.take(bytes)) return false;
    this.#kept += bytes;
    return true;
  }

  async *#rest(
    chunks: readonly Uint8Array[],
    source: AsyncIterator<Uint8Array>,
  ): AsyncGenerator<Uint8Array> {
    yield* chunks;
    this.release();
    for (;;) {
      const step: IteratorResult<Uint8Array, unknown> = await source.next();
      if (step.done === true) return;
      this.#count(step.value);
      yield step.value;
    }
  }
}
