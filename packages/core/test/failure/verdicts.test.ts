import { describe, expect, it } from 'vitest';
import { catalogue, findErrorCode } from '../../src/catalogue/codes.ts';
import { classify } from '../../src/failure/classify.ts';
import { verdictOf } from '../../src/failure/http-failure.ts';

const envelope = (code: string): object => ({ error: { code, message: '' } });

describe('the verdict', () => {
  it.each(catalogue.filter(({ documented }) => documented))(
    'on the documented $code with $status is terminal, unless it says to retry',
    ({ code, status }) => {
      const failure = classify({ status, body: envelope(code) });
      const verdict = code === 'InternalServerError' ? 'retryable' : 'terminal';
      expect(failure).toMatchObject({ code, verdict });
      expect(failure).not.toHaveProperty('ambiguous');
    },
  );

  it.each([
    400, 401, 402, 403, 404, 405, 406, 407, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421,
    422, 423, 424, 426, 428, 431, 451, 499, 501, 505,
  ])('on a bare %i is terminal', (status) => {
    expect(classify({ status })).toMatchObject({ code: `Http${status}`, verdict: 'terminal' });
  });

  it.each([408, 425, 429, 500, 502, 503, 504, 506, 507, 508, 510, 511, 520, 529, 599, 999])(
    'on a bare %i is retryable',
    (status) => {
      expect(classify({ status })).toMatchObject({ code: `Http${status}`, verdict: 'retryable' });
    },
  );

  const statuses = Array.from({ length: 200 }, (_, index) => 400 + index);

  it('is ambiguous for every 5xx that nobody explains, but for those that are terminal', () => {
    const ambiguous = statuses.filter((status) => classify({ status })?.ambiguous);
    expect(ambiguous).toEqual(
      statuses.filter((status) => status >= 500 && status !== 501 && status !== 505),
    );
  });

  it('is ambiguous with Retry-After for 502 and 504 alone, where a gateway asks for the wait', () => {
    const headers = { 'retry-after': '1' };
    expect(statuses.filter((status) => classify({ status, headers })?.ambiguous)).toEqual([
      502, 504,
    ]);
  });

  it('is ambiguous in the service’s own error format for 502 and 504 alone', () => {
    const body = envelope('InternalServerError');
    expect(statuses.filter((status) => classify({ status, body })?.ambiguous)).toEqual([502, 504]);
    expect(classify({ status: 503, body: envelope('SomethingNew') })?.ambiguous).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['a page', '<html><title>Error</title></html>'],
    ['a code that says nothing', envelope('UnknownError')],
    ['the error format of API Management', { statusCode: 500, message: 'Internal server error' }],
    ['an unknown code without the envelope', { code: 'E500', message: 'upstream failed' }],
    ['the format of a token endpoint', { error: 'server_error', error_description: 'AADSTS90033' }],
    ['a problem document', { title: 'Internal Server Error', status: 500 }],
  ])('is ambiguous for a 500 with %s', (_, body) => {
    expect(classify({ status: 500, body })?.ambiguous).toBe(true);
  });

  it.each([
    ['NotFound', 500, 'retryable'],
    ['BadRequest', 503, 'retryable'],
    ['Forbidden', 429, 'retryable'],
    ['InternalServerError', 400, 'terminal'],
    ['serviceNotAvailable', 403, 'terminal'],
    ['InternalServerError', 501, 'terminal'],
    ['InternalServerError', 505, 'terminal'],
    ['SomethingNew', 500, 'retryable'],
    ['SomethingNew', 404, 'terminal'],
    ['UnknownError', 500, 'retryable'],
    ['UnknownError', 400, 'terminal'],
    ['TooManyRequests', 403, 'retryable'],
    ['429', 400, 'retryable'],
  ])('on %s with a status of %i goes by what says more: %s', (code, status, verdict) => {
    expect(classify({ status, body: envelope(code) })?.verdict).toBe(verdict);
  });

  it('is the row’s own for every status that the code comes with', () => {
    const entry = findErrorCode('NotFound');
    if (entry === undefined) throw new Error('no such code');
    expect(verdictOf(500, entry)).toBe('retryable');
    expect(verdictOf(500, { ...entry, otherStatuses: [500] })).toBe('terminal');
    expect(verdictOf(500, { ...entry, status: 500 })).toBe('terminal');
  });

  it('does not change with the message', () => {
    const body = { error: { code: 'InternalServerError', message: 'exceeded the allowed limits' } };
    const failure = classify({ status: 500, body });
    expect(failure?.verdict).toBe('retryable');
    expect(failure?.advice).toBe(failure?.entry?.advice);
  });
});

describe('the advice', () => {
  it.each([
    [401, 'token'],
    [403, 'permissions'],
    [407, 'proxy'],
    [413, 'less'],
    [429, 'Wait'],
    [502, 'may have been carried out'],
    [504, 'may have been carried out'],
    [500, 'Service health'],
    [503, 'Service health'],
    [599, 'Service health'],
  ])('on a bare %i says something of it', (status, text) => {
    expect(classify({ status })?.advice).toContain(text);
  });

  it('on a tenant that is not onboarded sends to its licences', () => {
    const body = { error: { code: 'Forbidden', message: 'Tenant is not onboarded to MDE' } };
    const failure = classify({ status: 403, body });
    expect(failure?.advice).toContain('licence');
    expect(failure).not.toHaveProperty('refreshUseless');
  });

  it('does not take a 401 of an expired token for one of a licence', () => {
    const body = { error: { code: 'Unauthorized', message: 'Token expired' } };
    expect(classify({ status: 401, body })).not.toHaveProperty('refreshUseless');
  });
});
