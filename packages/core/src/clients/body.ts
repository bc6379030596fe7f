/** What is known of the body that a request sends. */
export type BodyKind = 'none' | 'replayable' | 'one-shot';

/**
 * Whether a body can be sent again. Strings, buffers, forms and blobs can; whatever is read while it
 * is sent (streams, generators) cannot, and neither can what is not known.
 */
export function bodyKind(body: unknown): BodyKind {
  if (body === undefined || body === null) return 'none';
  if (typeof body !== 'object') return 'replayable';
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return 'replayable';
  if (body instanceof URLSearchParams || body instanceof Blob) return 'replayable';
  return isFormData(body) ? 'replayable' : 'one-shot';
}

// By its methods and not by `instanceof`: the form may come from another copy of undici, and naming
// the global would load the whole of Node's fetch.
function isFormData(body: object): boolean {
  return (
    Object.prototype.toString.call(body) === '[object FormData]' &&
    'getAll' in body &&
    typeof body.getAll === 'function'
  );
}
