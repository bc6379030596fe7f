import { classify } from '../../failure/classify.ts';
import type { Failure } from '../../failure/failure.ts';
import { headerReader } from '../../failure/headers.ts';

/**
 * How much of a successful JSON body is read before the response is given to the caller, in bytes. A
 * longer body streams on, and is not retried if it breaks off.
 */
export const MAX_BUFFERED_JSON = 1_048_576;

/** Whether a response is a success with a JSON document, which nobody can use before it is complete. */
export function isJsonSuccess(status: number, headers: unknown): boolean {
  if (!(status >= 200 && status < 300)) return false;
  const [type = ''] = (headerReader(headers)('content-type') ?? '').split(';', 1);
  return /^application\/(?:[\w.+-]+\+)?json$/i.test(type.trim());
}

/**
 * Whether a JSON document was cut off. HTTP itself notices a body that ends early, but a compressed one
 * can be cut off inside, and most clients then return what could be decompressed.
 */
export function isTruncatedJson(document: string | Uint8Array): boolean {
  const text = typeof document === 'string' ? document : edgesOf(document);
  const first = text.trimStart().charAt(0);
  const last = text.trimEnd().slice(-1);
  return (first === '{' && last !== '}') || (first === '[' && last !== ']');
}

/** What an error says that broke off the body of a success: a failure of the network, whatever it is. */
export function brokenBodyFailure(error: unknown): Failure {
  const failure = classify(error);
  return failure?.source === 'network' || failure?.source === 'timeout' ? failure : TRUNCATED;
}

const TRUNCATED: Failure = Object.freeze({
  code: 'ERR_STREAM_PREMATURE_CLOSE',
  message: 'The body of the response broke off',
  verdict: 'retryable',
  source: 'network',
  ambiguous: true,
  advice:
    'The service answered, but its response broke off on the way. What was asked for has been carried out: look it up before you send again what must not act twice.',
});

const EDGE = 64;

/** The beginning and the end of a document, which may be long. */
function edgesOf(bytes: Uint8Array): string {
  const decoder = new TextDecoder();
  const start = decoder.decode(bytes.subarray(0, EDGE));
  return `${start}${decoder.decode(bytes.subarray(Math.max(EDGE, bytes.byteLength - EDGE)))}`;
}
