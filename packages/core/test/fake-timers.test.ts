/** Waits under the fake timers of test frameworks, each with what it fakes by default. */
import { mock } from 'node:test';
import { AttemptTimeoutError, createResilience } from '@defender-resilience/core';
import { ModernFakeTimers } from '@jest/fake-timers';
import { install } from '@sinonjs/fake-timers';
import { describe, expect, it, vi } from 'vitest';
import { HttpError, scripted } from './support/virtual.ts';

interface FakeTimers extends Disposable {
  tick(ms: number): Promise<void>;
}

const turn = async (): Promise<void> => {
  for (let round = 0; round < 50; round += 1) await Promise.resolve();
};

const jestTimers = (): FakeTimers => {
  const config = { fakeTimers: { enableGlobally: false } };
  const timers = new ModernFakeTimers({ global: globalThis, config: config as never });
  timers.useFakeTimers();
  return {
    tick: (ms) => timers.advanceTimersByTimeAsync(ms),
    [Symbol.dispose]: () => timers.useRealTimers(),
  };
};

const sinonTimers = (toFake?: readonly string[]): FakeTimers => {
  const options = toFake === undefined ? {} : { toFake: [...toFake] as never };
  const clock = install(options);
  return {
    tick: async (ms) => void (await clock.tickAsync(ms)),
    [Symbol.dispose]: () => clock.uninstall(),
  };
};

const vitestTimers = (toFake?: readonly string[]): FakeTimers => {
  vi.useFakeTimers(toFake === undefined ? undefined : { toFake: [...toFake] as never });
  return {
    tick: async (ms) => void (await vi.advanceTimersByTimeAsync(ms)),
    [Symbol.dispose]: () => void vi.useRealTimers(),
  };
};

const nodeTimers = (): FakeTimers => {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  return {
    tick: async (ms) => {
      await turn();
      mock.timers.tick(ms);
      await turn();
    },
    [Symbol.dispose]: () => mock.timers.reset(),
  };
};

/** What vitest 1 and 2 fake by default. */
const VITEST_2 = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] as const;

describe.each<[string, () => FakeTimers]>([
  ['node:test', nodeTimers],
  ['vitest', () => vitestTimers()],
  ['vitest 1 and 2', () => vitestTimers(VITEST_2)],
  ['jest', jestTimers],
  ['sinon', () => sinonTimers()],
  ['sinon without performance', () => sinonTimers(VITEST_2)],
])('under the fake timers of %s', (_name, install) => {
  it('the wait before a retry ends', async () => {
    using timers = install();
    const resilience = createResilience({ random: () => 0.5 });
    const fn = scripted(new HttpError(500, 'InternalServerError'));
    const call = resilience.execute('incidents.list', fn);
    await timers.tick(100);
    expect(fn.calls).toBe(1);
    await timers.tick(5_000);
    expect(fn.calls).toBe(2);
    await expect(call).resolves.toBe('done');
  });

  it('a Retry-After is waited for to its end, by the other calls of the group as well', async () => {
    using timers = install();
    const resilience = createResilience({ random: () => 0 });
    const fn = scripted(new HttpError(429, '429', { 'retry-after': '30' }));
    const first = resilience.execute('incidents.list', fn);
    await timers.tick(10);
    const other = scripted();
    const second = resilience.execute('incidents.list', other);
    await timers.tick(29_000);
    expect([fn.calls, other.calls]).toEqual([1, 0]);
    await timers.tick(1_010);
    await timers.tick(10);
    await expect(Promise.all([first, second])).resolves.toEqual(['done', 'done']);
  });

  it('an attempt and a call end when their time is up', async () => {
    using timers = install();
    const resilience = createResilience({ retry: { maxRetries: 0 } });
    const never = (): Promise<never> => new Promise(() => undefined);
    const ends = Promise.allSettled([
      resilience.execute('incidents.list', never, { attemptTimeoutMs: 2_000 }),
      resilience.execute('incidents.get', never, { deadlineMs: 1_000 }),
    ]);
    await timers.tick(2_001);
    const reasons = (await ends).map((end): unknown =>
      end.status === 'rejected' ? end.reason : undefined,
    );
    expect(reasons[0]).toBeInstanceOf(AttemptTimeoutError);
    expect(reasons[1]).toBeInstanceOf(AttemptTimeoutError);
    expect(resilience.snapshot().inFlight).toBe(0);
  });
});
