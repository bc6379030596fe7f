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
import { safely } from './safely.ts';

const AT_START = "at a call's start";

/**
 * Traces and measures calls through the OpenTelemetry API: one INTERNAL span for each call, below it
 * one span for each attempt, and metrics. Without an SDK it does nothing, and costs next to nothing.
 *
 * @throws TypeError that names every option that is not valid.
 */
export function otelObserver(options: OtelObserverOptions = {}): Observer {
  const settings = settingsOf(options);
  const tracer = new CallTracer(settings);
  const metrics = new CallMetrics(settings);
  return {
    call(start: CallStart): CallObserver | undefined {
      // Were it thrown on to the wrapper, the other half would be lost with it.
      const measurement = safely(AT_START, () => metrics.start(start));
      const span = safely(AT_START, () => tracer.start(start));
      if (measurement === undefined) return span;
      return span === undefined ? measurement : new Both(span, measurement);
    },
    circuit: (change) => metrics.circuit(change),
    quotas: (read) => metrics.quotas(read),
  };
}

/** A span and a measurement of the same call: a fault of the one never costs the other. */
class Both implements CallObserver {
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
