/** How much of a body is read, in bytes of it or in characters of a text. */
export const MAX_ERROR_BODY = 65_536;
/** How much of what the service said is kept, in characters. */
const MAX_MESSAGE_LENGTH = 1_024;

/** What the service said, in one line of bounded length. */
export function cleanMessage(text: string): string {
  // Almost all messages are: a third of the time.
  if (text.length <= MAX_MESSAGE_LENGTH && PRINTABLE_ASCII.test(text)) return text.trim();
  return text.slice(0, MAX_MESSAGE_LENGTH).replace(CONTROLS, ' ').trim().toWellFormed();
}

/** The text without its control characters. */
export function withoutControls(text: string): string {
  return text.replace(CONTROLS, '');
}

const PRINTABLE_ASCII = /^[ -~]*$/;
const CONTROLS = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** The beginning of bytes as text; whatever is not UTF-8 in them is replaced. */
export function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, MAX_ERROR_BODY));
}

/** The text's JSON value; undefined where it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Cut off or malformed: what is not JSON has no value.
    return undefined;
  }
}
