import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify } from '../../src/failure/classify.ts';

function idOf(target: unknown, headers: object = {}): string | undefined {
  const body = { error: { code: 'BadRequest', message: 'x', target } };
  return classify({ status: 400, body, headers })?.trackingId;
}

describe('the tracking ID', () => {
  it.each([
    '43f4cb08-8fac-4b65-9db1-745c2ae65f3a',
    '|8b7d5947-428b0a9cb9bb1600.',
    '|3xxxxx',
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    '0:abc/def+g~{x}==',
    'eyebright.7',
  ])('is opaque: %s', (id) => {
    expect(idOf(id)).toBe(id);
  });

  it('is trimmed and freed of control characters', () => {
    expect(idOf('  ab\u0000c\r\n\u200B\u202E ')).toBe('abc');
    expect(idOf(`${'\u0000'.repeat(1_023)}a`)).toBe('a');
    expect(idOf(`${'\u0000'.repeat(1_023)}abc`)).toBeUndefined();
  });

  it.each(['x', 'a'])(
    'has at most 128 characters, since what is longer may be a token: %s',
    (letter) => {
      expect(idOf(letter.repeat(128))).toBe(letter.repeat(128));
      expect(idOf(letter.repeat(129))).toBeUndefined();
    },
  );

  it.each([
    ['an address', 'jane@contoso.com'],
    ['a token', 'eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln'],
    ['the beginning of a token', 'eyJhbGciOiJSUzI1NiJ9.'],
    ['a token with its scheme', 'Bearer abc'],
    ['a sentence', 'the property assignedTo'],
    ['a link', 'https://contoso.blob.core.windows.net/x'],
    ['a token inside something else', 'token:eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln'],
    ['a query', 'x?sig=abc'],
    ['more parameters', 'sv=1&sig=abc'],
    ['one parameter', 'sig=abc'],
    ['an encoded query', '%24filter%3Dassignedto%20eq%20x'],
    ['a cookie', 'ESTSAUTH=abc'],
    ['a user and a password in base64', btoa('user:pass')],
    ['the same with padding', btoa('user:password')],
    ['a quoted text', '"abc"'],
    ['JSON', '{"Query":"DeviceInfo"}'],
    ['letters that no ID has', 'Tür'],
    ['nothing', ''],
    ['white space', ' \n '],
    ['a number', 7],
    ['an object', {}],
  ])('is never %s', (_, target) => {
    expect(idOf(target)).toBeUndefined();
    expect(idOf(target, { 'request-id': 'header' })).toBe('header');
  });

  it('is looked for in the body, and then in the headers from the service’s own to the client’s', () => {
    const headers: Record<string, string> = {
      'request-id': '1',
      'x-ms-request-id': '2',
      'client-request-id': '3',
      'x-ms-client-request-id': '4',
      'x-ms-correlation-request-id': '5',
    };
    const found = [idOf('0', headers)];
    for (const name of Object.keys(headers)) {
      found.push(idOf(undefined, headers));
      headers[name] = '';
    }
    expect(found).toEqual(['0', '1', '2', '3', '4', '5']);
  });

  it('prefers Defender’s to Graph’s, and Graph’s to a header', () => {
    const innerError = { 'request-id': 'graph', 'client-request-id': 'mine' };
    const error = { code: 'BadRequest', message: 'x', target: 'defender', innerError };
    const headers = { 'request-id': 'header' };
    expect(classify({ status: 400, body: { error }, headers })?.trackingId).toBe('defender');
    const { target, ...graph } = error;
    expect(classify({ status: 400, body: { error: graph }, headers })?.trackingId).toBe('graph');
  });

  it('is printable, and free of what could be a secret, whatever stands there', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (target) => {
        const id = idOf(target);
        if (id !== undefined) expect(id).toMatch(/^[!-~]{1,128}$/);
        expect(id ?? '').not.toMatch(/[@?&%"',<>]|:\/\/|=[^=]/);
      }),
    );
  });
});
