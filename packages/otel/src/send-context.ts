import { type Context, createContextKey, type Span, SpanKind } from '@opentelemetry/api';

// The key of @opentelemetry/core, 2.x and 3.x alike. Keys are global symbols by their description, so
// naming it is enough, and the package need not be depended on.
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** A context in which nothing is traced and nothing is propagated. */
export function suppressed(context: Context): Context {
  return context.setValue(SUPPRESS_TRACING, true);
}

/**
 * A context in which everything is traced, but in which no CLIENT span sends itself along.
 *
 * A transport's instrumentation starts its span in the active context, and then sets the span in that
 * context to have the headers injected. What is derived here around a CLIENT span, or around one that
 * is not recorded, is suppressed: propagators then add nothing to the request. Around any other span,
 * such as that of a token request, it is a context like this one.
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
      ? suppressed(derived)
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

/** A span that is not recorded does not tell its kind: it is taken for the transport's. */
function kindOf(span: Span): SpanKind {
  return 'kind' in span && typeof span.kind === 'number' ? span.kind : SpanKind.CLIENT;
}
