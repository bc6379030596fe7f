import type {
  AttemptObserver,
  AttemptStart,
  CallEnd,
  CallObserver,
  CallStart,
  Failure,
  RetryScheduled,
  ThrottleWait,
} from '@defender-resilience/core';
import {
  type Context,
  context,
  isSpanContextValid,
  type ProxyTracerProvider,
  type Span,
  SpanKind,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { AttemptContext, type AttemptOwner, AttemptSpan } from './attempt-span.ts';
import { ATTR_OPERATION, ATTR_TRACKING_IDS } from './attribute-names.ts';
import type { Settings } from './options.ts';
import { NAME, SCHEMA_URL, VERSION } from './scope.ts';
import { isUndiciInstrumented, SpanContextLayer, TransportContext } from './send-context.ts';
import {
  addCallEnd,
  addFailure,
  attemptAttributes,
  attemptSpanName,
  callSpanName,
  endSpan,
} from './span-attributes.ts';

const MAX_TRACKING_IDS = 10;

/** Starts the spans of calls. */
export class CallTracer {
  readonly #settings: Settings;
  readonly #provider: TracerProvider;
  #tracer: Tracer | undefined = undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#provider = settings.tracerProvider ?? trace.getTracerProvider();
  }

  /** Undefined if there is no SDK, or if it neither records nor propagates the call. */
  start(start: CallStart): CallObserver | undefined {
    this.#tracer ??= findTracer(this.#provider);
    const tracer = this.#tracer;
    if (tracer === undefined) return undefined;
    const parent = context.active();
    const span = tracer.startSpan(
      callSpanName(start),
      {
        kind: SpanKind.INTERNAL,
        attributes: { ...this.#settings.constantAttributes, [ATTR_OPERATION]: start.operation },
      },
      parent,
    );
    if (span.isRecording()) return new CallSpan(tracer, this.#settings, start, span, parent);
    if (!isSpanContextValid(span.spanContext())) return undefined;
    return new UnrecordedCall(this.#settings, start, span, parent);
  }
}

/** Undefined until an SDK is registered: the API's own provider would return a tracer that does nothing. */
function findTracer(provider: TracerProvider): Tracer | undefined {
  const options = { schemaUrl: SCHEMA_URL };
  return isProxy(provider)
    ? provider.getDelegateTracer(NAME, VERSION, options)
    : provider.getTracer(NAME, VERSION, options);
}

// Checks the method instead of using `instanceof`, which is false for a provider of another copy of the API.
function isProxy(provider: TracerProvider): provider is ProxyTracerProvider {
  return 'getDelegateTracer' in provider && typeof provider.getDelegateTracer === 'function';
}

/** A call that is not sampled. Its attempts run in its context, so that spans below them are not sampled either. */
class UnrecordedCall implements CallObserver {
  readonly #attempt: AttemptContext;

  constructor(settings: Settings, start: CallStart, span: Span, parent: Context) {
    const sendContext = sendContextOf(settings, start, span, parent);
    this.#attempt = new AttemptContext(sendContext, propagatedSpan(settings, span));
  }

  attempt(): AttemptObserver {
    return this.#attempt;
  }
}

/** The span of one call, and the spans of its attempts. */
class CallSpan implements CallObserver, AttemptOwner {
  readonly #tracer: Tracer;
  readonly #settings: Settings;
  readonly #start: CallStart;
  readonly #span: Span;
  readonly #context: Context;
  #trackingIds: string[] | undefined = undefined;
  #retrySource: string | undefined = undefined;
  #throttleMs = 0;

  constructor(tracer: Tracer, settings: Settings, start: CallStart, span: Span, parent: Context) {
    this.#tracer = tracer;
    this.#settings = settings;
    this.#start = start;
    this.#span = span;
    this.#context = new SpanContextLayer(span, parent, false);
  }

  attempt(start: AttemptStart): AttemptObserver {
    const span = this.#startAttempt(start);
    const sendContext = sendContextOf(this.#settings, this.#start, span, this.#context);
    return new AttemptSpan(span, this, sendContext, propagatedSpan(this.#settings, span));
  }

  retry({ source }: RetryScheduled): void {
    this.#retrySource = source;
  }

  throttled({ delayMs }: ThrottleWait): void {
    this.#throttleMs += delayMs;
  }

  attemptFailed({ trackingId }: Failure): void {
    if (trackingId === undefined) return;
    this.#trackingIds ??= [];
    if (this.#trackingIds.length < MAX_TRACKING_IDS) this.#trackingIds.push(trackingId);
  }

  isExpected(status: number | undefined): boolean {
    return status !== undefined && this.#settings.expectedStatuses.has(status);
  }

  end(end: CallEnd): void {
    const { failure } = end;
    const expected = this.isExpected(failure?.status);
    endSpan(this.#span, failure, expected, (attributes) => {
      addCallEnd(attributes, end);
      if (failure !== undefined) addFailure(attributes, failure, expected);
      // A call that succeeded after failures: the tracking IDs of these.
      else if (this.#trackingIds !== undefined) attributes[ATTR_TRACKING_IDS] = this.#trackingIds;
    });
  }

  #startAttempt(attempt: AttemptStart): Span {
    const { suppressTransportSpans } = this.#settings;
    const wait = { source: this.#retrySource, throttleMs: this.#throttleMs };
    this.#retrySource = undefined;
    this.#throttleMs = 0;
    // A function may do more than send, such as get a token or call an SDK with its own spans. Only the attempt
    // of an HTTP client is the request itself, and may be its single CLIENT span.
    const isClient = this.#start.request !== undefined && suppressTransportSpans;
    return this.#tracer.startSpan(
      attemptSpanName(this.#start),
      {
        kind: isClient ? SpanKind.CLIENT : SpanKind.INTERNAL,
        attributes: attemptAttributes(this.#start, attempt, wait, this.#settings),
      },
      this.#context,
    );
  }
}

/** The context in which an attempt is sent. */
function sendContextOf(
  { suppressTransportSpans, propagate }: Settings,
  { request }: CallStart,
  span: Span,
  parent: Context,
): Context {
  if (request !== undefined && suppressTransportSpans) {
    return new SpanContextLayer(span, parent, true);
  }
  // A function makes its own requests, below its own spans.
  const allowed = request === undefined ? 'all' : 'own-request';
  const inSpan = new SpanContextLayer(span, parent, false);
  return new TransportContext(inSpan, propagate === 'none' ? 'none' : allowed);
}

/** The span whose `traceparent` is sent; undefined if none is, or if the transport sends its own. */
function propagatedSpan(settings: Settings, span: Span): Span | undefined {
  if (settings.propagate === 'none') return undefined;
  return settings.suppressTransportSpans || !isUndiciInstrumented() ? span : undefined;
}
