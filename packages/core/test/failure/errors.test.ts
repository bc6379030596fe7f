import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../src/failure/attach.ts';
import { classify } from '../../src/failure/classify.ts';
import {
  AttemptTimeoutError,
  CircuitOpenError,
  DeadlineExceededError,
  DefenderApiError,
  ResilienceError,
  ThrottledError,
} from '../../src/failure/errors.ts';
import type { Failure } from '../../src/failure/failure.ts';
import { anotherCopyOf, revokedProxy } from './support.ts';

const FORBIDDEN: Failure = {
  code: 'Forbidden',
  status: 403,
  message: 'what the service said',
  trackingId: 't-1',
  verdict: 'terminal',
  source: 'api',
  advice: 'Ask an administrator.',
};
const operation = 'machines.isolate';

const own = [
  new CircuitOpenError({ operation, retryAfterMs: 14_320 }),
  new ThrottledError({ operation, retryAfterMs: 800, reason: 'queue-full' }),
  new ThrottledError({ operation, retryAfterMs: 400_000, reason: 'wait-too-long' }),
  new AttemptTimeoutError({ operation, timeoutMs: 60_000 }),
  new DeadlineExceededError({ operation, timeoutMs: 250 }),
];

describe('the errors of the wrapper', () => {
  it('say what happened to which operation', () => {
    expect(own.map((error) => String(error))).toEqual([
      'CircuitOpenError: machines.isolate was not sent: its circuit is open for another 14.4 s',
      'ThrottledError: machines.isolate was not sent: its quota is paused for another 800 ms, and too many calls are waiting for it already',
      'ThrottledError: machines.isolate was not sent: its quota is paused for another 400 s, which is longer than the call may wait',
      'AttemptTimeoutError: machines.isolate got no response within 60 s',
      'DeadlineExceededError: machines.isolate reached its deadline after 250 ms',
    ]);
  });

  it('carry their failure', () => {
    expect(own.map(({ failure }) => ({ ...failure, message: '', advice: '' }))).toEqual([
      {
        code: 'CircuitOpen',
        source: 'circuit',
        verdict: 'retryable',
        retryAfterMs: 14_320,
        message: '',
        advice: '',
      },
      {
        code: 'Throttled',
        source: 'throttle',
        verdict: 'retryable',
        retryAfterMs: 800,
        message: '',
        advice: '',
      },
      {
        code: 'Throttled',
        source: 'throttle',
        verdict: 'retryable',
        retryAfterMs: 400_000,
        message: '',
        advice: '',
      },
      {
        code: 'Timeout',
        source: 'timeout',
        verdict: 'retryable',
        ambiguous: true,
        message: '',
        advice: '',
      },
      {
        code: 'Timeout',
        source: 'timeout',
        verdict: 'retryable',
        ambiguous: true,
        message: '',
        advice: '',
      },
    ]);
    for (const error of own) {
      expect(error.failure.message).toBe(error.message);
      expect(error.failure.advice).not.toBe('');
      expect(classify(error)).toBe(error.failure);
      expect(failureOf(error)).toBe(error.failure);
    }
  });

  it('have the fields that a handler needs', () => {
    expect(own.map((error) => ({ ...error }))).toEqual([
      { code: 'CircuitOpen', operation, retryAfterMs: 14_320 },
      { code: 'Throttled', operation, retryAfterMs: 800, reason: 'queue-full', heldBy: 'pause' },
      {
        code: 'Throttled',
        operation,
        retryAfterMs: 400_000,
        reason: 'wait-too-long',
        heldBy: 'pause',
      },
      { code: 'Timeout', operation, timeoutMs: 60_000 },
      { code: 'Timeout', operation, timeoutMs: 250 },
    ]);
  });

  it('have a stack, unless the call was refused: that must cost next to nothing', () => {
    const limit = Error.stackTraceLimit;
    const refused = new CircuitOpenError({ operation, retryAfterMs: 1 });
    const timedOut = new AttemptTimeoutError({ operation, timeoutMs: 1 });
    expect(refused.stack).toBe(String(refused));
    expect(timedOut.stack).toMatch(/^AttemptTimeoutError: .*\n {4}at /);
    expect(Error.stackTraceLimit).toBe(limit);
  });

  it('are found below any number of other errors', () => {
    for (const error of own) {
      const below = new AggregateError([new Error('x', { cause: error })]);
      expect(classify(new Error('y', { cause: below }))).toBe(error.failure);
    }
  });

  it('are told apart by instanceof', () => {
    const classes = [CircuitOpenError, ThrottledError, AttemptTimeoutError, DeadlineExceededError];
    const matches = own.map((error) => classes.filter((each) => error instanceof each));
    expect(matches).toEqual([
      [CircuitOpenError],
      [ThrottledError],
      [ThrottledError],
      [AttemptTimeoutError],
      [DeadlineExceededError],
    ]);
    for (const error of own) {
      expect(error).toBeInstanceOf(ResilienceError);
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(DefenderApiError);
    }
  });

  it('are told by instanceof although another copy of the package made them', async () => {
    const copy = await anotherCopyOf<typeof import('../../src/failure/errors.ts')>('errors.ts');
    expect(copy.CircuitOpenError).not.toBe(CircuitOpenError);
    const foreign = new copy.CircuitOpenError({ operation, retryAfterMs: 1 });
    expect(foreign).toBeInstanceOf(CircuitOpenError);
    expect(foreign).toBeInstanceOf(ResilienceError);
    expect(foreign).not.toBeInstanceOf(ThrottledError);
    expect(failureOf(foreign)).toBe(foreign.failure);
    expect(new copy.DefenderApiError(FORBIDDEN)).toBeInstanceOf(DefenderApiError);
  });

  it('leave subclasses to the language', () => {
    class Mine extends DefenderApiError {}
    expect(new Mine(FORBIDDEN)).toBeInstanceOf(Mine);
    expect(new Mine(FORBIDDEN)).toBeInstanceOf(DefenderApiError);
    expect(new DefenderApiError(FORBIDDEN)).not.toBeInstanceOf(Mine);
  });

  it.each([undefined, null, 7, 'x', {}, new Error('x')])('are not %s', (value) => {
    expect(value instanceof DefenderApiError).toBe(false);
  });

  it('are not a revoked proxy, which cannot even be asked', () => {
    expect(revokedProxy() instanceof DefenderApiError).toBe(false);
    expect(failureOf(revokedProxy())).toBeUndefined();
  });
});

