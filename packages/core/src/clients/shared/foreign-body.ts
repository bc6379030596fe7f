import { hasMethod } from '../../failure/safe-get.ts';
import { parseJson } from '../../failure/text.ts';

/**
 * How much is read of a body that is not a web stream, in bytes. While nobody reads the original, a clone
 * receives only as much as the original can buffer, which is at least this.
 */
const MAX_START = 16_384;

/**
 * Reads the beginning of the body of a `Response` whose body is a Node stream or similar, such as
 * node-fetch's or make-fetch-happen's. The response stays unread. Never rejects.
 *
 * @param signal - stops reading; what has arrived by then is the beginning
 */
export function peekForeignBody(
  response: Response,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const clone: unknown = response.bodyUsed ? undefined : response.clone().body;
  if (!hasMethod(clone, 'on')) return Promise.resolve(undefined);
  const { promise, resolve } = Promise.withResolvers<string>();
  const decoder = new TextDecoder();
  let text = '';
  const stop = (): void => {
    signal?.removeEventListener('abort', stop);
    resolve(text);
  };
  signal?.addEventListener('abort', stop, { once: true });
  // The listener stays: a clone that is not read to its end would stall the original.
  clone.on('data', (chunk: unknown) => {
    if (text.length >= MAX_START) return;
    text += chunk instanceof Uint8Array ? decoder.decode(chunk, { stream: true }) : String(chunk);
    if (text.length >= MAX_START || isComplete(text)) stop();
  });
  for (const event of ['end', 'error', 'close']) clone.on(event, stop);
  return promise;
}

/** Discards a body that nobody will read, and its connection. */
export function destroyForeignBody(body: object): void {
  if (hasMethod(body, 'destroy')) body.destroy();
}

// Some streams signal their end only when the original is read too.
function isComplete(text: string): boolean {
  return /<\/html>\s*$/i.test(text) || (/[}\]]\s*$/.test(text) && parseJson(text) !== undefined);
}
