import { inspect } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../../src/failure/attach.ts';
import { classify } from '../../src/failure/classify.ts';
import {
  AttemptTimeoutError,
  CircuitOpenError,
  ClosedError,
  DeadlineExceededError,
  DefenderApiError,
  ResilienceError,
  ThrottledError,
} from '../../src/failure/errors.ts';
import type { Failure } from '../../src/failure/failure.ts';
import { anotherCopyOf, containing, revokedProxy } from './support.ts';

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

describe('the errors of the wrapper', () => {
  let own: readonly ResilienceError[] = [];

  beforeEach(() => {
    own = [
      new CircuitOpenError({ operation, retryAfterMs: 14_320 }),
      new ThrottledError({ operation, retryAfterMs: 800, reason: 'queue-full' }),
      new ThrottledError({ operation, retryAfterMs: 400_000, reason: 'wait-too-long' }),
      new AttemptTimeoutError({ operation, timeoutMs: 60_000 }),
      new DeadlineExceededError({ operation, timeoutMs: 250 }),
    ];
  });

  it('say what happened to which operation', () => {
    expect(own.map((error) => String(error))).toEqual([
      'CircuitOpenError: machines.isolate was not sent: its circuit is open for another 14.4 s',
      'ThrottledError: machines.isolate was not sent: its quota is paused for another 800 ms, and too many calls are waiting for it already',
      'ThrottledError: machines.isolate was not sent: its quota is paused for another 400 s, which is longer than the call may wait',
      'AttemptTimeoutError: machines.isolate got no response within 60 s',
      'DeadlineExceededError: machines.isolate reached its deadline after 250 ms',
    ]);
  });

  it.each([
    [0, '0 ms'],
    [0.2, '1 ms'],
    [999.2, '1000 ms'],
    [1_000, '1 s'],
    [1_001, '1.1 s'],
    [59_990, '60 s'],
  ])('give %d ms as %s, never too short', (timeoutMs, text) => {
    const { message } = new AttemptTimeoutError({ operation, timeoutMs });
    expect(message).toBe(`machines.isolate got no response within ${text}`);
  });

  it('say what held the call, and what to do', () => {
    const quota = { operation, retryAfterMs: 1_500, heldBy: 'quota' } as const;
    const used = new ThrottledError({ ...quota, reason: 'wait-too-long' });
    expect(used.message).toBe(
      'machines.isolate was not sent: its quota is used up for another 1.5 s, which is longer than the call may wait',
    );
    expect(used.heldBy).toBe('quota');
    expect([used, ...own].map(({ failure }) => failure.advice)).toEqual([
      containing('longer deadline'),
      containing('circuit'),
      containing('after the pause'),
      containing('after the pause'),
      containing('may have been carried out'),
      containing('may have been carried out'),
    ]);
  });

  it.each([
    [
      false,
      {
        code: 'Closed',
        verdict: 'terminal',
        source: 'cancelled',
        advice: containing('with another wrapper'),
      },
      /^machines.isolate was not sent: the wrapper is closed$/,
    ],
    [
      true,
      {
        code: 'Closed',
        verdict: 'terminal',
        source: 'cancelled',
        ambiguous: true,
        advice: containing('A longer timeoutMs of close()'),
      },
      /^machines.isolate was aborted: the wrapper was closed before/,
    ],
  ])('say that the wrapper was closed, and whether the call was sent: %s', (sent, fields, text) => {
    const error = new ClosedError({ operation, sent });
    expect(error).toBeInstanceOf(ResilienceError);
    expect(error.message).toMatch(text);
    expect(String(error)).toBe(`ClosedError: ${error.message}`);
    expect({ ...error.failure }).toEqual(fields);
    expect(error.failure.message).toBe(error.message);
    expect({ ...error }).toEqual({ code: 'Closed', operation });
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
    expect(own[0]).toBeInstanceOf(copy.CircuitOpenError);
    expect(own[0]).not.toBeInstanceOf(copy.ThrottledError);
    expect(failureOf(foreign)).toBe(foreign.failure);
    expect(new copy.DefenderApiError(FORBIDDEN)).toBeInstanceOf(DefenderApiError);
    expect(new copy.ClosedError({ operation, sent: true })).toBeInstanceOf(ClosedError);
    const throttled = { operation, retryAfterMs: 1, reason: 'queue-full' } as const;
    expect(new copy.ThrottledError(throttled)).toBeInstanceOf(ThrottledError);
    const timeouts = { operation, timeoutMs: 1 };
    expect(new copy.AttemptTimeoutError(timeouts)).toBeInstanceOf(AttemptTimeoutError);
    expect(new copy.DeadlineExceededError(timeouts)).toBeInstanceOf(DeadlineExceededError);
  });

  it('are named, printed and thrown as cheaply by each copy of the package', async () => {
    const copy = await anotherCopyOf<typeof import('../../src/failure/errors.ts')>('errors.ts');
    const refused = new copy.CircuitOpenError({ operation, retryAfterMs: 1 });
    const throttled = new copy.ThrottledError({ operation, retryAfterMs: 1, reason: 'queue-full' });
    const timedOut = new copy.AttemptTimeoutError({ operation, timeoutMs: 1 });
    expect([refused.name, throttled.name, timedOut.name]).toEqual([
      'CircuitOpenError',
      'ThrottledError',
      'AttemptTimeoutError',
    ]);
    expect(refused.stack).toBe(String(refused));
    expect(throttled.stack).toBe(String(throttled));
    expect(timedOut.stack).toMatch(/\n {4}at /);
    const error = new copy.DefenderApiError(FORBIDDEN, { cause: new Error('token') });
    expect(inspect(error)).toContain("cause: 'Error'");
    expect(inspect(error)).not.toContain('token');
    class Mine extends copy.ResilienceError {}
    expect(refused).not.toBeInstanceOf(Mine);
    expect(refused).toBeInstanceOf(copy.ResilienceError);
    // Whoever tests such an error may give it a name, or its class another way to be printed.
    for (const key of ['name', inspect.custom]) {
      expect(Object.getOwnPropertyDescriptor(copy.DefenderApiError.prototype, key)).toMatchObject({
        configurable: true,
        enumerable: false,
        writable: true,
      });
    }
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
