import {
  type Context,
  createContextKey,
  propagation,
  type Span,
  SpanKind,
  trace,
} from '@opentelemetry/api';

// OpenTelemetry's own keys, the same in API 1.x and in SDK 2.x and 3.x. `createContextKey` returns the same
// symbol for the same description, so @opentelemetry/core need not be a dependency.
const SPAN = createContextKey('OpenTelemetry Context Key SPAN');
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/**
 * The context of a call or an attempt: the caller's, with a span as the active one, and optionally with tracing
 * suppressed. Equivalent to `trace.setSpan` and `suppressTracing`, but a single small object, while these copy
 * the caller's values twice.
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
 * Which CLIENT spans below an attempt are sent to the service as `traceparent`: none, only that of the
 * attempt's own request, or all.
 */
export type Injection = 'none' | 'own-request' | 'all';

/**
 * A context in which everything is traced, but only the headers that `injection` allows are sent to the
 * service.
 *
 * The instrumentation of a transport starts its span in the active context, then sets that span in the context
 * to inject the headers. So a context that is derived from this one by setting a CLIENT span, or a span that is
 * not recorded, is for propagators: it is suppressed, or has neither baggage nor `tracestate`. With any other
 * span, such as that of a token request, the derived context is like this one.
 */
export class TransportContext implements Context {
  readonly #inner: Context;
  readonly #injection: Injection;

  constructor(inner: Context, injection: Injection) {
    this.#inner = inner;
    this.#injection = injection;
  }

  getValue(key: symbol): unknown {
    return this.#inner.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    const derived = this.#inner.setValue(key, value);
    if (!isSpan(value)) return new TransportContext(derived, this.#injection);
    if (kindOf(value) !== SpanKind.CLIENT) {
      return new TransportContext(derived, this.#injection === 'all' ? 'all' : 'none');
    }
    return this.#injection === 'none'
      ? derived.setValue(SUPPRESS_TRACING, true)
      : traceparentOnly(derived, value);
  }

  deleteValue(key: symbol): Context {
    return new TransportContext(this.#inner.deleteValue(key), this.#injection);
  }
}

function traceparentOnly(context: Context, span: Span): Context {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  const withoutBaggage = propagation.deleteBaggage(context);
  if (traceState === undefined) return withoutBaggage;
  const withoutState = trace.wrapSpanContext({ traceId, spanId, traceFlags });
  return trace.setSpan(withoutBaggage, withoutState);
}

function isSpan(value: unknown): value is Span {
  return (
    typeof value === 'object' &&
    value !== null &&
    'spanContext' in value &&
    typeof value.spanContext === 'function'
  );
}

/** A span that is not recorded has no kind: it is assumed to be the transport's. */
function kindOf(span: Span): SpanKind {
  return 'kind' in span && typeof span.kind === 'number' ? span.kind : SpanKind.CLIENT;
}

// Not imported, because bundles for other platforms could not resolve the module.
const requestCreated = globalThis.process
  ?.getBuiltinModule?.('node:diagnostics_channel')
  ?.channel('undici:request:create');

/**
 * Whether the requests of undici and of Node's fetch are instrumented. Such an instrumentation appends
 * its own `traceparent`, so that setting one as well would send two.
 */
export function isUndiciInstrumented(): boolean {
  return requestCreated?.hasSubscribers === true;
}
