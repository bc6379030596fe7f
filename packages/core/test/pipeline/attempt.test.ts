import { AsyncLocalStorage } from 'node:async_hooks';
import { getEventListeners } from 'node:events';
import {
  type AttemptContext,
  AttemptTimeoutError,
  DeadlineExceededError,
  failureOf,
} from '@defender-resilience/core';
import { describe, expect, it } from 'vitest';
import { HttpError, scripted, type Virtual, virtual } from '../support/virtual.ts';

const never = (): Promise<never> => new Promise(() => undefined);
const noop = (): void => undefined;
const REASON = new Error('enough');

/** Resolves after so many milliseconds of a virtual clock. */
const after = ({ clock }: Virtual, ms: number): Promise<void> =>
  new Promise((resolve) => void clock.timer(resolve, ms));

describe('what a function is told of its attempt', () => {
  it('is the operation, the number, and no token where none was asked for', async () => {
    const { clock, resilience } = virtual();
    const seen: unknown[] = [];
    const call = resilience.execute('own', (context) => {
      const { operation, attempt } = context;
      seen.push([operation, attempt, 'token' in context]);
      return attempt === 1 ? Promise.reject(new HttpError(503)) : 'done';
    });
    await clock.settle(call);
    expect(seen).toEqual([
      ['own', 1, false],
      ['own', 2, false],
    ]);
  });

  it('is one signal, which stays silent where the attempt ends by itself', async () => {
    const { clock, resilience } = virtual();
    const signals: AbortSignal[] = [];
    await resilience.execute('own', (context) => void signals.push(context.signal, context.signal));
    await clock.advance(600_000);
    expect(new Set(signals).size).toBe(1);
    expect(signals[0]?.aborted).toBe(false);
  });

  it('is an aborted signal where it asks too late', async () => {
    const { clock, resilience } = virtual();
    const contexts: AttemptContext[] = [];
    const call = resilience.execute(
      'own',
      (context) => {
        contexts.push(context);
        return never();
      },
      { maxRetries: 0 },
    );
    const error: unknown = await clock.settle(call.catch((reason: unknown) => reason));
    expect(contexts[0]?.signal.aborted).toBe(true);
    expect(contexts[0]?.signal.reason).toBe(error);
  });
});

describe('an attempt whose time is up', () => {
  it.each([
    [{ attemptTimeoutMs: 2_000 }, AttemptTimeoutError, 2_000],
    [{ attemptTimeoutMs: 2_000, deadlineMs: 2_000 }, AttemptTimeoutError, 2_000],
  ])('with %o rejects with the error that names it', async (limits, ErrorType, timeoutMs) => {
    const { clock, resilience } = virtual();
    const call = resilience.execute('own', never, { ...limits, maxRetries: 0 });
    const error: unknown = await clock.settle(call.catch((reason: unknown) => reason));
    expect(error).toBeInstanceOf(ErrorType);
    expect(error).toMatchObject({ operation: 'own', timeoutMs });
    expect(clock.now()).toBe(timeoutMs);
  });

  it('since the call’s is, says how much it had', async () => {
    const { clock, resilience } = virtual();
    const refused = new HttpError(503, undefined, { 'retry-after-ms': '1000' });
    let sent = 0;
    const call = resilience.execute(
      'own',
      () => {
        sent += 1;
        return sent === 1 ? Promise.reject(refused) : never();
      },
      { attemptTimeoutMs: 4_000, deadlineMs: 4_000 },
    );
    const error: unknown = await clock.settle(call.catch((reason: unknown) => reason));
    expect(error).toBeInstanceOf(DeadlineExceededError);
    expect(clock.now()).toBe(4_000);
    const { timeoutMs = 0 } = error as { timeoutMs?: number };
    expect(timeoutMs).toBeLessThanOrEqual(3_000);
    expect(timeoutMs).toBeGreaterThan(2_000);
  });

  it('and that ends after all releases the response, and changes nothing', async () => {
    const setup = virtual();
    const { clock, resilience, ends } = setup;
    const late = new Response('late');
    const call = resilience.execute(
      'own',
      async ({ attempt }) => {
        if (attempt === 2) return 'second';
        await after(setup, 3_000);
        return late;
      },
      { attemptTimeoutMs: 1_000 },
    );
    await expect(clock.settle(call)).resolves.toBe('second');
    await clock.advance(10_000);
    expect(late.bodyUsed).toBe(true);
    expect(ends).toHaveLength(1);
    expect(resilience.snapshot()).toMatchObject({ inFlight: 0 });
  });

  it('and that fails after all changes nothing', async () => {
    const setup = virtual();
    const { clock, resilience, ends } = setup;
    const late = new HttpError(500, 'InternalServerError');
    const call = resilience.execute(
      'own',
      async () => {
        await after(setup, 3_000);
        throw late;
      },
      { attemptTimeoutMs: 1_000, maxRetries: 0 },
    );
    const error: unknown = await clock.settle(call.catch((reason: unknown) => reason));
    await clock.advance(10_000);
    expect(error).toBeInstanceOf(AttemptTimeoutError);
    expect(failureOf(late)).toBeUndefined();
    expect(ends).toHaveLength(1);
  });
});

