import { isRecord } from '../is.ts';
import { parseJson } from './text.ts';

// Gateways may drop the quotes.
const CLAIMS = /(?:^|[\s,])claims="?([\w+/-]+={0,2})(?=["\s,]|$)/i;
const ERROR = /(?:^|[\s,])error="?([^",\s]*)/i;

/**
 * The claims that a 401 requires of the next token, as the JSON text that `getToken` of `@azure/identity`
 * accepts: continuous access evaluation, or a step-up to stronger authentication. Undefined if there are none.
 *
 * @param challenge - the value of `WWW-Authenticate`
 */
export function readClaimsChallenge(challenge: string | undefined): string | undefined {
  if (challenge === undefined) return undefined;
  const error = ERROR.exec(challenge)?.[1];
  if (error !== undefined && error !== 'insufficient_claims') return undefined;
  const text = decodeBase64(CLAIMS.exec(challenge)?.[1] ?? '') ?? '';
  return isRecord(parseJson(text)) ? text : undefined;
}

/** The text in base64 or base64url; undefined for anything else. */
export function decodeBase64(encoded: string): string | undefined {
  try {
    const binary = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
