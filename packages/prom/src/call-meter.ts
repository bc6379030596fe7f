import {
  type AttemptEnd,
  type AttemptObserver,
  type CallEnd,
  type CallObserver,
  type CallStart,
  type Failure,
  metricCode,
  type RetryScheduled,
  type ThrottleWait,
} from '@defender-resilience/core';
import type { Labels } from './client.ts';
import { OTHER } from './definition.ts';
import { exemplarLabels, validTrackingId } from './exemplars.ts';
import { statusLabel } from './http-labels.ts';
import type { Instruments, OperationSeries } from './instruments.ts';
import { label } from './label-values.ts';
import type { RecentErrorsRing } from './recent-errors.ts';
import type { HistogramSeries } from './series.ts';
import type { TraceContext, TraceReader } from './trace-context.ts';

/** Everything that the calls of one observer share. */
export interface CallContext {
  readonly instruments: Instruments;
  readonly recentErrors: RecentErrorsRing;
  readonly traces: TraceReader;
  readonly clock: { epoch(): number };
  /** Whether the registry prints exemplars. */
  readonly exemplars: boolean;
  /** The number of scrapes so far. */
  readonly scrapes: () => number;
}

/** Records one call. */
export class CallMeter implements CallObserver {
  /** The trace of the last attempt. */
  trace: TraceContext | undefined = undefined;
  readonly #context: CallContext;
  readonly #start: CallStart;
  readonly #operation: OperationSeries;
  #queued = false;

  constructor(context: CallContext, start: CallStart, operation: OperationSeries) {
    this.#context = context;
    this.#start = start;
    this.#operation = operation;
    context.instruments.inFlight.add(1);
  }

  attempt(): AttemptObserver {
    this.#leaveQueue();
    return this.#context.traces.available() ? new TracedAttemptMeter(this) : new AttemptMeter(this);
  }

  throttled({ delayMs, reason = 'pause' }: ThrottleWait): void {
    const { instruments } = this.#context;
    const { waits, waitSeconds } = instruments.group(this.#start.quotaGroup);
    waits(reason).inc(1);
    waitSeconds(reason).inc(delayMs / 1_000);
    if (this.#queued) return;
    this.#queued = true;
    instruments.queue.add(1);
  }

  attemptEnded({ durationMs, status, failure, partial }: AttemptEnd): void {
    this.#operation.attempts(statusLabel(status)).inc(1);
    if (partial !== undefined) this.#operation.partial().inc(1);
    const duration = this.#context.instruments.attemptDuration(this.#start.request?.method, status);
    this.#time(duration, durationMs, failure?.trackingId);
  }

  retry({ nextAttempt, delayMs, source, failure }: RetryScheduled): void {
    const { instruments } = this.#context;
    const code = metricCode(failure);
    this.#operation.retries(code).inc(1, this.#exemplar(failure));
    instruments.retryWaits(label(source)).inc(delayMs / 1_000);
    this.#record(failure, code, nextAttempt - 1, false);
  }

  end(end: CallEnd): void {
    const { outcome, durationMs, failure } = end;
    this.#leaveQueue();
    this.#context.instruments.inFlight.add(-1);
    if (outcome === 'success') {
      this.#operation.succeeded.inc(1);
      this.#time(this.#operation.successDuration, durationMs, undefined);
      this.#succeeded();
      return;
    }
    this.#time(this.#operation.duration(outcome), durationMs, failure?.trackingId);
    if (failure === undefined || outcome === 'cancelled') {
      this.#operation.ended(outcome, '').inc(1);
    } else {
      this.#failed(end, failure);
    }
  }

  #succeeded(): void {
    this.#operation.lastSuccess.value = this.#now();
    for (const { sinceSuccess } of this.#operation.failures.values()) sinceSuccess.value = 0;
  }

  #failed({ outcome, attempts, giveUpReason }: CallEnd, failure: Failure): void {
    const { instruments, traces } = this.#context;
    // A rejected call has no attempt during which its trace could be read.
    if (attempts === 0) this.trace = traces.read();
    const code = metricCode(failure);
    const exemplar = this.#exemplar(failure);
    instruments.errors(code).inc(1, exemplar);
    instruments.giveUps(label(giveUpReason ?? 'terminal')).inc(1, exemplar);
    this.#operation.ended(outcome, code).inc(1);
    const state = instruments.failureState(this.#operation, code);
    state.sinceSuccess.add(1);
    state.lastAt.value = this.#now();
    if (outcome === 'rejected') {
      const known = giveUpReason === 'circuit-open' || giveUpReason === 'throttled';
      instruments.rejections(known ? label(giveUpReason) : OTHER).inc(1);
    }
    this.#record(failure, code, attempts, true);
  }

  /** Observes a duration. A failure sets the exemplar to its tracking ID; a success only fills an empty one. */
  #time(duration: HistogramSeries, durationMs: number, trackingId: string | undefined): void {
    const seconds = durationMs / 1_000;
    duration.observe(seconds, this.#durationExemplar(duration, seconds, trackingId));
  }

  #durationExemplar(
    duration: HistogramSeries,
    seconds: number,
    trackingId: string | undefined,
  ): Labels | undefined {
    const { exemplars, scrapes } = this.#context;
    if (!exemplars || (trackingId === undefined && this.trace === undefined)) return undefined;
    const labels = exemplarLabels(trackingId, this.trace);
    if (labels === undefined) return undefined;
    const free = duration.takeExemplarSlot(seconds, scrapes());
    return free || trackingId !== undefined ? labels : undefined;
  }

  #exemplar({ trackingId }: Failure): Labels | undefined {
    return this.#context.exemplars ? exemplarLabels(trackingId, this.trace) : undefined;
  }

  #record(failure: Failure, code: string, attempt: number, final: boolean): void {
    const { recentErrors, clock } = this.#context;
    const trackingId = validTrackingId(failure.trackingId);
    recentErrors.record(clock.epoch(), {
      operation: this.#operation.name,
      code,
      ...(failure.status === undefined ? {} : { status: failure.status }),
      ...(trackingId === undefined ? {} : { trackingId }),
      ...(this.trace === undefined ? {} : { traceId: this.trace.traceId }),
      attempt,
      final,
    });
  }

  readTrace(): void {
    this.trace = this.#context.traces.read();
  }

  #leaveQueue(): void {
    if (!this.#queued) return;
    this.#queued = false;
    this.#context.instruments.queue.add(-1);
  }

  #now(): number {
    return this.#context.clock.epoch() / 1_000;
  }
}

class AttemptMeter implements AttemptObserver {
  protected readonly call: CallMeter;

  constructor(call: CallMeter) {
    this.call = call;
  }

  end(end: AttemptEnd): void {
    this.call.attemptEnded(end);
  }
}

/** Reads the trace while the attempt is sent, when the observers before this one have an active span. */
class TracedAttemptMeter extends AttemptMeter {
  run<T>(fn: () => T): T {
    this.call.readTrace();
    return fn();
  }
}
