import { decodeBase64 } from './claims.ts';
import type { HeaderReader } from './headers.ts';
import { withoutControls } from './text.ts';

const MAX_LENGTH = 128;

/** The service's own IDs come first: Microsoft can do more with them than with the client's. */
const HEADERS = [
  'request-id',
  'x-ms-request-id',
  'client-request-id',
  'x-ms-client-request-id',
  'x-ms-correlation-request-id',
];

/**
 * The ID to give to Microsoft: from the body, else from the headers, else the gateway's.
 *
 * @param fromBody - candidates from the body, the best first
 * @param lastResort - an ID that only the gateway knows
 */
export function chooseTrackingId(
  fromBody: readonly (string | undefined)[],
  header: HeaderReader,
  lastResort: string | undefined,
): string | undefined {
  for (const candidate of fromBody) {
    const id = safeTrackingId(candidate);
    if (id !== undefined) return id;
  }
  for (const name of HEADERS) {
    // The first of several: the others are those of gateways on the way.
    const id = safeTrackingId(header(name)?.split(',', 1)[0]);
    if (id !== undefined) return id;
  }
  return safeTrackingId(lastResort);
}

/** Characters that occur neither in a GUID nor in an activity ID of ASP.NET, which nearly every ID is. */
const UNUSUAL = /[^\da-fA-F|.-]/;

/**
 * IDs are opaque, but they are not sentences, addresses, links, cookies, queries or tokens. `=` stands at the
 * end of base64 alone.
 */
const ID = /^[\w|.:;/+~{}-]{1,128}={0,2}$/;
/** `eyJ` is `{"` in base64. */
const LINK_OR_TOKEN = /:\/\/|eyJ[\w-]{8,}/;
/** What HTTP Basic sends in base64. */
const USER_AND_PASSWORD = /^[ -9;-~]*:[ -~]*$/;

function isUsual(text: string): boolean {
  return text !== '' && text.length <= MAX_LENGTH && !UNUSUAL.test(text);
}

/**
 * A text that can be a request's ID and is safe to log; undefined for any other. A text that is too long is not
 * cut, because its beginning may be that of a token.
 */
export function safeTrackingId(text: string | undefined): string | undefined {
  if (text === undefined || isUsual(text)) return text;
  if (text.length > 8 * MAX_LENGTH) return undefined;
  const id = withoutControls(text).trim();
  if (id.length > MAX_LENGTH || !ID.test(id) || LINK_OR_TOKEN.test(id)) return undefined;
  return USER_AND_PASSWORD.test(decodeBase64(id) ?? '') ? undefined : id;
}
