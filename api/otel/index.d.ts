import { MeterProvider, TracerProvider } from "@opentelemetry/api";
import { Observer } from "@defender-resilience/core";
/** What is told to the service about the trace. */
type Propagation = "none" | "traceparent";
/** How much of a URL stands in `url.full`. */
type UrlCapture = "redacted" | "template";
/** The options of `otelObserver`. Every one has a default. */
interface OtelObserverOptions {
  /** @defaultValue the global one, also when it is registered later */
  readonly tracerProvider?: TracerProvider;
  /** @defaultValue the global one, also when it is registered later */
  readonly meterProvider?: MeterProvider;
  /**
   * Whether the service is sent the attempt's `traceparent`. Baggage and `tracestate` are never sent:
   * with `'none'` the service learns nothing, whichever transport is instrumented.
   *
   * @defaultValue `'none'`
   */
  readonly propagate?: Propagation;
  /**
   * Whether the attempt's own span is the CLIENT span, and the spans of an instrumented transport
   * (undici, `node:http`) are left out around the HTTP send. With `false` it is the other way round:
   * the instrumentation's span is the CLIENT span, below the attempt's, which is INTERNAL.
   * Instrumentations write URLs as they are, query values included. Has no effect on `execute` and
   * `wrap`, inside which everything is traced.
   *
   * @defaultValue true
   */
  readonly suppressTransportSpans?: boolean;
  /**
   * What `url.full` holds: `'redacted'` the path as it was sent, `'template'` the route in its place,
   * so that not even IDs of machines, users and files stand in a span.
   *
   * @defaultValue `'redacted'`
   */
  readonly urlCapture?: UrlCapture;
  /**
   * HTTP statuses that are no errors to you, such as a 404 for something that may well not exist. Such
   * a call keeps its `defender.outcome`, but its spans are not marked as errors and no error is counted.
   *
   * @defaultValue `[]`
   */
  readonly expectedStatuses?: readonly number[];
  /**
   * How many operations metrics tell apart; further ones read `_OTHER`.
   *
   * @defaultValue 200, which is more than the operations table holds
   */
  readonly maxOperations?: number;
}
/**
 * Traces and measures calls through the OpenTelemetry API: one INTERNAL span for each call, below it
 * one span for each attempt, and metrics. Without an SDK it does nothing, and costs next to nothing.
 *
 * @throws TypeError that names every option that is not valid.
 */
export declare function otelObserver(options?: OtelObserverOptions): Observer;
export type { OtelObserverOptions, Propagation, UrlCapture };
