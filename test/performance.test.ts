import { createHook } from 'node:async_hooks';
import { type Clock, createResilience } from '@defender-resilience/core';
import { manualClock } from '@defender-resilience/core/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { cockatielWrap } from '../bench/peers/cockatiel.ts';

// What makes a call cheap, held by counts: times would tell more of the machine than of the code. The
// times are in bench/RESULTS.md.

const atOnce = async (): Promise<number> => 1;

/** Counts what is asked of a clock. */
function countingClock(): { clock: Clock; looks: () => number; timers: () => number } {
  const inner = manualClock();
  let looks = 0;
  let timers = 0;
  const clock: Clock = {
    now: () => {
      looks += 1;
      return inner.now();
    },
    epoch: inner.epoch,
    timer: (...args) => {
      timers += 1;
      return inner.timer(...args);
    },
  };
  return { clock, looks: () => looks, timers: () => timers };
}

/** How many promises one more call makes. */
async function promisesOf(call: () => Promise<unknown>): Promise<number> {
  let promises = 0;
  const hook = createHook({
    init: (_id, type) => {
      if (type === 'PROMISE') promises += 1;
    },
  });
  await call();
  hook.enable();
  await call();
  hook.disable();
  return promises;
}

/** Bytes that a call takes of the heap: the least of some rounds, since whatever else runs adds to it. */
async function bytesOf(call: () => Promise<unknown>): Promise<number> {
  const calls = 400;
  const rounds: number[] = [];
  for (let index = 0; index < 2_000; index += 1) await call();
  while (rounds.length < 7) {
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    for (let index = 0; index < calls; index += 1) await call();
    const bytes = (process.memoryUsage().heapUsed - before) / calls;
    // Fewer than none: something was collected meanwhile.
    if (bytes > 0) rounds.push(bytes);
  }
  return Math.min(...rounds);
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a call that succeeds at once', () => {
  it('looks at the clock once', async () => {
    const { clock, looks } = countingClock();
    await createResilience({ clock }).execute('incidents.get', atOnce);
    expect(looks()).toBe(1);
  });

  it('looks at the clock once more when it is watched, however many watch', async () => {
    const { clock, looks } = countingClock();
    const observer = { call: () => ({ attempt: () => ({ end: () => undefined }), end: () => {} }) };
    const observers = [observer, observer, observer];
    await createResilience({ clock, observers }).execute('incidents.get', atOnce);
    expect(looks()).toBe(2);
  });

  it('makes at most three promises beside the function’s own, and none more for an idle observer', async () => {
    const bare = await promisesOf(atOnce);
    const own = createResilience();
    const idle = createResilience({ observers: [{}] });
    const promises = await promisesOf(() => own.execute('incidents.get', atOnce));
    // The third lets the stack of an error name its callers.
    expect(promises - bare).toBeLessThanOrEqual(3);
    expect(await promisesOf(() => idle.execute('incidents.get', atOnce))).toBe(promises);
  });

  it('makes no controller for a function that reads no signal', async () => {
    const made = vi.fn();
    class Counted extends AbortController {
      constructor() {
        super();
        made();
      }
    }
    const { signal } = new AbortController();
    vi.stubGlobal('AbortController', Counted);
    const resilience = createResilience();
    await resilience.execute('incidents.get', atOnce, { signal });
    expect(made).toHaveBeenCalledTimes(0);
    await resilience.execute('incidents.get', async (context) => context.signal.aborted, {
      signal,
    });
    expect(made).toHaveBeenCalledTimes(1);
  });

  it('takes less than four tenths of the bytes that cockatiel’s policies take', async () => {
    const resilience = createResilience();
    const policy = cockatielWrap();
    const ours = await bytesOf(() => resilience.execute('incidents.get', atOnce));
    const theirs = await bytesOf(() => policy.execute(atOnce));
    expect(ours / theirs).toBeLessThan(0.4);
  });
});

describe('a wrapped fetch', () => {
  it('takes less than half of the bytes that cockatiel’s policies take around the same fetch', async () => {
    const response = new Response('{}');
    const inner = async (): Promise<Response> => response;
    const url = 'https://api.security.microsoft.com/api/incidents/924518';
    const wrapped = createResilience().wrapFetch(inner);
    const policy = cockatielWrap();
    const ours = await bytesOf(() => wrapped(url));
    const theirs = await bytesOf(() => policy.execute(({ signal }) => signal && inner()));
    expect(ours / theirs).toBeLessThan(0.5);
  });
});

describe('calls in flight', () => {
  it('share one timer for one timeout, ten thousand of them', async () => {
    const { clock, timers } = countingClock();
    const resilience = createResilience({ clock });
    const answer = Promise.withResolvers<number>();
    const calls = Array.from({ length: 10_000 }, () =>
      resilience.execute('incidents.get', () => answer.promise),
    );
    expect(timers()).toBe(1);
    answer.resolve(1);
    await Promise.all(calls);
    expect(timers()).toBe(1);
  });
});
