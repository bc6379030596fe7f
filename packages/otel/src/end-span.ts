import type { Failure } from '@defender-resilience/core';
import { type Attributes, type Span, SpanStatusCode } from '@opentelemetry/api';

/**
 * Ends a span by the status rules of the conventions: a success and a caller's abort leave the status
 * unset, so does a status that the user expects; an error has no description, because `error.type` and
 * the HTTP status say it already.
 */
export function endSpan(
  span: Span,
  failure: Failure | undefined,
  expected: boolean,
  attributes: () => Attributes,
): void {
  try {
    if (!span.isRecording()) return;
    span.setAttributes(attributes());
    const isError = failure !== undefined && failure.source !== 'cancelled' && !expected;
    if (isError) span.setStatus({ code: SpanStatusCode.ERROR });
  } finally {
    span.end();
  }
}
