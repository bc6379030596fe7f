import type { AttemptEnd, AttemptObserver, Failure } from '@defender-resilience/core';
import { type Context, context, type Span } from '@opentelemetry/api';
import { ATTR_HTTP_RESPONSE_STATUS_CODE } from './attribute-names.ts';
import { endSpan } from './end-span.ts';
import { failureAttributes } from './span-attributes.ts';
import { traceparentOf } from './traceparent.ts';

/** What an attempt needs of the call that it belongs to. */
export interface AttemptParts {
  readonly span: Span;
  /** What the attempt is sent in. */
  readonly context: Context;
  readonly expectedStatuses: ReadonlySet<number>;
  /** Told when the attempt failed. */
  readonly failed: (failure: Failure) => void;
}

/** The span of one attempt. */
export class AttemptSpan implements AttemptObserver {
  readonly #parts: AttemptParts;

  constructor(parts: AttemptParts) {
    this.#parts = parts;
  }

  run<T>(fn: () => T): T {
    return context.with(this.#parts.context, fn);
  }

  end({ status, failure }: AttemptEnd): void {
    const { span, expectedStatuses, failed } = this.#parts;
    if (failure !== undefined) failed(failure);
    const expected = status !== undefined && expectedStatuses.has(status);
    endSpan(span, failure, expected, () => ({
      ...(status === undefined ? {} : { [ATTR_HTTP_RESPONSE_STATUS_CODE]: status }),
      ...(failure === undefined ? {} : failureAttributes(failure, expected)),
    }));
  }
}

/** An attempt that tells the service which span it is. */
export class PropagatedAttemptSpan extends AttemptSpan {
  readonly #span: Span;

  constructor(parts: AttemptParts) {
    super(parts);
    this.#span = parts.span;
  }

  headers(headers: Headers): void {
    const traceparent = traceparentOf(this.#span.spanContext());
    if (traceparent !== undefined) headers.set('traceparent', traceparent);
  }
}