describe('the caller’s signal', () => {
  /** A signal, a way to abort it, and how many listeners it has. */
  function counted(): { signal: AbortSignal; abort: () => void; listeners: () => number } {
    const controller = new AbortController();
    const { signal } = controller;
    const listeners = (): number => getEventListeners(signal, 'abort').length;
    return { signal, abort: () => controller.abort(REASON), listeners };
  }

  it('is left as it was once the call has ended', async () => {
    const { signal, listeners } = counted();
    const { clock, resilience } = virtual();
    let during = 0;
    const fn = scripted(new HttpError(503), new HttpError(503));
    const call = resilience.execute(
      'own',
      () => {
        during = listeners();
        return fn();
      },
      { signal },
    );
    await expect(clock.settle(call)).resolves.toBe('done');
    expect([during, listeners()]).toEqual([1, 0]);
  });

  it('that aborts inside the function ends the call, whatever the function gives', async () => {
    const { signal, abort } = counted();
    const { clock, resilience, ends } = virtual();
    let own: AbortSignal | undefined;
    const call = resilience.execute(
      'own',
      (context) => {
        own = context.signal;
        abort();
        return 'too late';
      },
      { signal },
    );
    await expect(clock.settle(call)).rejects.toBe(REASON);
    expect(own?.reason).toBe(REASON);
    expect(ends).toMatchObject([{ outcome: 'cancelled', attempts: 1 }]);
  });

  it('that aborts after the call has ended aborts nothing', async () => {
    const { signal, abort } = counted();
    const { resilience, ends } = virtual();
    let own: AbortSignal | undefined;
    await resilience.execute(
      'own',
      (context) => {
        own = context.signal;
      },
      { signal },
    );
    abort();
    expect(own?.aborted).toBe(false);
    expect(ends).toMatchObject([{ outcome: 'success' }]);
  });
});

describe('an attempt inside the context of an observer', () => {
  it('sees it, and ends as it would without', async () => {
    const storage = new AsyncLocalStorage<string>();
    const run = <T>(fn: () => T): T => storage.run('span', fn);
    const { resilience } = virtual({
      observers: [{ call: () => ({ attempt: () => ({ run }) }) }],
      retry: { maxRetries: 0 },
    });
    await expect(resilience.execute('own', () => storage.getStore())).resolves.toBe('span');
    const thrown = new RangeError('programming error');
    const throwing = (): never => {
      throw thrown;
    };
    await expect(resilience.execute('own', throwing)).rejects.toBe(thrown);
  });

  it('is not run by an observer that has no context', async () => {
    const { resilience } = virtual({
      observers: [{ call: () => ({ attempt: () => ({ end: noop }) }) }],
    });
    await expect(resilience.execute('own', () => 'done')).resolves.toBe('done');
  });
});
