import type {
  AttemptObserver,
  AttemptStart,
  CallEnd,
  CallObserver,
  CallStart,
  Observer,
  RetryScheduled,
  ThrottleWait,
} from '@defender-resilience/core';
import { CallMetrics } from './call-metrics.ts';
import { CallTracer } from './call-span.ts';
import { type OtelObserverOptions, settingsOf } from './options.ts';
import { reportFault } from './scope.ts';

const AT_START = 'at the start of a call';

/**
 * Makes an observer that traces and measures calls through the OpenTelemetry API: one INTERNAL span
 * for each call, below it one span for each attempt, and metrics. Without an SDK it does nothing. An
 * SDK may be registered before or after it is made.
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
export function otelObserver(options: OtelObserverOptions = {}): Observer {
  const settings = settingsOf(options);
  const tracer = new CallTracer(settings);
  const metrics = new CallMetrics(settings);
  return {
    call(start: CallStart): CallObserver | undefined {
      // Caught one by one: when the tracer throws, the call is still measured, and the reverse.
      let measurement: CallObserver | undefined;
      let span: CallObserver | undefined;
      try {
        measurement = metrics.start(start);
      } catch (error) {
        reportFault(error, AT_START);
      }
      try {
        span = tracer.start(start);
      } catch (error) {
        reportFault(error, AT_START);
      }
      if (measurement === undefined) return span;
      return span === undefined ? measurement : new CombinedObserver(span, measurement);
    },
    circuit: (change) => metrics.circuit(change),
    quotas: (read) => metrics.quotas(read),
  };
}

/** The span and the measurement of one call. A fault of one does not affect the other. */
class CombinedObserver implements CallObserver {
  readonly #span: CallObserver;
  readonly #measurement: CallObserver;

  constructor(span: CallObserver, measurement: CallObserver) {
    this.#span = span;
    this.#measurement = measurement;
  }

  attempt(start: AttemptStart): AttemptObserver | undefined {
    return this.#span.attempt?.(start);
  }

  retry(retry: RetryScheduled): void {
    try {
      this.#measurement.retry?.(retry);
    } finally {
      this.#span.retry?.(retry);
    }
  }

  throttled(wait: ThrottleWait): void {
    this.#span.throttled?.(wait);
  }

  end(end: CallEnd): void {
    try {
      this.#measurement.end?.(end);
    } finally {
      this.#span.end?.(end);
    }
  }
}
