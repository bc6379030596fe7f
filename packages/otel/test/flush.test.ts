import { createResilience } from '@defender-resilience/core';
import { otelObserver } from '@defender-resilience/otel';
import { metrics, trace } from '@opentelemetry/api';
import { afterEach, expect, it, vi } from 'vitest';

afterEach(() => {
  trace.disable();
  metrics.disable();
});

/** A provider as an SDK registers it. */
const provider = (forceFlush: () => Promise<void>): never =>
  ({
    getTracer: () => trace.getTracer('none'),
    getMeter: () => metrics.getMeter('none'),
    forceFlush,
  }) as never;

it('close has the SDK export what it keeps, from the providers that the observer was given', async () => {
  const flushed = vi.fn(() => Promise.resolve());
  const given = provider(flushed);
  const observers = [otelObserver({ tracerProvider: given, meterProvider: given })];
  await createResilience({ observers }).close();
  expect(flushed).toHaveBeenCalledTimes(2);
});

it('close has the SDK export what it keeps, from those that are registered', async () => {
  const flushed = vi.fn(() => Promise.resolve());
  const resilience = createResilience({ observers: [otelObserver()] });
  trace.setGlobalTracerProvider(provider(flushed));
  metrics.setGlobalMeterProvider(provider(flushed));
  await resilience.close();
  expect(flushed).toHaveBeenCalledTimes(2);
});

it('close does without an SDK, and reports an export that fails', async () => {
  const errors: unknown[] = [];
  const onObserverError = (error: unknown, hook: string): void => void errors.push([hook, error]);
  await createResilience({ observers: [otelObserver()], onObserverError }).close();
  expect(errors).toEqual([]);
  const refused = new Error('refused');
  const failing = provider(() => Promise.reject(refused));
  const observers = [otelObserver({ tracerProvider: failing })];
  await createResilience({ observers, onObserverError }).close();
  expect(errors).toEqual([['flush', refused]]);
});
