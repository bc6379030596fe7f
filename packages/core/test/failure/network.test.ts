import { describe, expect, it } from 'vitest';
import { classify } from '../../src/failure/classify.ts';
import { containing, fetchFailed, systemError } from './support.ts';

/** What axios rejects with where it sends through fetch. */
function viaAxios(cause: unknown): Error {
  return Object.assign(new Error('fetch failed', { cause: fetchFailed(cause) }), {
    code: 'ERR_NETWORK',
  });
}

describe('an error of the network', () => {
  it.each([
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'ENETUNREACH',
    'EHOSTUNREACH',
    'EADDRNOTAVAIL',
    'EMFILE',
    'EPROTO',
    'UND_ERR_CONNECT_TIMEOUT',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
    'ERR_TLS_HANDSHAKE_TIMEOUT',
  ])('%s says that nothing was sent', (code) => {
    const failure = classify(systemError(code));
    expect(failure).toMatchObject({ code, verdict: 'retryable', source: 'network' });
    expect(failure).not.toHaveProperty('ambiguous');
    expect(failure).not.toHaveProperty('status');
    expect(failure?.advice).toContain('was not sent');
  });

  it.each([
    'CERT_HAS_EXPIRED',
    'CERT_NOT_YET_VALID',
    'CERT_REVOKED',
    'CRL_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'HOSTNAME_MISMATCH',
    'INVALID_CA',
  ])('%s is terminal, since the certificate stays bad', (code) => {
    const failure = classify(fetchFailed(systemError(code)));
    expect(failure).toMatchObject({ code, verdict: 'terminal', source: 'network' });
    expect(failure).not.toHaveProperty('ambiguous');
    expect(failure?.advice).toContain('certificate');
  });

  it.each([
    'ECONNRESET',
    'EPIPE',
    'UND_ERR_SOCKET',
    'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
    'ERR_STREAM_PREMATURE_CLOSE',
    'ERR_HTTP2_STREAM_ERROR',
    'ERR_HTTP2_ERROR',
    'ERR_HTTP2_FRAME_ERROR',
    'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
    'HPE_INVALID_CONSTANT',
    'Z_BUF_ERROR',
  ])('%s leaves in doubt whether it was carried out', (code) => {
    expect(classify(fetchFailed(systemError(code)))).toMatchObject({
      code,
      verdict: 'retryable',
      source: 'network',
      ambiguous: true,
      advice: containing('may have been carried out'),
    });
  });

  it.each([
    'ETIMEDOUT',
    'ESOCKETTIMEDOUT',
    'ECONNABORTED',
    'UND_ERR_HEADERS_TIMEOUT',
    'UND_ERR_BODY_TIMEOUT',
  ])('%s is a timeout that leaves it in doubt', (code) => {
    expect(classify(systemError(code))).toMatchObject({
      code,
      verdict: 'retryable',
      source: 'timeout',
      ambiguous: true,
    });
  });

  it.each<[string, Error, string]>([
    ['a timeout of the connection', systemError('ETIMEDOUT', { syscall: 'connect' }), 'timeout'],
    ['a reset of the connection', systemError('ECONNRESET', { syscall: 'connect' }), 'network'],
    ['a timeout of the look-up', systemError('ETIMEDOUT', { event: 'lookup' }), 'timeout'],
    ['a timeout of TLS in got', systemError('ETIMEDOUT', { event: 'secureConnect' }), 'timeout'],
    [
      'a reset in the TLS handshake',
      Object.assign(
        new Error(
          'Client network socket disconnected before secure TLS connection was established',
        ),
        { code: 'ECONNRESET' },
      ),
      'network',
    ],
    [
      'several addresses that did not answer',
      Object.assign(
        new AggregateError([
          systemError('ETIMEDOUT', { syscall: 'connect' }),
          systemError('ENETUNREACH', { syscall: 'connect' }),
        ]),
        { code: 'ETIMEDOUT' },
      ),
      'timeout',
    ],
  ])('that is %s says that nothing was sent', (_, error, source) => {
    const failure = classify(fetchFailed(error));
    expect(failure).toMatchObject({ verdict: 'retryable', source });
    expect(failure).not.toHaveProperty('ambiguous');
  });

  it('is in doubt where one of several attempts had a connection', () => {
    const tried = [
      systemError('ECONNREFUSED', { syscall: 'connect' }),
      systemError('ECONNRESET', { syscall: 'read' }),
    ];
    const error = Object.assign(new AggregateError(tried), { code: 'ECONNRESET' });
    expect(classify(error)?.ambiguous).toBe(true);
  });

  it('is in doubt where an aggregate tells of no attempt', () => {
    const error = Object.assign(new AggregateError([]), { code: 'ECONNRESET' });
    expect(classify(error)?.ambiguous).toBe(true);
  });

  it('of a certificate stays one, whichever call met it', () => {
    const error = systemError('CERT_HAS_EXPIRED', { syscall: 'connect' });
    expect(classify(error)?.verdict).toBe('terminal');
  });

  it('is found in an aggregate without a code of its own', () => {
    const error = new AggregateError([new Error('x'), systemError('ECONNREFUSED')]);
    expect(classify(error)).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('is found in the causes, and in the causes of those', () => {
    const error = new Error('mine', { cause: fetchFailed(systemError('ENOTFOUND')) });
    expect(classify(error)).toMatchObject({ code: 'ENOTFOUND', message: 'something ENOTFOUND' });
    expect(
      classify({ ...error, originalError: systemError('EPIPE'), stack: '', message: '' }),
    ).toMatchObject({ code: 'EPIPE' });
  });

  it.each([
    ['fetch failed', 'TypeError'],
    ['terminated', 'TypeError'],
    ['Failed to fetch', 'TypeError'],
    ['Load failed', 'TypeError'],
    ['NetworkError when attempting to fetch resource.', 'TypeError'],
    ['whatever', 'NetworkError'],
  ])('that tells no more than %j is in doubt', (message, name) => {
    const error = Object.assign(new Error(message), { name });
    expect(classify(error)).toMatchObject({
      code: 'Unknown',
      verdict: 'retryable',
      source: 'network',
      ambiguous: true,
    });
  });

  it.each([
    'bad port',
    'unknown scheme',
    'redirect count exceeded',
    'unexpected redirect',
    'integrity mismatch',
    'only if cached',
    '',
  ])('is none where fetch itself refuses: %j', (reason) => {
    const refused = { verdict: 'terminal', source: 'unknown' };
    expect(classify(fetchFailed(new Error(reason)))).toMatchObject({ code: 'Unknown', ...refused });
    expect(classify(viaAxios(new Error(reason)))).toMatchObject(refused);
  });

  it.each([
    ['UND_ERR_INVALID_ARG', 'invalid upgrade header'],
    ['UND_ERR_NOT_SUPPORTED', 'expect header not supported'],
    ['UND_ERR_REQ_CONTENT_LENGTH_MISMATCH', 'Request body length does not match'],
    ['ERR_INVALID_STATE', 'the caller’s own stream failed'],
  ])('is none where the request could not be sent as it is: %s', (code, message) => {
    const cause = Object.assign(new Error(message), { code });
    const refused = { verdict: 'terminal', source: 'unknown' };
    expect(classify(fetchFailed(cause))).toMatchObject({ code, ...refused });
    expect(classify(viaAxios(cause))).toMatchObject(refused);
  });

  it.each([
    ['ERR_HTTP2_STREAM_ERROR', 'Stream closed with error code NGHTTP2_REFUSED_STREAM'],
    ['UND_ERR_INFO', 'HTTP/2: "GOAWAY" frame received with code 0'],
  ])('%s with %j was refused before it was carried out', (code, message) => {
    const failure = classify(fetchFailed(systemError(code, { message })));
    expect(failure).toMatchObject({ code, message, verdict: 'retryable', source: 'network' });
    expect(failure).not.toHaveProperty('ambiguous');
    expect(failure?.advice).toContain('nothing was carried out');
  });

  it.each([
    ['UND_ERR_SOCKET', 'HTTP/2: "GOAWAY" frame received with code 0'],
    ['UND_ERR_INFO', 'HTTP/2: "GOAWAY" frame received with code 2'],
    ['ERR_BAD_RESPONSE', 'stream has been aborted'],
    ['ECONNABORTED', 'stream has been aborted'],
    ['ERR_BAD_RESPONSE', 'response stream aborted'],
    ['ERR_BAD_RESPONSE', 'maxContentLength size of -1 exceeded'],
  ])('%s with %j leaves in doubt whether it was carried out', (code, message) => {
    expect(classify(systemError(code, { message }))).toMatchObject({
      code,
      verdict: 'retryable',
      source: 'network',
      ambiguous: true,
    });
  });

  it.each<[string, Error]>([
    ['a message without a code', new Error('stream has been aborted')],
    [
      'a limit that the caller set',
      systemError('ERR_BAD_RESPONSE', { message: 'maxContentLength size of 10 exceeded' }),
    ],
    ['another error of a parser', systemError('PARSE_ERROR', { message: 'Unexpected end' })],
    ['another TypeError', new TypeError('fetch is not a function')],
  ])('is not what %s tells of', (_, error) => {
    expect(classify(error)).toMatchObject({ verdict: 'terminal', source: 'unknown' });
  });

  it.each<[string, unknown]>([
    ['axios over fetch', viaAxios(undefined)],
    ['Azure', systemError('REQUEST_SEND_ERROR')],
    [
      'Azure, for a body',
      systemError('PARSE_ERROR', { message: 'Error reading response as text' }),
    ],
    ['Graph', systemError('TypeError', { message: 'fetch failed' })],
    ['a mocked fetch', fetchFailed(Response.error())],
    [
      'an error that is its own cause',
      Object.defineProperty(fetchFailed(), 'cause', {
        get(): unknown {
          return this;
        },
      }),
    ],
  ])('of which %s says only that it failed is in doubt', (_, error) => {
    expect(classify(error)).toMatchObject({
      verdict: 'retryable',
      source: 'network',
      ambiguous: true,
    });
  });

  it('has no message where the error has none', () => {
    for (const message of [undefined, 7]) {
      const error = systemError('ECONNRESET');
      Object.defineProperty(error, 'message', { value: message });
      expect(classify(error)).toMatchObject({ code: 'ECONNRESET', message: '', ambiguous: true });
      expect(classify({ code: 'ECONNRESET', message })?.message).toBe('');
    }
  });

  it.each<[string, unknown]>([
    ['code', { code: 'ECONNRESET', message: 'x' }],
    ['name', { name: 'TimeoutError', message: 'x' }],
    ['name alone', { name: 'HTTPParserError', code: undefined, message: 'x' }],
  ])('is known by its %s where it is no error object', (_, thrown) => {
    expect(classify(thrown)).toMatchObject({ ambiguous: true });
  });
});
