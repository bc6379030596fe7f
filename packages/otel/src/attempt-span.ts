import type { AttemptEnd, AttemptObserver, Failure } from '@defender-resilience/core';
import {
  type Context,
  context,
  isSpanContextValid,
  type Span,
  type SpanContext,
} from '@opentelemetry/api';
import {
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_PROVIDER,
  ATTR_PROVIDER_STATUS,
  EVENT_PROVIDER_MISSING,
} from './attribute-names.ts';
import { addFailure, addResponse, endSpan } from './span-attributes.ts';

/** An attempt that runs in a context, without its own span, as when the call is not recorded. */
export class AttemptContext implements AttemptObserver {
  /** Present only when `traceparent` is sent: a client copies the headers for each observer with this hook. */
  declare readonly headers?: (headers: Headers) => void;
  readonly #context: Context;

  constructor(sendContext: Context, propagated: Span | undefined) {
    this.#context = sendContext;
    if (propagated === undefined) return;
    this.headers = (headers) => {
      const traceparent = traceparentOf(propagated.spanContext());
      if (traceparent !== undefined) headers.set('traceparent', traceparent);
    };
  }

  run<T>(fn: () => T): T {
    return context.with(this.#context, fn);
  }
}

/** What an attempt's span needs from its call. */
export interface AttemptOwner {
  isExpected(status: number | undefined): boolean;
  attemptFailed(failure: Failure): void;
}

/** The span of one attempt. */
export class AttemptSpan extends AttemptContext {
  readonly #span: Span;
  readonly #call: AttemptOwner;

  constructor(span: Span, call: AttemptOwner, sendContext: Context, propagated: Span | undefined) {
    super(sendContext, propagated);
    this.#span = span;
    this.#call = call;
  }

  end({ status, response, failure, partial }: AttemptEnd): void {
    for (const { vendor, provider, status } of partial ?? []) {
      this.#span.addEvent(EVENT_PROVIDER_MISSING, {
        [ATTR_PROVIDER]: `${vendor}/${provider}`,
        [ATTR_PROVIDER_STATUS]: status,
      });
    }
    if (failure !== undefined) this.#call.attemptFailed(failure);
    const expected = this.#call.isExpected(status);
    endSpan(this.#span, failure, expected, (attributes) => {
      if (status !== undefined) attributes[ATTR_HTTP_RESPONSE_STATUS_CODE] = status;
      if (response !== undefined) addResponse(attributes, response);
      if (failure !== undefined) addFailure(attributes, failure, expected);
    });
  }
}

/** The value of the W3C header, version 00; undefined for an invalid span context. */
export function traceparentOf(span: SpanContext): string | undefined {
  if (!isSpanContextValid(span)) return undefined;
  const flags = (span.traceFlags & 0xff).toString(16).padStart(2, '0');
  return `00-${span.traceId}-${span.spanId}-${flags}`;
}
