import type { Failure } from './failure.ts';
import { safeGet, safeGetString } from './safe-get.ts';

/** The body of a response broke off although its status was a success. */
export const TRUNCATED_BODY: Failure = Object.freeze({
  code: 'ERR_STREAM_PREMATURE_CLOSE',
  message: 'The body of the response broke off',
  verdict: 'retryable',
  source: 'network',
  ambiguous: true,
  advice:
    'The service responded, but its response broke off on the way. The request has probably been carried out: check whether it was before you send it again.',
});

/**
 * Whether a JSON document was truncated. HTTP itself notices a body that ends early, but compressed data can be
 * truncated unnoticed, and most clients then return whatever could be decompressed.
 */
export function isTruncatedJson(document: string): boolean {
  const first = document.trimStart().charAt(0);
  const last = document.trimEnd().slice(-1);
  return (first === '{' && last !== '}') || (first === '[' && last !== ']');
}

/** V8's message for a document that ends inside a string. An empty body has a different message. */
const UNTERMINATED = /^Unterminated string in JSON/;

/** Classifies a parser's error for a truncated document; undefined for any other error. */
export function failureOfTruncated(error: object): Failure | undefined {
  if (safeGet(error, 'name') !== 'SyntaxError') return undefined;
  // superagent stores the document in its error.
  const document = safeGetString(error, 'rawResponse') ?? '';
  const truncated =
    isTruncatedJson(document) || UNTERMINATED.test(safeGetString(error, 'message') ?? '');
  return truncated ? TRUNCATED_BODY : undefined;
}
