import { isSpanContextValid, type SpanContext } from '@opentelemetry/api';

/** The W3C header's value, version 00; undefined where there is no span to tell of. */
export function traceparentOf(span: SpanContext): string | undefined {
  if (!isSpanContextValid(span)) return undefined;
  const flags = (span.traceFlags & 0xff).toString(16).padStart(2, '0');
  return `00-${span.traceId}-${span.spanId}-${flags}`;
}
