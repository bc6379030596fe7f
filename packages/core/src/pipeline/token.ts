import { decodeBase64 } from '../failure/claims.ts';
import { parseJson } from '../failure/text.ts';
import { isRecord } from '../is.ts';
import type { TokenIdentity } from '../options/options.ts';

/** The token in an `Authorization` header; undefined unless it is a bearer token. */
export function bearerTokenOf(authorization: string | undefined): string | undefined {
  return authorization?.match(/^bearer +(\S+)$/i)?.[1];
}

/** The token that `refreshToken` returned, or what is wrong with the result. */
export type ReadToken = { readonly token: string } | { readonly mistake: string };

/** The characters that RFC 6750 allows in a bearer token. */
const TOKEN = /^[\w.~+/-]+=*$/;

/**
 * Reads the result of `refreshToken`: a token, with or without a leading `Bearer `, or an object with one, as
 * `@azure/identity` returns it. The mistake never contains the value.
 */
export function readToken(returned: unknown): ReadToken {
  const given = isRecord(returned) && 'token' in returned ? returned['token'] : returned;
  if (typeof given === 'string') {
    const token = given.replace(/^bearer +/i, '');
    if (TOKEN.test(token) && !/^bearer$/i.test(token)) return { token };
  }
  const what = given === returned ? describe(given) : `an object whose token is ${describe(given)}`;
  return {
    mistake: `refreshToken must return an access token: a string, or an object with a token, as @azure/identity returns it; got ${what}`,
  };
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (value === '') return 'an empty string';
  if (typeof value === 'string') return 'a string with characters that no token contains';
  if (typeof value !== 'object') return `a ${typeof value}`;
  return Array.isArray(value) ? 'an array' : 'an object without a token';
}

/** The longest token whose identity is read, in characters. */
const MAX_LENGTH = 32_768;

/**
 * Whose token it is, according to a JWT's claims. Not verified: it only keeps tokens of different identities
 * apart. Undefined for a token that is not a JWT or does not say.
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

/** A key for an identity: its tenant, and the user or app. */
export function identityKey({ tenantId, objectId, clientId }: TokenIdentity): string {
  return JSON.stringify([tenantId, objectId ?? clientId]);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** What is wrong with a new token that replaces the refused one of this identity; undefined: nothing. */
export function mistakeIn(
  token: string,
  refused: string | undefined,
  identity: TokenIdentity | undefined,
): string | undefined {
  if (token === refused) {
    return 'refreshToken returned the token that was refused: it must request a new one, bypassing any cache';
  }
  if (identity === undefined) return undefined;
  const own = identityOf(token);
  return own === undefined || identityKey(own) === identityKey(identity)
    ? undefined
    : 'refreshToken returned the token of another tenant, user or app than the refused one, which is not sent: context.identity says whose token is needed';
}
