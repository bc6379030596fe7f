import { describe, expect, it } from 'vitest';
import { classify } from '../../src/failure/classify.ts';
import { containing } from './support.ts';

function systemError(code: string, more: object = {}): Error {
  return Object.assign(new Error(`something ${code}`), { code, ...more });
}

function fetchFailed(cause?: unknown): TypeError {
  return new TypeError('fetch failed', { cause });
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

  it.each(['bad port', 'unknown scheme', 'redirect count exceeded', 'unexpected redirect'])(
    'is none where fetch itself refuses: %s',
    (reason) => {
      expect(classify(fetchFailed(new Error(reason)))).toMatchObject({
        code: 'Unknown',
        verdict: 'terminal',
        source: 'unknown',
      });
    },
  );

  it.each<[string, unknown]>([
    ['code', { code: 'ECONNRESET', message: 'x' }],
    ['name', { name: 'TimeoutError', message: 'x' }],
  ])('is known by its %s where it is no error object', (_, thrown) => {
    expect(classify(thrown)).toMatchObject({ ambiguous: true });
  });
});

describe('an abort', () => {
  it.each<[string, unknown]>([
    ['of the platform', new DOMException('x', 'AbortError')],
    ['of Node', systemError('ABORT_ERR')],
    ['of undici', systemError('UND_ERR_ABORTED')],
    ['of axios 1', systemError('ERR_CANCELED')],
    ['of axios 0', { __CANCEL__: true, message: 'x' }],
    ['of superagent', systemError('ABORTED')],
    ['of Azure', Object.assign(new Error('x'), { name: 'AbortError' })],
    ['below another error', new Error('x', { cause: new DOMException('x', 'AbortError') })],
  ])('%s is the caller’s own', (_, error) => {
    expect(classify(error)).toMatchObject({
      code: 'Cancelled',
      verdict: 'terminal',
      source: 'cancelled',
    });
  });

  it('by a time limit is a timeout', () => {
    expect(classify(new DOMException('x', 'TimeoutError'))).toMatchObject({
      code: 'Timeout',
      verdict: 'retryable',
      source: 'timeout',
      ambiguous: true,
    });
  });

  it.each([
    [407, 'terminal'],
    [503, 'retryable'],
    [502, 'retryable'],
  ])('by a proxy that answers %i is the proxy’s refusal', (status, verdict) => {
    const proxy = systemError('UND_ERR_ABORTED', {
      name: 'AbortError',
      message: `Proxy response (${status}) !== 200 when HTTP Tunneling`,
    });
    const cancelled = Object.assign(new DOMException('Request was cancelled.', 'AbortError'), {
      cause: proxy,
    });
    const failure = classify(fetchFailed(cancelled));
    expect(failure).toMatchObject({
      code: `Http${status}`,
      status,
      verdict,
      source: 'gateway',
      advice: containing('proxy'),
    });
    expect(failure).not.toHaveProperty('ambiguous');
  });
});

describe('any other error', () => {
  it.each<[string, Error]>([
    ['a TypeError', new TypeError('x is not a function')],
    ['a RangeError', new RangeError('x')],
    ['a SyntaxError of JSON', new SyntaxError('Unexpected end of JSON input')],
    ['an Error', new Error('x')],
    ['a TypeError with a cause of its own', new TypeError('x', { cause: new Error('y') })],
  ])('such as %s is terminal: sending it again mends no program', (_, error) => {
    expect(classify(error)).toMatchObject({
      code: 'Unknown',
      message: error.message,
      verdict: 'terminal',
      source: 'unknown',
      advice: containing('program'),
    });
  });

  it.each([
    ['ERR_INVALID_URL', 'ERR_INVALID_URL'],
    ['ENOENT', 'ENOENT'],
    ['ERR_BODY_PARSE_FAILURE', 'ERR_BODY_PARSE_FAILURE'],
    ['not a code', 'Unknown'],
    ['Mine', 'Unknown'],
    [`E${'X'.repeat(80)}`, 'Unknown'],
  ])('with the code %s is called %s', (code, expected) => {
    expect(classify(systemError(code))).toMatchObject({ code: expected, source: 'unknown' });
  });

  it('keeps the code of its cause', () => {
    const error = new Error('x', { cause: systemError('ERR_INVALID_URL') });
    expect(classify(error)?.code).toBe('ERR_INVALID_URL');
  });

  it('without a message or a stack says nothing', () => {
    const error = new Error();
    Reflect.deleteProperty(error, 'stack');
    expect(classify(error)).toMatchObject({ message: '', source: 'unknown' });
  });

  it('with a status but without an answer is known by the status alone', () => {
    const error = systemError('ERR_BAD_RESPONSE', { status: 500, message: 'Request failed' });
    expect(classify(error)).toMatchObject({ code: 'Http500', message: '', source: 'gateway' });
  });

  it('goes by the status of its answer, and not by one of its own', () => {
    const error = systemError('ERR_BAD_RESPONSE', { status: 500, response: { status: 404 } });
    expect(classify(error)).toMatchObject({ code: 'Http404', verdict: 'terminal' });
  });

  it('that an answer below 400 threw is none of the answer', () => {
    const error = Object.assign(new Error('no JSON'), { response: { status: 200, data: '{' } });
    expect(classify(error)).toMatchObject({ code: 'Unknown', source: 'unknown' });
  });
});
