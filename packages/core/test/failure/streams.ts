export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A body that counts what is read of it, and whether it was let go of. */
export function watchedBody(chunks: Iterable<Uint8Array, undefined>): {
  readonly body: ReadableStream<Uint8Array>;
  readonly seen: { read: number; cancelled: boolean };
} {
  const seen = { read: 0, cancelled: false };
  const iterator = chunks[Symbol.iterator]();
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const next = iterator.next();
        if (next.done) {
          controller.close();
          return;
        }
        seen.read += next.value.byteLength;
        controller.enqueue(next.value);
      },
      cancel() {
        seen.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, seen };
}

export function* endless(size: number): Generator<Uint8Array> {
  for (;;) yield new Uint8Array(size).fill(32);
}

/** A body of which nothing ever comes. */
export function stalled(onCancel?: () => void): ReadableStream<Uint8Array> {
  return new ReadableStream({ cancel: () => onCancel?.() });
}
