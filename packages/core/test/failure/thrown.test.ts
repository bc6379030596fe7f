import { describe, expect, it } from 'vitest';
import { classify } from '../../src/failure/classify.ts';
import { containing, fetchFailed, systemError } from './support.ts';

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

  it('is read up to its 31st cause', () => {
    const nested = (depth: number): Error =>
      depth === 0 ? systemError('ECONNRESET') : new Error('x', { cause: nested(depth - 1) });
    expect(classify(nested(31))).toMatchObject({ code: 'ECONNRESET' });
    expect(classify(nested(32))).toMatchObject({ code: 'Unknown', source: 'unknown' });
  });

  it('has no message where that is no text', () => {
    const error = Object.defineProperty(new Error('x'), 'message', { value: 7 });
    expect(classify(error)).toMatchObject({ message: '', source: 'unknown' });
  });

  it('is not what has a stack alone', () => {
    expect(classify({ stack: 'at the top of the pile' })).toBeUndefined();
    expect(classify({ stack: 'x', message: 'y' })).toMatchObject({ source: 'unknown' });
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
