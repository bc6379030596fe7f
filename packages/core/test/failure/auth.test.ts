import { describe, expect, it } from 'vitest';
import { classify } from '../../src/failure/classify.ts';
import { containing } from './support.ts';

const SECRET_WRONG = 'AADSTS7000215: Invalid client secret provided. Trace ID: x';

/** As @azure/msal-common makes its errors. */
function msalError(
  name: string,
  errorCode: string,
  errorMessage: string,
  more: object = {},
): Error {
  const error = new Error(`${errorCode}: ${errorMessage}`);
  return Object.assign(error, {
    name,
    errorCode,
    errorMessage,
    subError: '',
    correlationId: 'c-1',
    ...more,
  });
}

describe('an error of MSAL', () => {
  it('with a status is Entra’s answer', () => {
    const error = msalError('ServerError', 'invalid_client', SECRET_WRONG, { status: 401 });
    expect(classify(error)).toMatchObject({
      code: 'invalid_client',
      status: 401,
      source: 'api',
      verdict: 'terminal',
      refreshUseless: true,
      trackingId: 'c-1',
      message: SECRET_WRONG,
      advice: containing('secret'),
    });
  });

  it('without a status is Entra’s refusal', () => {
    const failure = classify(msalError('ServerError', 'invalid_grant', 'AADSTS65001: no consent'));
    expect(failure).toMatchObject({
      code: 'invalid_grant',
      source: 'api',
      verdict: 'terminal',
      trackingId: 'c-1',
      advice: containing('admin consent'),
    });
    expect(failure).not.toHaveProperty('status');
  });

  it.each(['temporarily_unavailable', 'service_not_available', 'server_error', 'request_timeout'])(
    'that says %s is worth another try',
    (code) => {
      expect(classify(msalError('ServerError', code, 'x'))).toMatchObject({
        code,
        source: 'api',
        verdict: 'retryable',
      });
    },
  );

  it('keeps Entra’s status where Entra itself fails', () => {
    const error = msalError('ServerError', 'temporarily_unavailable', 'x', { status: 503 });
    expect(classify(error)).toMatchObject({ status: 503, verdict: 'retryable' });
  });

  it.each([
    'network_error',
    'endpoints_resolution_error',
    'openid_config_error',
    'no_network_connectivity',
  ])('that says %s is one of the network', (code) => {
    expect(classify(msalError('ClientAuthError', code, 'x'))).toMatchObject({
      code: 'Unknown',
      source: 'network',
      verdict: 'retryable',
    });
  });

  it('whose token the API refused is one of the token', () => {
    const error = msalError('ServerError', 'invalid_token', 'x', { status: 401 });
    expect(classify(error)).not.toHaveProperty('refreshUseless');
  });

  it.each([
    [400, { status: 400 }],
    ['400', {}],
    [399, {}],
    [0, {}],
  ])('has a status of %j', (status, expected) => {
    const failure = classify(msalError('ServerError', 'invalid_grant', 'x', { status }));
    expect(failure).toMatchObject({ code: 'invalid_grant', source: 'api', ...expected });
    expect(Object.keys(failure ?? {}).includes('status')).toBe('status' in expected);
  });

  it.each([{ errorCode: 'network_error' }, { errorMessage: 'AADSTS65001: no consent' }])(
    'has a code and a message: not %j',
    (fields) => {
      expect(classify(Object.assign(new Error('x'), fields))).toMatchObject({
        code: 'Unknown',
        message: 'x',
        source: 'unknown',
      });
    },
  );

  it('tells no tracking ID where it has none', () => {
    const error = msalError('ClientAuthError', 'no_tokens_found', '', { correlationId: '' });
    const failure = classify(error);
    expect(failure).toMatchObject({ code: 'no_tokens_found', verdict: 'terminal' });
    expect(failure).not.toHaveProperty('trackingId');
  });

  it('is called Unknown where its code is a sentence', () => {
    expect(classify(msalError('ClientAuthError', 'what is this', 'x'))?.code).toBe('Unknown');
  });
});

describe('an error of the Azure identity library', () => {
  /** As @azure/identity makes it. */
  const refused = Object.assign(new Error('invalid_client Error(s): 7000222 - ...'), {
    name: 'AuthenticationError',
    statusCode: 401,
    errorResponse: {
      error: 'invalid_client',
      errorDescription: 'AADSTS7000222: The provided client secret keys are expired.',
      errorCodes: [7_000_222],
      traceId: 'trace-1',
      correlationId: 'c-1',
    },
  });

  it('says what Entra said', () => {
    expect(classify(refused)).toMatchObject({
      code: 'invalid_client',
      status: 401,
      source: 'api',
      verdict: 'terminal',
      refreshUseless: true,
      trackingId: 'trace-1',
      advice: containing('expired'),
    });
  });

  it('of a chain says what the one that got an answer was told', () => {
    const unavailable = Object.assign(new Error('no environment variables'), {
      name: 'CredentialUnavailableError',
    });
    const chain = Object.assign(new Error('all failed'), {
      name: 'AggregateAuthenticationError',
      errors: [unavailable, refused],
    });
    expect(classify(chain)).toMatchObject({ code: 'invalid_client', status: 401 });
  });
});

describe('a refusal of Entra', () => {
  it.each([
    [401, 'invalid_client', true],
    [400, 'invalid_client', undefined],
    [401, 'invalid_token', undefined],
    [401, 'insufficient_scope', undefined],
  ])('with %i %s: a new token is useless: %s', (status, error, useless) => {
    const body = { error, error_description: 'AADSTS7000215: x', error_codes: [7_000_215] };
    expect(classify({ status, body })?.refreshUseless).toBe(useless);
  });

  it.each([
    [499, 'client secret is wrong'],
    [500, 'Service health'],
  ])('with %i advises: %s', (status, advice) => {
    const body = { error: 'server_error', error_description: 'x', error_codes: [7_000_215] };
    expect(classify({ status, body })?.advice).toContain(advice);
  });

  it('is explained by its first ten numbers', () => {
    const adviceOn = (error_codes: unknown): string | undefined =>
      classify({ status: 400, body: { error: 'e', error_description: 'x', error_codes } })?.advice;
    expect(adviceOn([...Array<number>(9).fill(1), 7_000_215])).toContain('secret is wrong');
    expect(adviceOn([...Array<number>(10).fill(1), 7_000_215])).toContain('Entra issued no token');
    expect(adviceOn(['7000215'])).toContain('Entra issued no token');
    expect(adviceOn(7_000_215)).toContain('Entra issued no token');
  });
});

describe('an error of a generated client', () => {
  it('says what its document says', () => {
    const main = {
      code: 'Forbidden',
      message: 'Insufficient permission',
      innerError: { requestId: 'r-1', clientRequestId: 'c-1' },
    };
    for (const key of ['error', 'errorEscaped']) {
      const error = Object.assign(new Error('unexpected status'), {
        responseStatusCode: 403,
        responseHeaders: { 'request-id': ['h-1'] },
        [key]: main,
      });
      expect(classify(error)).toMatchObject({
        code: 'Forbidden',
        status: 403,
        source: 'api',
        trackingId: 'r-1',
        message: 'Insufficient permission',
      });
    }
  });
});
