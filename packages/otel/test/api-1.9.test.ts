import { createResilience } from '@defender-resilience/core';
import * as api from '@opentelemetry/api';
import * as apiV19 from 'api-v1-9';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { otelObserver } from '../src/index.ts';
import { childrenOf, spanNamed } from './support/assert-span.ts';
import { withAsyncContext } from './support/context.ts';
import { sdkVersions } from './support/sdks.ts';

// This package on the oldest API that it takes; the SDKs bring the one that they need.
vi.mock('@opentelemetry/api', () => import('api-v1-9'));

withAsyncContext();

afterEach(() => {
  api.trace.disable();
  api.metrics.disable();
});

it('is tested on API 1.9', () => {
  expect(api.trace).toBe(apiV19.trace);
});

describe.each(sdkVersions)('with SDK $version', ({ create }) => {
  it('traces and measures by the global providers', async () => {
    const sdk = create();
    api.trace.setGlobalTracerProvider(sdk.tracerProvider);
    api.metrics.setGlobalMeterProvider(sdk.meterProvider);
    const sent: (string | null)[] = [];
    const statuses = [503, 200];
    const fetch = createResilience({
      observers: [otelObserver({ propagate: 'traceparent' })],
      retry: { initialDelayMs: 0, maxDelayMs: 0 },
    }).wrapFetch(async (_input, init) => {
      sent.push(new Headers(init?.headers).get('traceparent'));
      return new Response('{}', { status: statuses.shift() ?? 500 });
    });
    await fetch('https://api.security.microsoft.com/api/incidents');

    const spans = sdk.spans();
    const call = spanNamed(spans, 'defender incidents.list');
    const attempts = childrenOf(spans, call).map((span) => span.spanContext());
    expect(sent).toEqual(attempts.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`));
    expect(sent).toHaveLength(2);
    const names = (await sdk.metrics()).map(({ descriptor }) => descriptor.name);
    expect(names).toEqual([
      'defender.client.operation.duration',
      'defender.client.retries',
      'defender.client.operations',
      'defender.client.operations.in_flight',
      'defender.client.attempts',
      'defender.client.last_success.timestamp',
      'defender.client.start_time',
      'defender.client.circuit.state',
      'defender.client.circuit.transitions',
    ]);
  });
});
