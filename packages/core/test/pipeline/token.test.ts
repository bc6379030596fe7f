import { describe, expect, it } from 'vitest';
import { bearerTokenOf, identityKey, identityOf, readToken } from '../../src/pipeline/token.ts';
import { jwt } from '../support/tokens.ts';

const SECRET = 'eyJhbGciOi.secret-value_1234';

describe('what refreshToken returns', () => {
  it.each<[string, unknown, string]>([
    ['a token', SECRET, SECRET],
    ['a token in base64 with padding', 'EwBwA8l6BAAU+/abc==', 'EwBwA8l6BAAU+/abc=='],
    ['a header value', `Bearer ${SECRET}`, SECRET],
    ['a header value in lower case', `bearer ${SECRET}`, SECRET],
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
    ['Bearer ', 'got a string with characters that no token has'],
    ['Bearer', 'got a string with characters that no token has'],
    [`${SECRET}\r\nX-Injected: 1`, 'got a string with characters that no token has'],
    [`${SECRET}\n`, 'got a string with characters that no token has'],
    [`Basic ${SECRET}`, 'got a string with characters that no token has'],
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
    expect(identityOf(jwt(claims))).toEqual({ tenantId, objectId: 'o-1', clientId: 'a-1' });
    expect(identityOf(jwt({ tid: tenantId, azp: 'a-2' }))).toEqual({ tenantId, clientId: 'a-2' });
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
  ['Basic abc', undefined],
  ['abc', undefined],
])('reads the token of the header %o', (header, token) => {
  expect(bearerTokenOf(header)).toBe(token);
});
