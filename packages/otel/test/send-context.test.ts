import { context, createContextKey, SpanKind, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { UnpropagatedContext } from '../src/send-context.ts';
import { sdkVersions } from './support/sdks.ts';

const KEY = createContextKey('a value of the caller');

describe.each(sdkVersions)('a context that is not propagated, with SDK $version', ({ create }) => {
  const tracer = create().tracerProvider.getTracer('test');
  const base = new UnpropagatedContext(context.active()).setValue(KEY, 'before');
  const records = (within: typeof base): boolean =>
    tracer.startSpan('probe', {}, within).isRecording();

  it('keeps the values of the caller', () => {
    expect(base.getValue(KEY)).toBe('before');
    expect(base.setValue(KEY, 'after').getValue(KEY)).toBe('after');
    expect(base.deleteValue(KEY).getValue(KEY)).toBeUndefined();
    expect(base.getValue(KEY)).toBe('before');
  });

  it.each([
    { kind: SpanKind.CLIENT, below: false },
    { kind: SpanKind.INTERNAL, below: true },
  ])('records a span of kind $kind, and below it: $below', ({ kind, below }) => {
    const span = tracer.startSpan('span', { kind }, base);
    expect(span.isRecording()).toBe(true);
    expect(records(trace.setSpan(base, span))).toBe(below);
  });

  it('is quiet around a CLIENT span also when a value was set or taken away before', () => {
    const client = tracer.startSpan('send', { kind: SpanKind.CLIENT }, base);
    expect(records(trace.setSpan(base.deleteValue(KEY), client))).toBe(false);
    expect(records(trace.setSpan(base.setValue(KEY, 1), client))).toBe(false);
  });

  it('is quiet around a span that is not recorded, whose kind nobody knows', () => {
    const unsampled = trace.wrapSpanContext({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      traceFlags: 0,
    });
    expect(records(trace.setSpan(base, unsampled))).toBe(false);
  });
});
