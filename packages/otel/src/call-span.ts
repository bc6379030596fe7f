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
  type Span,
  SpanKind,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { type AttemptParts, AttemptSpan, PropagatedAttemptSpan } from './attempt-span.ts';
import { ATTR_OPERATION, ATTR_TRACKING_IDS, SCHEMA_URL } from './attribute-names.ts';
import { endSpan } from './end-span.ts';
import type { Settings } from './options.ts';
import { suppressed, UnpropagatedContext } from './send-context.ts';
import {
  attemptAttributes,
  attemptSpanName,
  callEndAttributes,
  callSpanName,
  failureAttributes,
} from './span-attributes.ts';
import { NAME, VERSION } from './version.ts';

const MAX_TRACKING_IDS = 10;

/** Starts the spans of calls. */
export class CallTracer {
  readonly #settings: Settings;
  readonly #tracer: Tracer;

  constructor(settings: Settings) {
    this.#settings = settings;
    const provider = settings.tracerProvider ?? trace.getTracerProvider();
    this.#tracer = provider.getTracer(NAME, VERSION, { schemaUrl: SCHEMA_URL });
  }

  /** Undefined where there is no SDK, or nothing is to be traced. */
  start(start: CallStart): CallSpan | undefined {
    const parent = context.active();
    const span = this.#tracer.startSpan(
      callSpanName(start),
      { kind: SpanKind.INTERNAL, attributes: { [ATTR_OPERATION]: start.operation } },
      parent,
    );
    if (!isSpanContextValid(span.spanContext())) return undefined;
    return new CallSpan(this.#tracer, this.#settings, start, span, trace.setSpan(parent, span));
  }
}

/** The span of one call, and those of its attempts. */
export class CallSpan implements CallObserver {
  readonly #tracer: Tracer;
  readonly #settings: Settings;
  readonly #start: CallStart;
  readonly #span: Span;
  readonly #context: Context;
  #trackingIds: string[] | undefined = undefined;
  #retrySource: string | undefined = undefined;
  #heldMs = 0;

  constructor(
    tracer: Tracer,
    settings: Settings,
    start: CallStart,
    span: Span,
    spanContext: Context,
  ) {
    this.#tracer = tracer;
    this.#settings = settings;
    this.#start = start;
    this.#span = span;
    this.#context = spanContext;
  }

  attempt(start: AttemptStart): AttemptObserver {
    const span = this.#span.isRecording() ? this.#startAttempt(start) : this.#span;
    const parts: AttemptParts = {
      span,
      context: this.#sendContext(span),
      expectedStatuses: this.#settings.expectedStatuses,
      failed: (failure) => this.#note(failure),
    };
    return this.#settings.propagate === 'traceparent'
      ? new PropagatedAttemptSpan(parts)
      : new AttemptSpan(parts);
  }

  retry({ source }: RetryScheduled): void {
    this.#retrySource = source;
  }

  throttled({ delayMs }: ThrottleWait): void {
    this.#heldMs += delayMs;
  }

  end(end: CallEnd): void {
    const { failure } = end;
    const expected =
      failure?.status !== undefined && this.#settings.expectedStatuses.has(failure.status);
    endSpan(this.#span, failure, expected, () => ({
      ...callEndAttributes(end),
      ...(failure === undefined ? this.#survived() : failureAttributes(failure, expected)),
    }));
  }

  #startAttempt(start: AttemptStart): Span {
    const { urlCapture } = this.#settings;
    const waited = { source: this.#retrySource, heldMs: this.#heldMs };
    this.#retrySource = undefined;
    this.#heldMs = 0;
    return this.#tracer.startSpan(
      attemptSpanName(this.#start),
      {
        kind: this.#isClient ? SpanKind.CLIENT : SpanKind.INTERNAL,
        attributes: attemptAttributes(this.#start, start, waited, urlCapture),
      },
      this.#context,
    );
  }

  // A function may do more than send: fetch a token, call an SDK that is traced on its own. Only an
  // HTTP client's attempt is the request itself, and only once may it be a CLIENT span.
  get #isClient(): boolean {
    return this.#start.request !== undefined && this.#settings.suppressTransportSpans;
  }

  #sendContext(span: Span): Context {
    const inSpan = span === this.#span ? this.#context : trace.setSpan(this.#context, span);
    if (this.#start.request === undefined) return inSpan;
    return this.#settings.suppressTransportSpans
      ? suppressed(inSpan)
      : new UnpropagatedContext(inSpan);
  }

  #note({ trackingId }: Failure): void {
    if (trackingId === undefined) return;
    this.#trackingIds ??= [];
    if (this.#trackingIds.length < MAX_TRACKING_IDS) this.#trackingIds.push(trackingId);
  }

  /** What a call that came through in the end leaves of its failures, to find them by. */
  #survived(): Record<string, string[]> {
    return this.#trackingIds === undefined ? {} : { [ATTR_TRACKING_IDS]: this.#trackingIds };
  }
}
