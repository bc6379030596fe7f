import { isObjectOrFunction } from '../is.ts';
import { type ErrorBody, readRecord } from './error-shapes.ts';
import { hasMethod } from './safe-get.ts';
import { cleanMessage, decode, MAX_ERROR_BODY, parseJson } from './text.ts';

const NOTHING: ErrorBody = Object.freeze({ origin: 'gateway' });

/**
 * Reads the body of an error answer: a text, bytes, or what a client has parsed already. Whatever it
 * cannot read says nothing. Never throws; looks at 64 KiB at most.
 */
export function readErrorBody(body: unknown): ErrorBody {
  if (typeof body === 'string') return readText(body);
  const bytes = bytesOf(body);
  if (bytes !== undefined) return readText(bytes);
  return isReadableObject(body) ? (readRecord(body) ?? NOTHING) : NOTHING;
}

/** Whether it is a body that can be read at once, and that is not empty. */
export function isReadableBody(body: unknown): boolean {
  return (typeof body === 'string' && body !== '') || isBytes(body) || isReadableObject(body);
}

function readText(whole: string): ErrorBody {
  // A byte order mark counts as white space.
  const text = whole.slice(0, MAX_ERROR_BODY).trim();
  // A look at the first character is a tenth of a parse that fails.
  const read = READERS[text.charAt(0)] ?? readPlain;
  return read(text);
}

const READERS: Readonly<Record<string, (text: string) => ErrorBody>> = {
  '{': readJson,
  '[': readJson,
  '"': readJson,
  '<': readMarkup,
};

function readJson(text: string): ErrorBody {
  const value = parseJson(text);
  // A document that was encoded twice is a JSON string.
  if (typeof value === 'string') return value.startsWith('"') ? readPlain(value) : readText(value);
  return (isObjectOrFunction(value) ? readRecord(value) : undefined) ?? readPlain(text);
}

const TITLE = /<title>([^<]*)</i;
const CODE = /<code>([^<]*)</i;
const MESSAGE = /<message>([^<]*)</i;

/** A gateway's page, or the XML of Azure Storage. */
function readMarkup(text: string): ErrorBody {
  const title = TITLE.exec(text)?.[1];
  if (title !== undefined) return { origin: 'gateway', message: cleanMessage(title) };
  const message = MESSAGE.exec(text)?.[1];
  return {
    origin: 'gateway',
    code: CODE.exec(text)?.[1],
    message: message === undefined ? undefined : cleanMessage(message),
  };
}

function readPlain(text: string): ErrorBody {
  return text === '' ? NOTHING : { origin: 'gateway', message: cleanMessage(text) };
}

function bytesOf(body: unknown): string | undefined {
  try {
    if (body instanceof ArrayBuffer) return decode(new Uint8Array(body));
    return body instanceof Uint8Array ? decode(body) : undefined;
  } catch {
    // Memory that was given away or is shared cannot be decoded.
    return undefined;
  }
}

function isBytes(body: unknown): boolean {
  try {
    return body instanceof ArrayBuffer || body instanceof Uint8Array;
  } catch {
    // A revoked proxy cannot even be asked.
    return false;
  }
}

/** A parsed body, as against a stream, a form or a blob, which cannot be read at once. */
function isReadableObject(body: unknown): body is object {
  if (typeof body !== 'object' || body === null || isBytes(body)) return false;
  return !UNREADABLE.some((method) => hasMethod(body, method));
}

const UNREADABLE = ['pipe', 'getReader', 'arrayBuffer', 'append', Symbol.asyncIterator] as const;