describe('DefenderApiError', () => {
  it.each<[Failure, string | undefined, string]>([
    [FORBIDDEN, operation, 'machines.isolate failed: 403 Forbidden (tracking ID t-1)'],
    [FORBIDDEN, undefined, 'The call failed: 403 Forbidden (tracking ID t-1)'],
    [
      { code: 'Http503', status: 503, message: '', verdict: 'retryable', source: 'gateway' },
      operation,
      'machines.isolate failed: Http503',
    ],
    [
      { code: 'ECONNRESET', message: '', verdict: 'retryable', source: 'network' },
      operation,
      'machines.isolate failed: ECONNRESET',
    ],
  ])('says what failed, and how', (failure, name, message) => {
    const error = new DefenderApiError(failure, name === undefined ? {} : { operation: name });
    expect(error.message).toBe(message);
    expect(error.name).toBe('DefenderApiError');
    expect(error.stack?.split('\n')[0]).toBe(`DefenderApiError: ${message}`);
  });

  it('has the fields that a handler needs, and its cause', () => {
    const cause = new Error('below');
    const error = new DefenderApiError(FORBIDDEN, { operation, cause });
    expect({ ...error }).toEqual({ code: 'Forbidden', status: 403, trackingId: 't-1', operation });
    expect(error.cause).toBe(cause);
    expect(error.failure).toBe(FORBIDDEN);
    expect(classify(error)).toBe(FORBIDDEN);
    expect(failureOf(error)).toBe(FORBIDDEN);
  });

  it('has no field for what is not known', () => {
    const failure: Failure = {
      code: 'Unknown',
      message: '',
      verdict: 'terminal',
      source: 'unknown',
    };
    const error = new DefenderApiError(failure);
    expect(Object.keys(error)).toEqual(['code']);
    expect('cause' in error).toBe(false);
  });

  it('prints what is known, and of its cause the name alone', () => {
    const error = new DefenderApiError(FORBIDDEN, { operation, cause: new TypeError('below') });
    error.stack = 'DefenderApiError: the stack';
    expect(
      inspect(error)
        .split('\n')
        .map((line) => line.trim()),
    ).toEqual([
      'DefenderApiError: the stack {',
      "operation: 'machines.isolate',",
      "code: 'Forbidden',",
      'status: 403,',
      "trackingId: 't-1',",
      "verdict: 'terminal',",
      "source: 'api',",
      "advice: 'Ask an administrator.',",
      "cause: 'TypeError'",
      '}',
    ]);
  });

  it.each<[unknown, string | undefined]>([
    [new Response(null), "cause: 'Response'"],
    ['a text', "cause: 'String'"],
    [Object.create(null), "cause: 'Object'"],
    [undefined, undefined],
  ])('prints the kind of any cause', (cause, expected) => {
    const printed = inspect(new DefenderApiError(FORBIDDEN, { cause }));
    expect(printed.match(/cause: .*/)?.[0]).toBe(expected);
  });

  it('prints without a stack too', () => {
    const error = new DefenderApiError(FORBIDDEN);
    Reflect.deleteProperty(error, 'stack');
    expect(inspect(error)).toMatch(/^The call failed: 403 Forbidden/);
  });
});
