import type { CallStart, HttpRequestInfo } from '@defender-resilience/core';
import { context, metrics, trace } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { otelObserver } from '../src/index.ts';
import { newestSdk } from './support/sdks.ts';

afterEach(() => {
  trace.disable();
  metrics.disable();
  context.disable();
});

/** A request that records which of its fields are read. */
function request(read: string[]): HttpRequestInfo {
  const info: HttpRequestInfo = {
    method: 'GET',
    scheme: 'https',
    host: 'api.security.microsoft.com',
    port: 443,
    url: 'https://api.security.microsoft.com/api/incidents',
  };
  return new Proxy(info, {
    get(target, key): unknown {
      read.push(String(key));
      return Reflect.get(target, key);
    },
  });
}

const start = (read: string[] = []): CallStart => ({
  operation: 'incidents.list',
  client: 'fetch',
  quotaGroup: 'incidents',
  request: request(read),
});

describe('without an SDK', () => {
  it('does not observe calls, and reads nothing of them', () => {
    const read: string[] = [];
    const unread = new Proxy(start(read), {
      get(target, key): unknown {
        read.push(String(key));
        return Reflect.get(target, key);
      },
    });
    expect(otelObserver().call?.(unread)).toBeUndefined();
    expect(read).toEqual([]);
  });

  it('finds an SDK that is registered later', async () => {
    const observer = otelObserver();
    observer.call?.(start())?.end?.({ outcome: 'success', attempts: 1, durationMs: 1 });
    const sdk = newestSdk.create();
    trace.setGlobalTracerProvider(sdk.tracerProvider);
    metrics.setGlobalMeterProvider(sdk.meterProvider);
    observer.call?.(start())?.end?.({ outcome: 'success', attempts: 1, durationMs: 1 });
    expect(sdk.spans()).toHaveLength(1);
    expect(await sdk.metrics()).not.toEqual([]);
  });

  it('propagates an incoming trace if `propagate` says so', () => {
    const incoming = trace.wrapSpanContext({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      traceFlags: 1,
      isRemote: true,
    });
    const tracer = { startSpan: () => incoming, startActiveSpan: () => undefined };
    const observer = otelObserver({
      propagate: 'traceparent',
      tracerProvider: { getTracer: () => tracer as never },
    });
    const headers = new Headers();
    const attempt = observer.call?.(start())?.attempt?.({ attempt: 1, delayMs: 0 });
    attempt?.headers?.(headers);
    expect(headers.get('traceparent')).toBe(
      '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    );
  });
});

describe('a call that is not sampled', () => {
  it('does not have its URL read, nor spans started for its attempts', () => {
    const names: string[] = [];
    const sdk = newestSdk.create({
      sampler: {
        shouldSample: (_context, _traceId, name) => {
          names.push(name);
          return { decision: 0 };
        },
      },
    });
    const read: string[] = [];
    const { tracerProvider } = sdk;
    const call = otelObserver({ tracerProvider }).call?.(start(read));
    const attempt = call?.attempt?.({ attempt: 1, delayMs: 0 });
    expect(attempt?.run?.(() => 'sent')).toBe('sent');
    attempt?.end?.({ attempt: 1, durationMs: 5, status: 200 });
    call?.end?.({ outcome: 'success', attempts: 1, durationMs: 5 });

    expect(names).toEqual(['defender incidents.list']);
    expect(read).not.toContain('url');
    expect(sdk.spans()).toEqual([]);
  });
});

describe('headers', () => {
  it('are requested only when something is propagated', () => {
    const { tracerProvider } = newestSdk.create();
    const call = otelObserver({ tracerProvider }).call?.(start());
    expect(call?.attempt?.({ attempt: 1, delayMs: 0 })).not.toHaveProperty('headers');
  });
});
