import { bodyKind } from '../shared/request-body.ts';

/** A body whose length is known beforehand was in memory anyway; beyond this it is not kept, in bytes. */
const MAX_KEPT = 1_048_576;

/** What is sent in each attempt. */
export interface SentBody {
  readonly body: unknown;
  /** Whether it can be sent again. */
  readonly resendable: boolean;
  /** Lets go of what was kept. */
  close(): void;
}

/**
 * How a body goes into several attempts: as it is where it can be read again. The fetch that is built
 * into Node hands everything on as a generator; one with a known length is kept as it is read, and sent
 * again from the copy.
 *
 * @param length - what the `content-length` header says, in bytes
 */
export function sentBody(body: unknown, length: number | undefined): SentBody {
  const resendable = bodyKind(body) !== 'one-shot';
  if (!resendable && length !== undefined && length <= MAX_KEPT && isGenerator(body)) {
    return new KeptBody(body, length);
  }
  return { body, resendable, close: () => undefined };
}

function isGenerator(body: unknown): body is AsyncIterable<unknown> {
  return (
    typeof body === 'object' && body !== null && Symbol.asyncIterator in body && !('pipe' in body)
  );
}

class KeptBody implements SentBody {
  readonly #source: AsyncIterator<unknown>;
  readonly #length: number;
  readonly #steps: Promise<IteratorResult<unknown, undefined>>[] = [];
  #kept = 0;
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

  /** Read from its beginning each time. */
  get body(): AsyncIterable<unknown> {
    return { [Symbol.asyncIterator]: () => this.#read() };
  }

  // An answer may come before all is sent: what is being read is read on.
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
      // Leaves the source alone: an attempt that fails half-way leaves the rest to the next one.
      return: () => {
        stop();
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  #endSource(): void {
    if (!this.#closed || this.#readers > 0) return;
    this.#broken = true;
    // Nobody asks for the rest: how it ends is of no interest.
    this.#source.return?.().catch(() => undefined);
  }

  #step(index: number): Promise<IteratorResult<unknown, undefined>> {
    this.#steps[index] ??= this.#pull();
    return this.#steps[index];
  }

  async #pull(): Promise<IteratorResult<unknown, undefined>> {
    try {
      const step: IteratorResult<unknown, unknown> = await this.#source.next();
      if (step.done === true) return { done: true, value: undefined };
      const { value } = step;
      this.#kept += value instanceof Uint8Array ? value.byteLength : Number.NaN;
      // Longer than it said, or no bytes: undici will complain, and it is not sent again.
      if (!(this.#kept <= this.#length)) this.#broken = true;
      return { done: false, value };
    } catch (error) {
      this.#broken = true;
      throw error;
    }
  }
}
