import { isObject } from '../is.ts';
import { type ErrorBody, readErrorDocument } from './error-document.ts';
import { hasMethod } from './safe-get.ts';
import { bytesOf, cleanMessage, decode, MAX_ERROR_BODY, parseJson } from './text.ts';

const EMPTY: ErrorBody = Object.freeze({ origin: 'gateway' });

/**
 * Reads the body of an error response: text, bytes, or a document that a client has already parsed. Anything
 * else counts as empty. Never throws; reads 64 KiB at most.
 */
export function readErrorBody(body: unknown): ErrorBody {
  if (typeof body === 'string') return readText(body);
  const text = bytesAsText(body);
  if (text !== undefined) return readText(text);
  return isParsedBody(body) ? (readErrorDocument(body) ?? EMPTY) : EMPTY;
}

/** Whether a body can be read synchronously and is not empty. */
export function isReadableBody(body: unknown): boolean {
  return (
    (typeof body === 'string' && body !== '') || isParsedBody(body) || bytesOf(body) !== undefined
  );
}

function readText(whole: string): ErrorBody {
  // `trim` removes a byte order mark too.
  const text = whole.slice(0, MAX_ERROR_BODY).trim();
  const read = READERS[text.charAt(0)] ?? readPlain;
  return read(text);
}

/** The reader for each first character, because looking at it is much cheaper than a parse that fails. */
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
  return (isObject(value) ? readErrorDocument(value) : undefined) ?? readPlain(text);
}

const TITLE = /<title>([^<]*)</i;
const CODE = /<code>([^<]*)</i;
const MESSAGE = /<message>([^<]*)</i;

/** A gateway's HTML page, or the XML of Azure Storage. */
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
  return { origin: 'gateway', message: cleanMessage(text) };
}

function bytesAsText(body: unknown): string | undefined {
  const bytes = bytesOf(body);
  try {
    return bytes && decode(bytes);
  } catch {
    // Shared memory cannot be decoded.
    return undefined;
  }
}

/** A parsed document, not a stream, form or blob, which cannot be read synchronously. */
function isParsedBody(body: unknown): body is object {
  if (!isObject(body) || bytesOf(body) !== undefined) return false;
  return !NOT_PARSED.some((method) => hasMethod(body, method));
}

const NOT_PARSED = ['pipe', 'getReader', 'arrayBuffer', 'append', Symbol.asyncIterator] as const;
