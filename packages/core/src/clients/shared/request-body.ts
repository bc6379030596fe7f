import { tagOf } from '../../failure/safe-get.ts';

export type GivenBody = NonNullable<RequestInit['body']>;

/** Whether a request has a body, and whether it can be sent again. */
export type BodyKind = 'none' | 'replayable' | 'one-shot';

/**
 * Whether a body can be sent again. Strings, buffers, forms and blobs can; streams, generators and anything
 * unknown cannot.
 */
export function bodyKind(body: unknown): BodyKind {
  if (body === undefined || body === null) return 'none';
  if (typeof body !== 'object') return 'replayable';
  if (isArrayBuffer(body) || ArrayBuffer.isView(body)) return 'replayable';
  if (body instanceof URLSearchParams || body instanceof Blob) return 'replayable';
  return isForm(body) ? 'replayable' : 'one-shot';
}

/**
 * Copies a replayable body, so that later changes by the caller have no effect: fetch itself reads the body
 * when it is called. Returns a body that cannot change or cannot be copied as it is.
 */
export function copyBody(body: GivenBody): GivenBody {
  if (typeof body !== 'object') return body;
  try {
    if (isArrayBuffer(body)) return body.slice(0);
    // fetch sends shared memory as text.
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

/** Whether a stream is an unlocked byte stream, as fetch creates from a body in memory. */
export function isByteStream(stream: ReadableStream): boolean {
  try {
    stream.getReader({ mode: 'byob' }).releaseLock();
    return true;
  } catch {
    return false;
  }
}

const byteLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength')?.get;

// From any realm, but not a SharedArrayBuffer: the getter throws for everything else.
function isArrayBuffer(value: unknown): value is ArrayBuffer {
  try {
    return byteLength !== undefined && typeof Reflect.apply(byteLength, value, []) === 'number';
  } catch {
    return false;
  }
}

type Form = FormData & Iterable<[string, string | Blob]>;

// Checks the shape instead of using `instanceof`: the form may come from another copy of undici, and naming
// the global would load all of Node's fetch.
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
    // The caller's own class, whose constructor takes other arguments.
    return form;
  }
}
