import {
  type CircuitChange,
  CircuitOpenError,
  createResilience,
  failureOf,
  ThrottledError,
  type ThrottleWait,
} from '@defender-resilience/core';
import { manualClock } from '@defender-resilience/core/testing';
import { describe, expect, it } from 'vitest';
import { HttpError, scripted, type Virtual, virtual } from '../support/virtual.ts';

const INTERNAL = new HttpError(500, 'InternalServerError');
const THROTTLED = new HttpError(429, '429', { 'retry-after': '30' });
/** The wait that is asked for, with half of its jitter. */
const PAUSE_MS = 31_000;

interface Setup extends Virtual {
  readonly changes: string[];
  readonly waits: ThrottleWait[];
  /** What an attempt gets, or the error. */
  run(fn?: () => unknown, options?: object): Promise<unknown>;
  /** Pauses the group of the operation by a call of another one. */
  pause(): Promise<void>;
}

/** A wrapper without retries, whose circuits open for about 10 s at the first failure. */
function setup(): Setup {
  const changes: string[] = [];
  const waits: ThrottleWait[] = [];
  const made = virtual({
    circuit: { minimumAttempts: 1, openMs: 10_000 },
    retry: { maxRetries: 0 },
    throttle: { pause: true },
    observers: [
      {
        circuit: ({ to }: CircuitChange) => void changes.push(to),
        call: () => ({ throttled: (wait) => void waits.push(wait) }),
      },
    ],
  });
  const { resilience } = made;
  return {
    ...made,
    changes,
    waits,
    run: (fn = () => 'done', options = {}) =>
      resilience.execute('incidents.list', fn, options).catch((error: unknown) => error),
    pause: async () => {
      const call = resilience.execute('incidents.update', scripted(THROTTLED));
      await expect(call).rejects.toBe(THROTTLED);
    },
  };
}

describe('an open circuit', () => {
  it('says when the next attempt may be sent', async () => {
    const { clock, run } = setup();
    await run(scripted(INTERNAL));
    await clock.advance(1_000);
    const error = await run();
    expect(error).toBeInstanceOf(CircuitOpenError);
    expect(error).toMatchObject({ operation: 'incidents.list', retryAfterMs: 9_500 });
    expect(failureOf(error)).toMatchObject({ code: 'CircuitOpen', retryAfterMs: 9_500 });
  });
});

describe('a probe that is not sent', () => {
  it('since the pause of its group is longer than it may wait is left to the next call', async () => {
    const { clock, run, pause, changes } = setup();
    await run(scripted(INTERNAL));
    await pause();
    await clock.advance(11_000);
    const error = await run(undefined, { deadlineMs: 5_000 });
    expect(error).toBeInstanceOf(ThrottledError);
    expect(error).toMatchObject({ operation: 'incidents.list', heldBy: 'pause' });
    expect(failureOf(error)).toMatchObject({ code: 'Throttled' });
    expect(changes).toEqual(['open', 'half-open']);
    await clock.advance(PAUSE_MS);
    expect(await run()).toBe('done');
    expect(changes).toEqual(['open', 'half-open', 'closed']);
  });

  it('since its caller aborts is left to the next call', async () => {
    const { clock, run, pause, ends, changes } = setup();
    await run(scripted(INTERNAL));
    await pause();
    await clock.advance(11_000);
    const controller = new AbortController();
    const reason = new Error('enough');
    const call = run(undefined, { signal: controller.signal });
    await clock.advance(1_000);
    controller.abort(reason);
    expect(await call).toBe(reason);
    expect(ends.at(-1)).toMatchObject({
      outcome: 'cancelled',
      attempts: 0,
      giveUpReason: 'cancelled',
      failure: { code: 'Cancelled' },
    });
    expect(changes).toEqual(['open', 'half-open']);
    await clock.advance(PAUSE_MS);
    expect(await run()).toBe('done');
  });
});

describe('calls that wait while their circuit opens', () => {
  it('find it half-open after the pause: the first is the probe, and others are refused', async () => {
    const { clock, run, pause, changes } = setup();
    const failing = run(async () => {
      await new Promise<void>((resolve) => void clock.timer(resolve, 5_000));
      throw INTERNAL;
    });
    await pause();
    const sentAt: number[] = [];
    const probe = (): Promise<string> => {
      sentAt.push(clock.now());
      return new Promise((resolve) => void clock.timer(() => resolve('probed'), 100));
    };
    const waiting = [run(probe), run(probe)];
    expect(await clock.settle(failing)).toBe(INTERNAL);
    const [first, second] = await clock.settle(Promise.all(waiting));
    expect(first).toBe('probed');
    expect(second).toBeInstanceOf(CircuitOpenError);
    expect(second).toMatchObject({ retryAfterMs: 0 });
    expect(sentAt).toEqual([PAUSE_MS]);
    expect(changes).toEqual(['open', 'half-open', 'closed']);
  });
});

describe('a paused group', () => {
  it('tells which attempt waits, and for how long', async () => {
    const { clock, resilience, waits, pause } = setup();
    const failing = resilience.execute('incidents.list', scripted(new HttpError(408)), {
      maxRetries: 1,
    });
    await pause();
    await clock.advance(10_000);
    const late = resilience.execute('incidents.update', scripted());
    await clock.settle(Promise.all([failing, late]));
    expect(waits.map(({ attempt, group, reason }) => [attempt, group, reason])).toEqual([
      [2, 'incidents', 'pause'],
      [1, 'incidents', 'pause'],
    ]);
    expect(waits[1]?.delayMs).toBe(PAUSE_MS - 10_000);
  });

  it('lets a call wait until its deadline, and no longer', async () => {
    const { clock, run, pause } = setup();
    await pause();
    const [late, refused] = [PAUSE_MS + 1, PAUSE_MS - 1].map((deadlineMs) =>
      run(undefined, { deadlineMs }),
    );
    expect(await clock.settle(Promise.resolve(refused))).toBeInstanceOf(ThrottledError);
    expect(clock.now()).toBe(0);
    expect(await clock.settle(Promise.resolve(late))).toBe('done');
    expect(clock.now()).toBe(PAUSE_MS);
  });

  it('holds, refuses and lets go of calls without circuits and observers as well', async () => {
    const clock = manualClock();
    const { execute } = createResilience({ clock, random: () => 0.5, circuit: false });
    const first = execute('incidents.list', scripted(THROTTLED));
    await clock.advance(0);
    const refused = execute('incidents.list', scripted(), { deadlineMs: 1_000 });
    await expect(refused).rejects.toBeInstanceOf(ThrottledError);
    const controller = new AbortController();
    const aborted = execute('incidents.list', scripted(), { signal: controller.signal });
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    await clock.settle(execute('incidents.list', scripted()));
    expect(clock.now()).toBe(PAUSE_MS);
    await clock.settle(first);
  });
});
