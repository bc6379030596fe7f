import { tagOf } from '../../failure/safe-get.ts';

export type GivenBody = NonNullable<RequestInit['body']>;

/** What is known about the body of a request. */
export type BodyKind = 'none' | 'replayable' | 'one-shot';

/**
 * Whether a body can be sent again. Strings, buffers, forms and blobs can. What is read while it is sent
 * (streams, generators) cannot, and neither can anything unknown.
 */
export function bodyKind(body: unknown): BodyKind {
  if (body === undefined || body === null) return 'none';
  if (typeof body !== 'object') return 'replayable';
  if (isArrayBuffer(body) || ArrayBuffer.isView(body)) return 'replayable';
  if (body instanceof URLSearchParams || body instanceof Blob) return 'replayable';
  return isForm(body) ? 'replayable' : 'one-shot';
}

/**
 * A copy of a replayable body that later changes by the caller do not reach, since fetch itself reads a
 * body when it is called. What cannot change, or cannot be copied, is returned as it is.
 */
export function copyBody(body: GivenBody): GivenBody {
  if (typeof body !== 'object') return body;
  try {
    if (isArrayBuffer(body)) return body.slice(0);
    // Of shared memory, fetch sends the text.
    if (ArrayBuffer.isView(body) && isArrayBuffer(body.buffer)) {
      return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice();
    }
  } catch {
    // Detached: it stays empty, and fetch sends it so.
    return body;
  }
  if (body instanceof URLSearchParams) return new URLSearchParams(body);
  return isForm(body) ? copyForm(body) : body;
}

/** Whether a stream is unlocked and of bytes, as those are that fetch makes of a body it has whole. */
export function isByteStream(stream: ReadableStream): boolean {
  try {
    stream.getReader({ mode: 'byob' }).releaseLock();
    return true;
  } catch {
    return false;
  }
}

const byteLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength')?.get;

// Of whatever realm, and no SharedArrayBuffer: the getter throws for everything else.
function isArrayBuffer(value: unknown): value is ArrayBuffer {
  try {
    return byteLength !== undefined && typeof Reflect.apply(byteLength, value, []) === 'number';
  } catch {
    return false;
  }
}

type Form = FormData & Iterable<[string, string | Blob]>;

// By its shape and not by `instanceof`: the form may come from another copy of undici, and naming the
// global would load the whole of Node's fetch.
function isForm(body: object): body is Form {
  return (
    tagOf(body) === 'FormData' &&
    'getAll' in body &&
    typeof body.getAll === 'function' &&
    Symbol.iterator in body
  );
}

function copyForm(form: Form): Form {
  try {
    const copy = Reflect.construct(form.constructor, []) as Form;
    for (const [name, value] of form) copy.append(name, value);
    return copy;
  } catch {
    // A class of the caller's whose constructor takes something else.
    return form;
  }
}
