import { createResilience } from '@defender-resilience/core';
import { wrapAxios } from '@defender-resilience/core/axios';
import { graphMiddleware, graphMiddlewareChain } from '@defender-resilience/core/graph';
import { kiotaMiddleware, kiotaMiddlewareChain } from '@defender-resilience/core/kiota';
import { memoryQuotaStore } from '@defender-resilience/core/memory';
import { manualClock } from '@defender-resilience/core/testing';
import { undiciInterceptor } from '@defender-resilience/core/undici';
import axios from 'axios';
import { describe, expect, it } from 'vitest';

const resilience = createResilience();
const chain = [{ execute: () => Promise.resolve(), next: undefined }];

// Callers in JavaScript have no types to stop them.
const call =
  (fn: (...args: never[]) => unknown, ...args: readonly unknown[]) =>
  (...more: readonly unknown[]): unknown =>
    Reflect.apply(fn, undefined, [...args, ...more]);

const adapters: readonly (readonly [name: string, make: ReturnType<typeof call>])[] = [
  ['wrapAxios', call(wrapAxios, resilience, axios.create())],
  ['undiciInterceptor', call(undiciInterceptor, resilience)],
  ['graphMiddleware', call(graphMiddleware, resilience)],
  ['graphMiddlewareChain', call(graphMiddlewareChain, resilience, chain)],
  ['kiotaMiddleware', call(kiotaMiddleware, resilience)],
  ['kiotaMiddlewareChain', call(kiotaMiddlewareChain, resilience, chain)],
];

describe.each(adapters)('%s', (name, make) => {
  it('refuses options, which it would ignore', () => {
    const message = `${name} takes no options: pass them to createResilience (got retries, timeout)`;
    expect(() => make({ retries: 3, timeout: 5 })).toThrow(message);
    expect(() => make({})).toThrow('takes no options: pass them to createResilience');
  });

  it('may be called with an index, as Array.map does it', () => {
    expect(() => make(0)).not.toThrow();
  });
});

it.each(['text', {}, 5])('a chain is none where it is %j', (value) => {
  const message = 'takes a chain of handlers';
  expect(() => call(graphMiddlewareChain, resilience)(value)).toThrow(message);
  expect(() => call(kiotaMiddlewareChain, resilience)(value)).toThrow(message);
});

it('a quota store refuses what is no clock', () => {
  const message = 'clock must be a Clock with now, epoch and timer, got an object';
  expect(() => call(memoryQuotaStore)({ prefix: 'x' })).toThrow(message);
  expect(() => memoryQuotaStore(manualClock())).not.toThrow();
});

it('a manual clock refuses what is none of its options', () => {
  expect(() => call(manualClock)({ start: 5 })).toThrow('start is not an option; known are epoch');
  expect(() => call(manualClock)({ epoch: '2026' })).toThrow('epoch must be a number');
});
