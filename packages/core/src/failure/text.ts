/** How much of an error body is read, in bytes, or in characters of a text. */
export const MAX_ERROR_BODY = 65_536;
/** How much of the service's message is kept, in characters. */
const MAX_MESSAGE_LENGTH = 1_024;

const NOT_PRINTABLE_ASCII = /[^ -~]/;
const CONTROLS = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** A message of the service on one line, of bounded length. */
export function cleanMessage(text: string): string {
  // The fast path for nearly every message.
  if (text.length <= MAX_MESSAGE_LENGTH && !NOT_PRINTABLE_ASCII.test(text)) return text.trim();
  return text.slice(0, MAX_MESSAGE_LENGTH).replace(CONTROLS, ' ').trim().toWellFormed();
}

/** The text without its control characters. */
export function withoutControls(text: string): string {
  return text.replace(CONTROLS, '');
}

/** The bytes of a binary body; undefined for anything else. Never throws. */
export function bytesOf(body: unknown): Uint8Array | undefined {
  try {
    if (body instanceof ArrayBuffer) return new Uint8Array(body);
    return body instanceof Uint8Array ? body : undefined;
  } catch {
    // A detached buffer, or a revoked proxy.
    return undefined;
  }
}

/** The first 64 KiB as text; invalid UTF-8 is replaced. */
export function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, MAX_ERROR_BODY));
}

/** The text's JSON value; undefined if it is not valid JSON, such as a truncated document. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
