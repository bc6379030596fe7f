import { classify } from '../../failure/classify.ts';
import type { Failure } from '../../failure/failure.ts';
import { headerReader } from '../../failure/headers.ts';
import { bytesOf } from '../../failure/text.ts';
import { isTruncatedJson, TRUNCATED_BODY } from '../../failure/truncated-body.ts';

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

/** Classifies the error that interrupted the body of a success: a network failure in any case. */
export function brokenBodyFailure(error: unknown): Failure {
  const failure = classify(error);
  return failure?.source === 'network' || failure?.source === 'timeout' ? failure : TRUNCATED_BODY;
}

const EDGE = 64;

/** The failure of a truncated JSON document; undefined if it is complete. */
export function truncationOf(document: unknown): Failure | undefined {
  const text = typeof document === 'string' ? document : edgesOf(document);
  return text !== undefined && isTruncatedJson(text) ? TRUNCATED_BODY : undefined;
}

/** The beginning and the end of a document that may be long. */
function edgesOf(document: unknown): string | undefined {
  const bytes = bytesOf(document);
  if (bytes === undefined) return undefined;
  const decoder = new TextDecoder();
  const end = bytes.subarray(Math.max(EDGE, bytes.byteLength - EDGE));
  return `${decoder.decode(bytes.subarray(0, EDGE))}${decoder.decode(end)}`;
}
