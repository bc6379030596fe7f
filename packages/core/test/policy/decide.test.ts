import { describe, expect, it } from 'vitest';
import type { Failure } from '../../src/failure/failure.ts';
import { decideRetry, type RetryContext, type RetryDependencies } from '../../src/policy/decide.ts';

const FAILURE: Failure = {
  code: 'InternalServerError',
  status: 500,
  message: '',
  verdict: 'retryable',
  source: 'api',
};

function context(
  change: Omit<Partial<RetryContext>, 'failure'> & { failure?: Partial<Failure> } = {},
): RetryContext {
  const { failure, ...rest } = change;
  return {
    aborted: false,
    closed: false,
    retriedInside: false,
    askedToWaitBefore: false,
    attempts: 1,
    maxRetries: 3,
    idempotent: true,
    resendable: true,
    mayRefresh: false,
    remainingMs: 300_000,
    maxRetryAfterMs: 180_000,
    ...rest,
    failure: { ...FAILURE, ...failure },
  };
}

const dependencies: RetryDependencies = {
  nextBackoff: () => 700,
  nextThrottleBackoff: () => 9_000,
  jitteredRetryAfter: (ms) => ms + 1,
  takeRetry: () => true,
};

describe('a failed attempt', () => {
  it('is repeated after the backoff', () => {
    expect(decideRetry(context(), dependencies)).toEqual({
      retry: true,
      delayMs: 700,
      source: 'backoff',
    });
  });

  it('is repeated after the told wait, which wins over the backoff', () => {
    const told = context({ failure: { retryAfterMs: 60_000 } });
    expect(decideRetry(told, dependencies)).toEqual({
      retry: true,
      delayMs: 60_001,
      source: 'retry-after',
    });
  });

  it.each<[string, RetryContext, string]>([
    ['is terminal', context({ failure: { verdict: 'terminal' } }), 'terminal'],
    ['was the caller’s abort', context({ failure: { source: 'cancelled' } }), 'cancelled'],
    [
      'may have acted and must not act twice',
      context({ failure: { ambiguous: true }, idempotent: false }),
      'not-replayable',
    ],
    ['was aborted by its caller', context({ aborted: true }), 'cancelled'],
    ['ended as the wrapper closed', context({ closed: true }), 'closed'],
    [
      'was aborted by the wrapper as it closed',
      context({ failure: { source: 'cancelled' }, closed: true }),
      'closed',
    ],
    ['was retried inside already', context({ retriedInside: true }), 'retries-exhausted'],
    ['sent a stream that is gone', context({ resendable: false }), 'not-replayable'],
    ['was the last one allowed', context({ attempts: 4 }), 'retries-exhausted'],
    [
      'is to wait longer than the most',
      context({ failure: { retryAfterMs: 180_001 } }),
      'wait-too-long',
    ],
    [
      'is to wait beyond the deadline',
      context({ failure: { retryAfterMs: 100_000 }, remainingMs: 90_000 }),
      'deadline',
    ],
    ['would wait beyond the deadline by itself', context({ remainingMs: 700 }), 'deadline'],
  ])('is given up when it %s', (_why, given, reason) => {
    expect(decideRetry(given, dependencies)).toEqual({ retry: false, reason });
  });

  it.each<[string, RetryContext]>([
    ['the last retry allowed', context({ attempts: 3 })],
    ['the longest wait allowed', context({ failure: { retryAfterMs: 180_000 } })],
    ['a wait that ends just before the deadline', context({ remainingMs: 701 })],
    ['a call that may act twice', context({ failure: { ambiguous: true } })],
  ])('is repeated with %s', (_what, given) => {
    expect(decideRetry(given, dependencies)).toMatchObject({ retry: true });
  });

  it('is repeated after the longer backoff where a 429 tells no wait, and holds its group as long', () => {
    expect(decideRetry(context({ failure: { status: 429 } }), dependencies)).toEqual({
      retry: true,
      delayMs: 9_000,
      source: 'backoff',
      holdGroupMs: 9_000,
    });
  });

  it('is given up when the budget is used up', () => {
    expect(decideRetry(context(), { ...dependencies, takeRetry: () => false })).toEqual({
      retry: false,
      reason: 'budget-exhausted',
    });
  });

  it('takes nothing out of the budget when something else forbids the retry', () => {
    const refuse: RetryDependencies = {
      ...dependencies,
      takeRetry: () => {
        throw new Error('taken');
      },
    };
    expect(decideRetry(context({ remainingMs: 1 }), refuse)).toEqual({
      retry: false,
      reason: 'deadline',
    });
    expect(decideRetry(context({ attempts: 4 }), refuse)).toEqual({
      retry: false,
      reason: 'retries-exhausted',
    });
  });

  it('is repeated at once with a new token after a 401', () => {
    const refused = context({ failure: { status: 401, verdict: 'terminal' }, mayRefresh: true });
    expect(decideRetry(refused, dependencies)).toEqual({
      retry: true,
      delayMs: 0,
      source: 'token-refresh',
    });
  });

  it('is not repeated on the strength of a new token after anything but a 401', () => {
    const refused = context({ failure: { status: 403, verdict: 'terminal' }, mayRefresh: true });
    expect(decideRetry(refused, dependencies)).toEqual({ retry: false, reason: 'terminal' });
  });

  it('waits for no Retry-After before a new token, however long', () => {
    const failure: Partial<Failure> = { status: 401, verdict: 'terminal', retryAfterMs: 200_000 };
    expect(decideRetry(context({ failure, mayRefresh: true }), dependencies)).toMatchObject({
      retry: true,
      delayMs: 0,
    });
  });

  it('is repeated after the larger of both waits once a Retry-After has proved too short', () => {
    const refused = { failure: { status: 429, retryAfterMs: 100 }, askedToWaitBefore: true };
    expect(decideRetry(context(refused), dependencies)).toEqual({
      retry: true,
      delayMs: 700,
      source: 'retry-after',
      holdGroupMs: 700,
    });
    const longer = { failure: { retryAfterMs: 60_000 }, askedToWaitBefore: true };
    expect(decideRetry(context(longer), dependencies)).toMatchObject({ delayMs: 60_001 });
  });

  it('that was not processed is repeated even where it must not act twice', () => {
    const throttled = context({
      failure: { status: 429, retryAfterMs: 1_000 },
      idempotent: false,
    });
    expect(decideRetry(throttled, dependencies)).toMatchObject({ retry: true });
  });
});
