import { decodeBase64 } from '../failure/claims.ts';
import { parseJson } from '../failure/text.ts';
import { isRecord } from '../is.ts';
import type { TokenIdentity } from '../options/options.ts';

/** The token in an `Authorization` header; undefined unless it is a bearer token. */
export function bearerTokenOf(authorization: string | undefined): string | undefined {
  return authorization?.match(/^bearer +(\S+)$/i)?.[1];
}

/** What `refreshToken` returned: a token, or what is wrong with it. */
export type ReadToken = { readonly token: string } | { readonly mistake: string };

/** What RFC 6750 lets a bearer token consist of. */
const TOKEN = /^[\w.~+/-]+=*$/;

/**
 * Reads what `refreshToken` returned: a token, with or without a leading `Bearer `, or an object with one
 * as `@azure/identity` returns it. The mistake never shows the value.
 */
export function readToken(returned: unknown): ReadToken {
  const given = isRecord(returned) && 'token' in returned ? returned['token'] : returned;
  if (typeof given === 'string') {
    const token = given.replace(/^bearer +/i, '');
    if (TOKEN.test(token) && !/^bearer$/i.test(token)) return { token };
  }
  const what = given === returned ? describe(given) : `an object whose token is ${describe(given)}`;
  return {
    mistake: `refreshToken must return an access token: a string, or an object with a token such as @azure/identity returns; got ${what}`,
  };
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (value === '') return 'an empty string';
  if (typeof value === 'string') return 'a string with characters that no token has';
  if (typeof value !== 'object') return `a ${typeof value}`;
  return Array.isArray(value) ? 'an array' : 'an object without a token';
}

/** The longest token whose identity is read, in characters. */
const MAX_LENGTH = 32_768;

/**
 * Whose token it is, as a JWT claims. Never verified: it keeps the tokens of different identities apart,
 * and proves nothing. Undefined for a token that is no JWT, or does not say.
 */
export function identityOf(token: string): TokenIdentity | undefined {
  const payload = token.length > MAX_LENGTH ? undefined : token.split('.')[1];
  const claims = parseJson(decodeBase64(payload ?? '') ?? '');
  if (!isRecord(claims)) return undefined;
  const tenantId = textOf(claims['tid']);
  const objectId = textOf(claims['oid']);
  const clientId = textOf(claims['appid']) ?? textOf(claims['azp']);
  if (objectId === undefined && clientId === undefined) return undefined;
  return {
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(objectId === undefined ? {} : { objectId }),
    ...(clientId === undefined ? {} : { clientId }),
  };
}

/** The same text for the same identity: its tenant, and the user or, for an app, the app. */
export function identityKey({ tenantId, objectId, clientId }: TokenIdentity): string {
  return JSON.stringify([tenantId, objectId ?? clientId]);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** What is wrong with a new token in place of the refused one of this identity; undefined: nothing. */
export function mistakeIn(
  token: string,
  refused: string | undefined,
  identity: TokenIdentity | undefined,
): string | undefined {
  if (token === refused) {
    return 'refreshToken returned the token that was refused: it must ask for a new one, past any cache';
  }
  if (identity === undefined) return undefined;
  const own = identityOf(token);
  return own === undefined || identityKey(own) === identityKey(identity)
    ? undefined
    : 'refreshToken returned the token of another tenant, user or app than the refused one, which is not sent: context.identity says whose token is asked for';
}
