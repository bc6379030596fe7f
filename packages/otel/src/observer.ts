import type {
  AttemptEnd,
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
import { flushProviders } from './flush.ts';
import { type OtelObserverOptions, settingsOf } from './options.ts';
import { reportFault } from './scope.ts';

const AT_START = 'at the start of a call';

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
export function otelObserver(options: OtelObserverOptions = {}): Observer {
  const settings = settingsOf(options);
  const tracer = new CallTracer(settings);
  const metrics = new CallMetrics(settings);
  return {
    call(start: CallStart): CallObserver | undefined {
      // Caught separately: if the tracer throws, the call is still measured, and vice versa.
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
    flush: () => flushProviders(settings),
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
    const measurement = this.#measurement.attempt?.(start);
    const span = this.#span.attempt?.(start);
    if (measurement === undefined) return span;
    return span === undefined ? measurement : new CombinedAttempt(span, measurement);
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

/** The span and the measurement of one attempt. */
class CombinedAttempt implements AttemptObserver {
  /** Present only when the span has it: a client copies the headers for each observer with this hook. */
  declare readonly headers?: (headers: Headers) => void;
  readonly #span: AttemptObserver;
  readonly #measurement: AttemptObserver;

  constructor(span: AttemptObserver, measurement: AttemptObserver) {
    this.#span = span;
    this.#measurement = measurement;
    if (span.headers !== undefined) this.headers = (headers) => span.headers?.(headers);
  }

  run<T>(fn: () => T): T {
    return this.#span.run === undefined ? fn() : this.#span.run(fn);
  }

  end(end: AttemptEnd): void {
    try {
      this.#measurement.end?.(end);
    } finally {
      this.#span.end?.(end);
    }
  }
}
