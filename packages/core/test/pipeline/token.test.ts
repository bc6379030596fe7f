import { describe, expect, it } from 'vitest';
import {
  bearerTokenOf,
  identityKey,
  identityOf,
  mistakeIn,
  readToken,
} from '../../src/pipeline/token.ts';
import { jwt } from '../support/tokens.ts';

const SECRET = 'eyJhbGciOi.secret-value_1234';

describe('what refreshToken returns', () => {
  it.each<[string, unknown, string]>([
    ['a token', SECRET, SECRET],
    ['a token in base64 with padding', 'EwBwA8l6BAAU+/abc==', 'EwBwA8l6BAAU+/abc=='],
    ['a header value', `Bearer ${SECRET}`, SECRET],
    ['a header value in lower case', `bearer ${SECRET}`, SECRET],
    ['a header value with several blanks', `Bearer   ${SECRET}`, SECRET],
    ['a token that begins like a scheme', `bearer${SECRET}`, `bearer${SECRET}`],
    ['a token that ends like a scheme', `${SECRET}bearer`, `${SECRET}bearer`],
    ['what @azure/identity returns', { token: SECRET, expiresOnTimestamp: 1 }, SECRET],
    ['an object with a header value', { token: `Bearer ${SECRET}` }, SECRET],
  ])('is understood where it is %s', (_what, returned, token) => {
    expect(readToken(returned)).toEqual({ token });
  });

  it.each<[unknown, string]>([
    [undefined, 'got undefined'],
    [null, 'got null'],
    ['', 'got an empty string'],
    [{}, 'got an object without a token'],
    [[SECRET], 'got an array'],
    [17, 'got a number'],
    [() => SECRET, 'got a function'],
    ['Bearer ', 'got a string with characters that no token contains'],
    ['Bearer', 'got a string with characters that no token contains'],
    [`${SECRET}\r\nX-Injected: 1`, 'got a string with characters that no token contains'],
    [`${SECRET}\n`, 'got a string with characters that no token contains'],
    [`Basic ${SECRET}`, 'got a string with characters that no token contains'],
    [`xBearer ${SECRET}`, 'got a string with characters that no token contains'],
    [{ token: undefined }, 'got an object whose token is undefined'],
    [{ token: { token: SECRET } }, 'got an object whose token is an object'],
    [{ accessToken: SECRET }, 'got an object without a token'],
  ])('is refused where it is none: %o', (returned, what) => {
    const read = readToken(returned);
    const mistake = 'mistake' in read ? read.mistake : '';
    expect(mistake).toContain('refreshToken must return an access token: a string, or an object');
    expect(mistake).toContain(what);
    expect(mistake).not.toContain('secret');
  });
});

describe('whose token it is', () => {
  const tenantId = '1f7d9d8c-0000-4000-8000-00000000000a';

  it('is read of a JWT', () => {
    const claims = { tid: tenantId, oid: 'o-1', appid: 'a-1', aud: 'https://graph.microsoft.com' };
    expect(identityOf(jwt(claims))).toStrictEqual({
      tenantId,
      objectId: 'o-1',
      clientId: 'a-1',
    });
    expect(identityOf(jwt({ tid: tenantId, azp: 'a-2' }))).toStrictEqual({
      tenantId,
      clientId: 'a-2',
    });
    expect(identityOf(jwt({ oid: 'o-1' }))).toStrictEqual({ objectId: 'o-1' });
  });

  it('is read of a token of up to 32,768 characters', () => {
    const token = jwt({ oid: 'o-1' }).padEnd(32_768, 'x');
    expect(identityOf(token)).toEqual({ objectId: 'o-1' });
    expect(identityOf(`${token}x`)).toBeUndefined();
  });

  it.each<[string, string]>([
    ['is no JWT', 'opaque'],
    ['is empty', ''],
    ['has a payload that is no JSON', 'a.b.c'],
    ['has a payload that is no object', `a.${Buffer.from('[1]').toString('base64url')}.c`],
    ['names nobody', jwt({ aud: 'x', tid: tenantId })],
    ['names nobody in a text', jwt({ tid: tenantId, oid: 7, appid: '' })],
    ['is endless', jwt({ oid: 'x'.repeat(40_000) })],
  ])('is unknown where the token %s', (_what, token) => {
    expect(identityOf(token)).toBeUndefined();
  });

  it('differs by tenant, and by user or app', () => {
    const keys = [
      { tenantId: 'a', objectId: 'o' },
      { tenantId: 'b', objectId: 'o' },
      { tenantId: 'a', objectId: 'p' },
      { tenantId: 'a', clientId: 'c' },
    ].map(identityKey);
    expect(new Set(keys).size).toBe(4);
    // The same user through another app.
    expect(identityKey({ tenantId: 'a', objectId: 'o', clientId: 'c' })).toBe(keys[0]);
  });
});

it.each<[string | undefined, string | undefined]>([
  [undefined, undefined],
  ['Bearer abc', 'abc'],
  ['bearer abc', 'abc'],
  ['Bearer', undefined],
  ['Bearer a b', undefined],
  ['Bearer   abc', 'abc'],
  ['xBearer abc', undefined],
  ['Basic abc', undefined],
  ['abc', undefined],
])('reads the token of the header %o', (header, token) => {
  expect(bearerTokenOf(header)).toBe(token);
});

describe('what is wrong with a new token', () => {
  const anna = { tid: 'tenant', oid: 'anna' };
  const identity = { tenantId: 'tenant', objectId: 'anna' };

  it.each<[string, Parameters<typeof mistakeIn>, string | undefined]>([
    ['nothing, for the same identity', [jwt(anna), jwt({ ...anna, iat: 1 }), identity], undefined],
    ['nothing, where it does not say whose it is', ['opaque', jwt(anna), identity], undefined],
    ['nothing, where the refused one did not', [jwt(anna), 'opaque', undefined], undefined],
    ['nothing, where neither does', ['new', 'old', undefined], undefined],
    ['it is the refused one', ['old', 'old', undefined], 'the token that was refused'],
    [
      'it is that of another user',
      [jwt({ ...anna, oid: 'ben' }), jwt(anna), identity],
      'the token of another tenant, user or app',
    ],
    [
      'it is that of another tenant',
      [jwt({ ...anna, tid: 'other' }), jwt(anna), identity],
      'the token of another tenant, user or app',
    ],
  ])('is: %s', (_what, args, mistake) => {
    if (mistake === undefined) expect(mistakeIn(...args)).toBeUndefined();
    else expect(mistakeIn(...args)).toContain(mistake);
  });
});
