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
 * Whether a JSON document was cut off. HTTP itself notices a body that ends early, but a compressed one
 * can be cut off inside, and most clients then return what could be decompressed.
 */
export function isTruncatedJson(document: string): boolean {
  const first = document.trimStart().charAt(0);
  const last = document.trimEnd().slice(-1);
  return (first === '{' && last !== '}') || (first === '[' && last !== ']');
}

/** V8's message for a document that ends inside a string. A body that is empty has another message. */
const UNTERMINATED = /^Unterminated string in JSON/;

/** Classifies the error of a parser whose document was cut off; undefined for any other error. */
export function failureOfTruncated(error: object): Failure | undefined {
  if (safeGet(error, 'name') !== 'SyntaxError') return undefined;
  // superagent keeps the document beside its error.
  const document = safeGetString(error, 'rawResponse') ?? '';
  const truncated =
    isTruncatedJson(document) || UNTERMINATED.test(safeGetString(error, 'message') ?? '');
  return truncated ? TRUNCATED_BODY : undefined;
}
