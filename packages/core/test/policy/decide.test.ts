import { describe, expect, it } from 'vitest';
import type { Failure } from '../../src/failure/failure.ts';
import { decide, type Means, type Situation } from '../../src/policy/decide.ts';

const FAILURE: Failure = {
  code: 'InternalServerError',
  status: 500,
  message: '',
  verdict: 'retryable',
  source: 'api',
};

function situation(
  change: Omit<Partial<Situation>, 'failure'> & { failure?: Partial<Failure> } = {},
): Situation {
  const { failure, ...rest } = change;
  return {
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

const means: Means = { backoff: () => 700, told: (ms) => ms + 1, takeRetry: () => true };

describe('a failed attempt', () => {
  it('is repeated after the backoff', () => {
    expect(decide(situation(), means)).toEqual({ retry: true, delayMs: 700, source: 'backoff' });
  });

  it('is repeated after the told wait, which wins over the backoff', () => {
    const told = situation({ failure: { retryAfterMs: 60_000 } });
    expect(decide(told, means)).toEqual({ retry: true, delayMs: 60_001, source: 'retry-after' });
  });

  it.each<[string, Situation, string]>([
    ['is terminal', situation({ failure: { verdict: 'terminal' } }), 'terminal'],
    ['was the caller’s abort', situation({ failure: { source: 'cancelled' } }), 'cancelled'],
    [
      'may have acted and must not act twice',
      situation({ failure: { ambiguous: true }, idempotent: false }),
      'not-replayable',
    ],
    ['sent a stream that is gone', situation({ resendable: false }), 'not-replayable'],
    ['was the last one allowed', situation({ attempts: 4 }), 'retries-exhausted'],
    [
      'is to wait longer than the most',
      situation({ failure: { retryAfterMs: 180_001 } }),
      'wait-too-long',
    ],
    [
      'is to wait beyond the deadline',
      situation({ failure: { retryAfterMs: 100_000 }, remainingMs: 90_000 }),
      'deadline',
    ],
    ['would wait beyond the deadline by itself', situation({ remainingMs: 700 }), 'deadline'],
  ])('is given up when it %s', (_why, given, reason) => {
    expect(decide(given, means)).toEqual({ retry: false, reason });
  });

  it('is given up when the budget is used up', () => {
    expect(decide(situation(), { ...means, takeRetry: () => false })).toEqual({
      retry: false,
      reason: 'budget-exhausted',
    });
  });

  it('takes nothing out of the budget when something else forbids the retry', () => {
    const refuse: Means = {
      ...means,
      takeRetry: () => {
        throw new Error('taken');
      },
    };
    expect(decide(situation({ remainingMs: 1 }), refuse)).toEqual({
      retry: false,
      reason: 'deadline',
    });
    expect(decide(situation({ attempts: 4 }), refuse)).toEqual({
      retry: false,
      reason: 'retries-exhausted',
    });
  });

  it('is repeated at once with a new token after a 401', () => {
    const refused = situation({ failure: { status: 401, verdict: 'terminal' }, mayRefresh: true });
    expect(decide(refused, means)).toEqual({ retry: true, delayMs: 0, source: 'token-refresh' });
  });

  it('that was not processed is repeated even where it must not act twice', () => {
    const throttled = situation({
      failure: { status: 429, retryAfterMs: 1_000 },
      idempotent: false,
    });
    expect(decide(throttled, means)).toMatchObject({ retry: true });
  });
});
