import { bodyKind } from '../shared/request-body.ts';

/** The longest body that is kept, in bytes. */
const MAX_KEPT = 1_048_576;

/** The body of a request, for each of its attempts. */
export interface RequestBody {
  /** The body that the next attempt sends. */
  readonly body: unknown;
  /** Whether it can be sent again. */
  readonly resendable: boolean;
  /** Discards the copy that was kept for another attempt. */
  close(): void;
}

/**
 * Prepares a body for several attempts. A body that can be read again is used as it is. Node's built-in fetch
 * passes every body as a generator: if its length is known, it was in memory anyway, so it is copied while it
 * is read, and sent again from the copy.
 *
 * @param length - the `content-length` header, in bytes
 */
export function requestBody(body: unknown, length: number | undefined): RequestBody {
  const resendable = bodyKind(body) !== 'one-shot';
  if (!resendable && length !== undefined && length <= MAX_KEPT && isGenerator(body)) {
    return new ReplayableBody(body, length);
  }
  return { body, resendable, close: () => undefined };
}

function isGenerator(body: unknown): body is AsyncIterable<unknown> {
  return (
    typeof body === 'object' && body !== null && Symbol.asyncIterator in body && !('pipe' in body)
  );
}

type Step = IteratorResult<unknown, undefined>;

/** A generator that several attempts can read from its beginning, even at the same time. */
class ReplayableBody implements RequestBody {
  readonly #source: AsyncIterator<unknown>;
  readonly #length: number;
  readonly #steps: Promise<Step>[] = [];
  #size = 0;
  #broken = false;
  #closed = false;
  #readers = 0;

  constructor(body: AsyncIterable<unknown>, length: number) {
    this.#source = body[Symbol.asyncIterator]();
    this.#length = length;
  }

  get resendable(): boolean {
    return !this.#broken;
  }

  get body(): AsyncIterable<unknown> {
    return { [Symbol.asyncIterator]: () => this.#read() };
  }

  // A response may arrive before the whole body is sent, so active readers continue.
  close(): void {
    this.#closed = true;
    this.#endSource();
  }

  #read(): AsyncIterator<unknown, undefined> {
    let index = 0;
    let reading = true;
    this.#readers += 1;
    const stop = (): void => {
      if (reading) this.#readers -= 1;
      reading = false;
      this.#endSource();
    };
    return {
      next: async () => {
        const step = await this.#step(index);
        index += 1;
        if (step.done === true) stop();
        return step;
      },
      // Does not end the source: if an attempt fails half-way, the next one needs the rest.
      return: () => {
        stop();
        return Promise.resolve(END);
      },
    };
  }

  #endSource(): void {
    if (!this.#closed || this.#readers > 0) return;
    this.#broken = true;
    // Nobody needs the rest, so errors do not matter.
    this.#source.return?.().catch(() => undefined);
  }

  #step(index: number): Promise<Step> {
    this.#steps[index] ??= this.#pull();
    return this.#steps[index];
  }

  async #pull(): Promise<Step> {
    try {
      const step: IteratorResult<unknown, unknown> = await this.#source.next();
      if (step.done === true) return END;
      const { value } = step;
      this.#size += value instanceof Uint8Array ? value.byteLength : Number.NaN;
      // Longer than its header says, or not bytes: undici rejects it, so it is not sent again.
      if (!(this.#size <= this.#length)) this.#broken = true;
      return { done: false, value };
    } catch (error) {
      this.#broken = true;
      throw error;
    }
  }
}

const END: Step = Object.freeze({ done: true, value: undefined });
