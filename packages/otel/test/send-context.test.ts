import { context, createContextKey, SpanKind, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { SpanContextLayer, TransportContext } from '../src/send-context.ts';
import { sdkVersions } from './support/sdks.ts';

const KEY = createContextKey('a value of the caller');

describe.each(sdkVersions)('a layer with a span, with SDK $version', ({ create }) => {
  const tracer = create().tracerProvider.getTracer('test');
  const span = tracer.startSpan('span');
  const caller = context.active().setValue(KEY, 'before');

  it.each([
    { suppressTracing: false, records: true },
    { suppressTracing: true, records: false },
  ])('is read by the API and the SDK, suppressed: $suppressTracing', (expected) => {
    const layer = new SpanContextLayer(span, caller, expected.suppressTracing);
    const derived = [layer, layer.setValue(KEY, 'after'), layer.deleteValue(KEY)];
    expect(derived.map((each) => each.getValue(KEY))).toEqual(['before', 'after', undefined]);
    for (const each of derived) {
      expect(trace.getSpan(each)).toBe(span);
      expect(tracer.startSpan('probe', {}, each).isRecording()).toBe(expected.records);
    }
    expect(caller.getValue(KEY)).toBe('before');
    expect(trace.getSpan(caller)).toBeUndefined();
  });

  it('gives way to a span that is set later', () => {
    const inner = tracer.startSpan('inner');
    const layer = new SpanContextLayer(span, caller, false);
    expect(trace.getSpan(trace.setSpan(layer, inner))).toBe(inner);
  });
});

describe.each(sdkVersions)('a context that is not propagated, with SDK $version', ({ create }) => {
  const tracer = create().tracerProvider.getTracer('test');
  const base = new TransportContext(context.active(), 'none').setValue(KEY, 'before');
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

  it('is suppressed around a CLIENT span also after a value was set or deleted', () => {
    const client = tracer.startSpan('send', { kind: SpanKind.CLIENT }, base);
    expect(records(trace.setSpan(base.deleteValue(KEY), client))).toBe(false);
    expect(records(trace.setSpan(base.setValue(KEY, 1), client))).toBe(false);
  });

  it('is suppressed around a span that is not recorded, whose kind is unknown', () => {
    const unsampled = trace.wrapSpanContext({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      traceFlags: 0,
    });
    expect(records(trace.setSpan(base, unsampled))).toBe(false);
  });
});
