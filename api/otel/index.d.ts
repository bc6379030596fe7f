import { MeterProvider, TracerProvider } from "@opentelemetry/api";
import { Observer } from "@defender-resilience/core";
/** What a request reveals to the service about the trace. */
type Propagation = "none" | "traceparent";
/** How much of the URL `url.full` contains. */
type UrlCapture = "redacted" | "template";
/** The options of `otelObserver`. All are optional. */
interface OtelObserverOptions {
  /**
   * The provider of the tracer.
   *
   * @defaultValue the global one, also if it is registered later
   */
  readonly tracerProvider?: TracerProvider;
  /**
   * The provider of the meter.
   *
   * @defaultValue the global one, also if it is registered later
   */
  readonly meterProvider?: MeterProvider;
  /**
   * Whether requests to the service have a `traceparent` header with their CLIENT span. Baggage and
   * `tracestate` are never sent. With `'none'` nothing is sent, even if the transport is instrumented;
   * this includes the requests that a function makes inside `execute` and `wrap`.
   *
   * @defaultValue `'none'`
   */
  readonly propagate?: Propagation;
  /**
   * Whether the spans of an instrumented transport (undici, `node:http`) are left out while an HTTP
   * request is sent, so that the attempt's span is the only CLIENT span. With `false` the
   * instrumentation's span is the CLIENT span, and the attempt's span is its parent, of kind INTERNAL.
   * The instrumentation then also sends the `traceparent`, in the format of the registered propagator.
   * Note that instrumentations record URLs with all query values. `execute` and `wrap` ignore this
   * option: the CLIENT spans of your function are always traced.
   *
   * @defaultValue `true`
   */
  readonly suppressTransportSpans?: boolean;
  /**
   * What `url.full` contains: `'redacted'` the path as it was sent; `'template'` the route, so that
   * spans have no IDs of machines, users or files.
   *
   * @defaultValue `'redacted'`
   */
  readonly urlCapture?: UrlCapture;
  /**
   * HTTP statuses that are not errors for you, such as the 404 of something that may not exist. Calls
   * that end with one keep their `defender.outcome`, but spans are not marked as errors and no error is
   * counted.
   *
   * @defaultValue `[]`
   */
  readonly expectedStatuses?: readonly number[];
  /**
   * How many different operations metrics have. Further ones are counted as `_OTHER`.
   *
   * @defaultValue 200, more than the operations table has
   */
  readonly maxOperations?: number;
  /**
   * Attributes of every span and every metric of this observer, such as the tenant of its wrapper. At most 10,
   * each a string of at most 128 characters, a number or a boolean. Use a bounded set of values, since each one
   * creates its own series.
   *
   * @defaultValue `{}`
   */
  readonly constantAttributes?: Readonly<Record<string, string | number | boolean>>;
  /**
   * The wall clock, in milliseconds since 1970, from which the timestamp metrics are read.
   *
   * @defaultValue `Date.now`
   */
  readonly clock?: {
    epoch(): number;
  };
}
/**
 * Creates an observer that traces and measures calls through the OpenTelemetry API: one INTERNAL span for each
 * call, below it one span for each attempt, and metrics. Does nothing without an SDK, which may be registered
 * before or after.
 *
 * @example
 * ```ts
 * import { createResilience } from '@defender-resilience/core';
 * import { otelObserver } from '@defender-resilience/otel';
 *
 * const { fetch } = createResilience({
 *   observers: [otelObserver({ expectedStatuses: [404] })],
 * });
 * ```
 *
 * @throws TypeError that names every invalid option.
 */
export declare function otelObserver(options?: OtelObserverOptions): Observer;
export type { OtelObserverOptions, Propagation, UrlCapture };
