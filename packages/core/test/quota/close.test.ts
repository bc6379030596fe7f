import { createResilience, type QuotaStore } from '@defender-resilience/core';
import { memoryQuotaStore } from '@defender-resilience/core/memory';
import { manualClock } from '@defender-resilience/core/testing';
import { expect, it } from 'vitest';
import { scripted } from '../support/virtual.ts';

/** A store that answers after a while, and says what it was asked. */
function slowStore(clock: ReturnType<typeof manualClock>, asked: string[]): QuotaStore {
  const inner = memoryQuotaStore(clock);
  const later = <T>(name: string, answer: () => Promise<T>): Promise<T> => {
    const { promise, resolve } = Promise.withResolvers<T>();
    clock.timer(() => {
      asked.push(name);
      resolve(answer());
    }, 50);
    return promise;
  };
  return {
    take: (request) => later('take', () => inner.take(request)),
    settle: (...args) => later('settle', () => inner.settle(...args)),
    report: (...args) => later('report', () => inner.report(...args)),
  };
}

it('the store has heard of the last call when the wrapper has closed, and stays open', async () => {
  const clock = manualClock();
  const asked: string[] = [];
  const store = slowStore(clock, asked);
  const resilience = createResilience({ clock, quota: { store } });
  const call = resilience.execute('incidents.list', scripted());
  await clock.advance(60);
  await clock.settle(resilience.close());
  expect(await call).toBe('done');
  expect(asked).toEqual(['take', 'settle']);
  expect(clock.pendingTimers).toBe(0);
});

it('a place that the store gives too late is given back', async () => {
  const clock = manualClock();
  const asked: string[] = [];
  const resilience = createResilience({ clock, quota: { store: slowStore(clock, asked) } });
  const call = resilience.execute('incidents.list', scripted()).catch((error: Error) => error.name);
  await clock.advance(10);
  await clock.settle(resilience.close());
  expect(await call).toBe('ClosedError');
  expect(asked).toEqual(['take', 'settle']);
  expect(clock.pendingTimers).toBe(0);
});

it('a store that is away is not looked for any more', async () => {
  const clock = manualClock();
  const away = (): Promise<never> => Promise.reject(new Error('away'));
  const store: QuotaStore = { take: away, settle: away, report: away };
  const resilience = createResilience({ clock, quota: { store } });
  await clock.settle(resilience.execute('incidents.list', scripted()));
  expect(clock.pendingTimers).toBeGreaterThan(0);
  await clock.settle(resilience.close());
  expect(clock.pendingTimers).toBe(0);
});
