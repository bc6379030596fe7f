import { describe, expect, it } from 'vitest';
import { type Closable, Lifecycle } from '../../src/pipeline/lifecycle.ts';
import { type ManualClock, manualClock } from '../../src/testing/index.ts';

interface Setup {
  readonly clock: ManualClock;
  readonly lifecycle: Lifecycle;
  /** What was asked of the wrapper, with the time. */
  readonly asked: string[];
  /** The last call in flight ends. */
  endCalls(): void;
}

/** A wrapper with so many calls in flight. */
function closing(calls: number, finish = (): Promise<void> => Promise.resolve()): Setup {
  const clock = manualClock();
  const asked: string[] = [];
  const note = (what: string): void => void asked.push(`${what} at ${clock.now()}`);
  let inFlight = calls;
  const closable: Closable = {
    get inFlight() {
      return inFlight;
    },
    endWaits: () => note('endWaits'),
    abortAttempts: () => note('abortAttempts'),
    finish: () => {
      note('finish');
      return finish();
    },
  };
  const lifecycle = new Lifecycle(clock, closable);
  const endCalls = (): void => {
    inFlight = 0;
    lifecycle.idle();
  };
  return { clock, lifecycle, asked, endCalls };
}

const LIMITS = { timeoutMs: 1_000, flushTimeoutMs: 200 };

describe('closing', () => {
  it('finishes at once where no call is in flight', async () => {
    const { clock, lifecycle, asked } = closing(0);
    const closed = lifecycle.close(LIMITS);
    expect(lifecycle.closed).toBe(true);
    await closed;
    await clock.advance(10_000);
    expect(asked).toEqual(['endWaits at 0', 'finish at 0']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('waits for the calls in flight, and not for what ended before it began', async () => {
    const { clock, lifecycle, asked, endCalls } = closing(1);
    lifecycle.idle();
    expect(lifecycle.closed).toBe(false);
    const closed = lifecycle.close(LIMITS);
    await clock.advance(400);
    expect(asked).toEqual(['endWaits at 0']);
    endCalls();
    await closed;
    await clock.advance(10_000);
    expect(asked).toEqual(['endWaits at 0', 'finish at 400']);
  });

  it('aborts what is in flight at the limit, and then waits for it to end', async () => {
    const { clock, lifecycle, asked, endCalls } = closing(1);
    const closed = lifecycle.close(LIMITS);
    await clock.advance(999);
    expect(asked).toEqual(['endWaits at 0']);
    await clock.advance(1);
    expect(asked).toEqual(['endWaits at 0', 'abortAttempts at 1000']);
    endCalls();
    await closed;
    expect(asked.at(-1)).toBe('finish at 1000');
  });

  it.each<[string, number, number]>([
    ['a shorter limit counts from then on', 300, 700],
    ['a limit that is as long does not', 600, 1_000],
    ['a longer limit does not', 900, 1_000],
  ])('again: %s', async (_what, timeoutMs, abortedAt) => {
    const { clock, lifecycle, asked, endCalls } = closing(1);
    const closed = lifecycle.close(LIMITS);
    await clock.advance(400);
    expect(lifecycle.close({ ...LIMITS, timeoutMs })).toBe(closed);
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(10_000);
    expect(asked).toEqual(['endWaits at 0', `abortAttempts at ${abortedAt}`]);
    endCalls();
    await closed;
    void lifecycle.close({ ...LIMITS, timeoutMs: 0 });
    await clock.advance(10_000);
    expect(asked.filter((what) => what.startsWith('abort'))).toHaveLength(1);
  });

  it('again, after all has ended, sets no timer', async () => {
    const { clock, lifecycle } = closing(0);
    await lifecycle.close(LIMITS);
    await lifecycle.close({ timeoutMs: 5, flushTimeoutMs: 5 });
    expect(clock.pendingTimers).toBe(0);
  });

  it('waits for what is still to be sent no longer than it may', async () => {
    const { clock, lifecycle } = closing(0, () => new Promise(() => undefined));
    await clock.settle(lifecycle.close(LIMITS));
    expect(clock.now()).toBe(200);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('the signal of a wait', () => {
  const reason = new Error('enough');

  it('aborts when the wrapper closes', async () => {
    const { lifecycle } = closing(0);
    const { signal } = lifecycle.waitSignal(undefined);
    const { signal: released, release } = lifecycle.waitSignal(undefined);
    release();
    expect(signal.aborted).toBe(false);
    await lifecycle.close(LIMITS);
    expect([signal.aborted, released.aborted]).toEqual([true, false]);
  });

  it('aborts when the caller’s does, with its reason', () => {
    const { lifecycle } = closing(0);
    const controller = new AbortController();
    const { signal } = lifecycle.waitSignal(controller.signal);
    const { signal: released, release } = lifecycle.waitSignal(controller.signal);
    release();
    expect(signal.aborted).toBe(false);
    controller.abort(reason);
    expect([signal.reason, released.aborted]).toEqual([reason, false]);
  });

  it('is aborted from the start where the caller’s is, or the wrapper is closed', async () => {
    const { lifecycle } = closing(0);
    const { signal } = lifecycle.waitSignal(AbortSignal.abort(reason));
    expect([signal.aborted, signal.reason]).toEqual([true, reason]);
    await lifecycle.close(LIMITS);
    expect(lifecycle.waitSignal(undefined).signal.aborted).toBe(true);
  });
});

describe('what ends when closing takes too long', () => {
  it('hears of it at the limit, unless it has ended before, and at once after it', async () => {
    const { clock, lifecycle } = closing(1);
    const heard: string[] = [];
    const note = (what: string) => (): void => void heard.push(`${what} at ${clock.now()}`);
    lifecycle.onLimit(note('reading'));
    lifecycle.onLimit(note('read'))();
    void lifecycle.close(LIMITS);
    await clock.advance(999);
    expect(heard).toEqual([]);
    await clock.advance(501);
    lifecycle.onLimit(note('late'));
    expect(heard).toEqual(['reading at 1000', 'late at 1500']);
  });
});
