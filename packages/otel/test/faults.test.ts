import { createResilience, type Resilience } from '@defender-resilience/core';
import {
  type Context,
  type ContextManager,
  context,
  type Meter,
  type MeterProvider,
  ROOT_CONTEXT,
  type Span,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import {
  BatchSpanProcessor,
  InMemorySpanExporter,
  TracerProvider as Sdk,
  SimpleSpanProcessor,
} from 'sdk-trace-v3';
import { describe, expect, it } from 'vitest';
import { type OtelObserverOptions, otelObserver } from '../src/index.ts';
import { newestSdk } from './support/sdks.ts';

const INCIDENTS = 'https://api.security.microsoft.com/api/incidents';

/** A wrapper whose first call is answered 503 and whose second 200. */
function flaky(options: OtelObserverOptions, errors: unknown[] = []): Resilience['fetch'] {
  const statuses = [503, 200];
  return createResilience({
    observers: [otelObserver(options)],
    onObserverError: (error) => errors.push(error),
    retry: { initialDelayMs: 0, maxDelayMs: 0 },
  }).wrapFetch(async () => new Response('body', { status: statuses.shift() ?? 500 }));
}

/** An object of the same shape, of which the named methods throw. */
function throwing<T extends object>(target: T, methods: readonly string[]): T {
  return new Proxy(target, {
    get(inner, key) {
      if (methods.includes(String(key))) {
        return () => {
          throw new Error(`${String(key)} is broken`);
        };
      }
      const value: unknown = Reflect.get(inner, key, inner);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => Reflect.apply(value, inner, args);
    },
  });
}

/** A provider of traces and of metrics alike. */
const provided = (create: () => object): TracerProvider & MeterProvider =>
  ({ getTracer: create, getMeter: create }) as TracerProvider & MeterProvider; // It is used as either.

describe('a call is answered as without telemetry', () => {
  it.each(['isRecording', 'setAttributes', 'setStatus', 'end', 'spanContext'])(
    'when a span throws at %s',
    async (method) => {
      const { tracerProvider } = newestSdk.create();
      const tracer = tracerProvider.getTracer('inner');
      const startSpan: Tracer['startSpan'] = (...args): Span =>
        throwing(tracer.startSpan(...args), [method]);
      const broken = provided(() => ({ startSpan }));
      const response = await flaky({ tracerProvider: broken })(INCIDENTS);
      expect(await response.text()).toBe('body');
      expect(response.status).toBe(200);
    },
  );

  it('when the tracer throws, and the metrics go on', async () => {
    const { meterProvider, metrics } = newestSdk.create();
    const tracerProvider = provided(() => throwing({}, ['startSpan']));
    const response = await flaky({ tracerProvider, meterProvider })(INCIDENTS);
    expect(response.status).toBe(200);
    const collected = await metrics();
    expect(collected.map((metric) => metric.descriptor.name)).toContain(
      'defender.client.operation.duration',
    );
  });

  it('when the meter throws, and the traces go on', async () => {
    const sdk = newestSdk.create();
    const { tracerProvider } = sdk;
    const meterProvider = provided(() => throwing({}, ['createHistogram']));
    const response = await flaky({ tracerProvider, meterProvider })(INCIDENTS);
    expect(response.status).toBe(200);
    expect(sdk.spans()).toHaveLength(3);
  });

  it('when an instrument throws, and the spans end all the same', async () => {
    const sdk = newestSdk.create();
    const { tracerProvider } = sdk;
    const meter = sdk.meterProvider.getMeter('inner');
    const create = meter.createHistogram.bind(meter);
    const createHistogram: Meter['createHistogram'] = (name, options) =>
      throwing(create(name, options), ['record']);
    const meterProvider = provided(() => Object.assign(meter, { createHistogram }));
    const errors: unknown[] = [];
    const response = await flaky({ tracerProvider, meterProvider }, errors)(INCIDENTS);
    expect(response.status).toBe(200);
    expect(sdk.spans().map((span) => span.name)).toContain('defender incidents.list');
    expect(errors).toEqual([new Error('record is broken')]);
  });

  it('when the context manager throws', async () => {
    const active = (): Context => ROOT_CONTEXT;
    const manager: ContextManager = {
      active,
      with: () => {
        throw new Error('with is broken');
      },
      bind: (_context, target) => target,
      enable: () => manager,
      disable: () => manager,
    };
    context.setGlobalContextManager(manager);
    try {
      const { tracerProvider } = newestSdk.create();
      const response = await flaky({ tracerProvider })(INCIDENTS);
      expect(response.status).toBe(200);
    } finally {
      context.disable();
    }
  });

  it('when a sampler, an exporter or a span processor throws', async () => {
    const exporter = throwing(new InMemorySpanExporter(), ['export']);
    for (const config of [
      { sampler: throwing({ toString: () => 'broken' }, ['shouldSample']) as never },
      { spanProcessors: [new SimpleSpanProcessor({ exporter })] },
      { spanProcessors: [throwing(new BatchSpanProcessor({ exporter }), ['onStart', 'onEnd'])] },
    ]) {
      const response = await flaky({ tracerProvider: new Sdk(config) })(INCIDENTS);
      expect(response.status).toBe(200);
    }
  });
});
