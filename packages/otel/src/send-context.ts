import { type Context, createContextKey, type Span, SpanKind } from '@opentelemetry/api';

// OpenTelemetry's own keys, the same in API 1.x and in SDK 2.x and 3.x: `createContextKey` gives the
// same symbol for the same description, so @opentelemetry/core need not be a dependency.
const SPAN = createContextKey('OpenTelemetry Context Key SPAN');
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/**
 * The context of a call or an attempt: the caller's, with a span as the active one, and optionally
 * with tracing suppressed. The same as `trace.setSpan` and `suppressTracing` give, but one small
 * object where these copy the caller's values twice.
 */
export class SpanContextLayer implements Context {
  readonly #span: Span;
  readonly #inner: Context;
  readonly #suppressTracing: boolean;

  constructor(span: Span, inner: Context, suppressTracing: boolean) {
    this.#span = span;
    this.#inner = inner;
    this.#suppressTracing = suppressTracing;
  }

  getValue(key: symbol): unknown {
    if (key === SPAN) return this.#span;
    if (this.#suppressTracing && key === SUPPRESS_TRACING) return true;
    return this.#inner.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return this.#copy().setValue(key, value);
  }

  deleteValue(key: symbol): Context {
    return this.#copy().deleteValue(key);
  }

  #copy(): Context {
    const withSpan = this.#inner.setValue(SPAN, this.#span);
    return this.#suppressTracing ? withSpan.setValue(SUPPRESS_TRACING, true) : withSpan;
  }
}

/**
 * A context in which everything is traced, but no CLIENT span is propagated to the service.
 *
 * The instrumentation of a transport starts its span in the active context, and then sets that span in
 * the context to have the headers injected. A context that is derived from this one by setting a CLIENT
 * span, or a span that is not recorded, is suppressed, so that propagators add nothing to the request.
 * With any other span, such as that of a token request, it stays a context like this one.
 */
export class UnpropagatedContext implements Context {
  readonly #inner: Context;

  constructor(inner: Context) {
    this.#inner = inner;
  }

  getValue(key: symbol): unknown {
    return this.#inner.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    const derived = this.#inner.setValue(key, value);
    return isSpan(value) && kindOf(value) === SpanKind.CLIENT
      ? derived.setValue(SUPPRESS_TRACING, true)
      : new UnpropagatedContext(derived);
  }

  deleteValue(key: symbol): Context {
    return new UnpropagatedContext(this.#inner.deleteValue(key));
  }
}

function isSpan(value: unknown): value is Span {
  return (
    typeof value === 'object' &&
    value !== null &&
    'spanContext' in value &&
    typeof value.spanContext === 'function'
  );
}

/** A span that is not recorded has no kind: it is taken for the transport's. */
function kindOf(span: Span): SpanKind {
  return 'kind' in span && typeof span.kind === 'number' ? span.kind : SpanKind.CLIENT;
}
