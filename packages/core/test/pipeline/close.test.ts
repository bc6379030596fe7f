import { ClosedError, createResilience, failureOf, type Observer } from '@defender-resilience/core';
import { describe, expect, it, vi } from 'vitest';
import { callWith, rejectionOf } from '../support/clients.ts';
import { HttpError, scripted, virtual } from '../support/virtual.ts';

const never = (): Promise<never> => new Promise(() => undefined);
const down = new HttpError(503, undefined, { 'retry-after': '60' });

describe('a closed wrapper', () => {
  it('sends no new call, and says why', async () => {
    const { resilience, ends } = virtual();
    await resilience.close();
    const fn = scripted();
    const error = await rejectionOf<ClosedError>(resilience.execute('incidents.list', fn));
    expect(error).toBeInstanceOf(ClosedError);
    expect(error).toMatchObject({
      name: 'ClosedError',
      code: 'Closed',
      operation: 'incidents.list',
      message: 'incidents.list was not sent: the wrapper is closed',
      failure: { code: 'Closed', verdict: 'terminal', source: 'cancelled' },
    });
    expect(error.failure.ambiguous).toBeUndefined();
    expect(fn.calls).toBe(0);
    expect(ends).toMatchObject([{ outcome: 'cancelled', attempts: 0, giveUpReason: 'closed' }]);
    expect(resilience.snapshot()).toMatchObject({ closed: true, inFlight: 0 });
  });

  it('closes at once when nothing is under way, and is open before', async () => {
    const { clock, resilience } = virtual();
    expect(resilience.snapshot().closed).toBe(false);
    await resilience.close();
    expect(clock.now()).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  it('gives the same promise to everybody who closes it', () => {
    const { resilience } = virtual();
    expect(resilience.close()).toBe(resilience.close({ timeoutMs: 1 }));
  });

  it('refuses options that are wrong', () => {
    const { resilience } = virtual();
    const close = (options: unknown) => () => callWith(resilience.close, options);
    expect(close({ timeoutMs: -1 })).toThrow('timeoutMs');
    expect(close({ timeout: 1 })).toThrow('timeoutMs');
    expect(close({ flushTimeoutMs: 'soon' })).toThrow('flushTimeoutMs');
    expect(resilience.snapshot().closed).toBe(false);
  });

  it('is closed where its block ends', async () => {
    let kept: ReturnType<typeof createResilience>;
    {
      await using resilience = createResilience();
      kept = resilience;
    }
    expect(kept.snapshot().closed).toBe(true);
  });
});

describe('a call under way when the wrapper closes', () => {
  it('may end in its time', async () => {
    const { clock, resilience, ends } = virtual();
    const call = resilience.execute('incidents.list', async () => {
      await new Promise<void>((resolve) => void clock.timer(resolve, 4_000));
      return 'done';
    });
    const closing = resilience.close({ timeoutMs: 5_000 });
    await clock.settle(closing);
    expect(await call).toBe('done');
    expect(clock.now()).toBe(4_000);
    expect(ends).toMatchObject([{ outcome: 'success' }]);
    expect(clock.pendingTimers).toBe(0);
  });

  it.each(['machines.isolate', 'incidents.list'])(
    'of %s is aborted at the limit, and may have been carried out',
    async (operation) => {
      const { clock, resilience, ends } = virtual();
      const aborted = vi.fn();
      const call = resilience.execute(operation, ({ signal }) => {
        signal.addEventListener('abort', () => void aborted(signal.reason));
        return never();
      });
      const error = rejectionOf<ClosedError>(call);
      await clock.settle(resilience.close({ timeoutMs: 5_000 }));
      expect(clock.now()).toBe(5_000);
      expect(await error).toBeInstanceOf(ClosedError);
      expect((await error).failure).toMatchObject({ ambiguous: true, source: 'cancelled' });
      expect(aborted).toHaveBeenCalledExactlyOnceWith(await error);
      expect(ends).toMatchObject([{ outcome: 'cancelled', attempts: 1, giveUpReason: 'closed' }]);
      expect(clock.pendingTimers).toBe(0);
    },
  );

  it('is aborted at once with a limit of 0, and at the earlier limit of two', async () => {
    const first = virtual();
    const aborted = rejectionOf(first.resilience.execute('own', never));
    await first.clock.settle(first.resilience.close({ timeoutMs: 0 }));
    expect(await aborted).toBeInstanceOf(ClosedError);
    expect(first.clock.now()).toBe(0);

    const second = virtual();
    const call = rejectionOf(second.resilience.execute('own', never));
    const closing = second.resilience.close({ timeoutMs: 30_000 });
    await second.clock.advance(1_000);
    void second.resilience.close({ timeoutMs: 2_000 });
    void second.resilience.close({ timeoutMs: 60_000 });
    await second.clock.settle(closing);
    expect(second.clock.now()).toBe(3_000);
    expect(await call).toBeInstanceOf(ClosedError);
  });

  it('that fails is not retried, and keeps its own failure', async () => {
    const { clock, resilience, ends } = virtual();
    const call = resilience.execute('incidents.list', async () => {
      await new Promise<void>((resolve) => void clock.timer(resolve, 100));
      throw down;
    });
    const error = rejectionOf(call);
    await clock.settle(resilience.close());
    expect(await error).toBe(down);
    expect(failureOf(await error)).toMatchObject({ status: 503 });
    expect(ends).toMatchObject([{ outcome: 'failure', attempts: 1, giveUpReason: 'closed' }]);
  });

  it('that can never succeed ends for its own reason', async () => {
    const { clock, resilience, ends } = virtual();
    const call = resilience.execute('incidents.list', async () => {
      await new Promise<void>((resolve) => void clock.timer(resolve, 100));
      throw new HttpError(404);
    });
    const error = rejectionOf(call);
    await clock.settle(resilience.close());
    await error;
    expect(ends).toMatchObject([{ giveUpReason: 'terminal' }]);
  });

  it('is aborted at the limit with what is left of its time in a retry as well', async () => {
    const { clock, resilience } = virtual();
    let attempts = 0;
    const call = resilience.execute(
      'own',
      () => {
        attempts += 1;
        return attempts === 1 ? Promise.reject(new HttpError(503)) : never();
      },
      { deadlineMs: 70_000 },
    );
    const error = rejectionOf(call);
    await clock.advance(20_000);
    expect(attempts).toBe(2);
    await clock.settle(resilience.close({ timeoutMs: 1_000 }));
    expect(await error).toBeInstanceOf(ClosedError);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('a wait', () => {
  it('for a retry ends at once, with the failure before it', async () => {
    const { clock, resilience, ends } = virtual();
    const error = rejectionOf(resilience.execute('incidents.list', () => Promise.reject(down)));
    await clock.advance(1_000);
    await clock.settle(resilience.close());
    expect(clock.now()).toBe(1_000);
    expect(await error).toBe(down);
    expect(ends).toMatchObject([{ outcome: 'failure', attempts: 1, giveUpReason: 'closed' }]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('for the end of a pause ends at once', async () => {
    const { clock, resilience, ends } = virtual();
    const throttled = new HttpError(429, '429', { 'retry-after': '60' });
    const first = rejectionOf(
      resilience.execute('incidents.list', () => Promise.reject(throttled)),
    );
    await clock.advance(10);
    const waiting = rejectionOf(resilience.execute('incidents.list', scripted()));
    await clock.advance(10);
    await clock.settle(resilience.close());
    expect(clock.now()).toBe(20);
    expect(await first).toBe(throttled);
    expect(await waiting).toBeInstanceOf(ClosedError);
    expect(ends.map(({ giveUpReason }) => giveUpReason)).toEqual(['closed', 'closed']);
    expect(clock.pendingTimers).toBe(0);
    expect(resilience.snapshot()).toMatchObject({ inFlight: 0, throttles: [{ waiting: 0 }] });
  });

  it('for a quota ends at once, 10,000 calls of it', async () => {
    const throttle = { maxWaiting: 20_000 };
    const { clock, resilience } = virtual({ quota: 'documented', throttle });
    const calls = Array.from({ length: 10_000 }, () =>
      resilience.execute('incidents.list', scripted(), { deadlineMs: 86_400_000 }).then(
        () => 'done',
        (error: Error) => error.name,
      ),
    );
    await clock.advance(0);
    await clock.settle(resilience.close());
    expect(clock.now()).toBe(0);
    const ends = new Map<string, number>();
    for (const end of await Promise.all(calls)) ends.set(end, (ends.get(end) ?? 0) + 1);
    expect(ends).toEqual(
      new Map([
        ['done', 50],
        ['ClosedError', 9_950],
      ]),
    );
    expect(clock.pendingTimers).toBe(0);
  });

  it('for a token ends at once, and refreshToken is told', async () => {
    let told: AbortSignal | undefined;
    const refreshToken = ({ signal }: { signal: AbortSignal }): Promise<never> => {
      told = signal;
      return never();
    };
    const { clock, resilience } = virtual({ refreshToken });
    const refused = new HttpError(401, 'Unauthorized');
    const error = rejectionOf(resilience.execute('incidents.list', () => Promise.reject(refused)));
    await clock.advance(1_000);
    await clock.settle(resilience.close());
    expect(clock.now()).toBe(1_000);
    expect(await error).toBe(refused);
    expect(told?.aborted).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it('that its caller aborts first is cancelled by the caller', async () => {
    const { clock, resilience, ends } = virtual();
    const controller = new AbortController();
    const { signal } = controller;
    const call = resilience.execute('incidents.list', () => Promise.reject(down), { signal });
    const error = call.catch((caught: unknown) => caught);
    await clock.advance(1_000);
    controller.abort('enough');
    await clock.settle(resilience.close());
    expect(await error).toBe('enough');
    expect(ends).toMatchObject([{ outcome: 'cancelled', giveUpReason: 'cancelled' }]);
  });
});

describe('observers', () => {
  it('are flushed after the last call has ended', async () => {
    const order: string[] = [];
    const observer: Observer = {
      call: () => ({ end: () => void order.push('end') }),
      flush: async () => {
        await Promise.resolve();
        order.push('flush');
      },
    };
    const { clock, resilience } = virtual({ observers: [observer] });
    const call = rejectionOf(resilience.execute('own', never));
    await clock.settle(resilience.close({ timeoutMs: 10 }));
    order.push('closed');
    await call;
    expect(order).toEqual(['end', 'flush', 'closed']);
  });

  it('that fail or never come to an end do not keep the wrapper from closing', async () => {
    const errors: unknown[] = [];
    const failing = new Error('no collector');
    const observers: Observer[] = [
      { flush: () => Promise.reject(failing) },
      {
        flush: () => {
          throw failing;
        },
      },
      { flush: never },
    ];
    const onObserverError = (error: unknown, hook: string): void => void errors.push([hook, error]);
    const { clock, resilience } = virtual({ observers, onObserverError });
    await clock.settle(resilience.close({ flushTimeoutMs: 3_000 }));
    expect(clock.now()).toBe(3_000);
    expect(errors).toEqual([
      ['flush', failing],
      ['flush', failing],
    ]);
    expect(clock.pendingTimers).toBe(0);
  });
});
