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
import type { HistogramCell, Labels } from './cells.ts';
import { OTHER } from './definition.ts';
import { exemplarLabels, fitTrackingId } from './exemplar-labels.ts';
import { statusLabel } from './http-labels.ts';
import type { Instruments, OperationCells } from './instruments.ts';
import { label } from './label-values.ts';
import type { RecentErrorsRing } from './recent-errors.ts';
import type { TraceContext, TraceReader } from './trace-context.ts';

/** What all calls of one observer share. */
export interface Meter {
  readonly instruments: Instruments;
  readonly recentErrors: RecentErrorsRing;
  readonly traces: TraceReader;
  readonly clock: { epoch(): number };
  /** Whether the registry prints exemplars. */
  readonly exemplars: boolean;
}

/** Counts what happens to one call. */
export class CallMeter implements CallObserver {
  /** The trace of the last attempt. */
  trace: TraceContext | undefined = undefined;
  readonly #meter: Meter;
  readonly #start: CallStart;
  readonly #operation: OperationCells;
  #held = false;

  constructor(meter: Meter, start: CallStart, operation: OperationCells) {
    this.#meter = meter;
    this.#start = start;
    this.#operation = operation;
    meter.instruments.inFlight.add(1);
  }

  attempt(): AttemptObserver {
    this.#letGo();
    return this.#meter.traces.available() ? new TracedAttemptMeter(this) : new AttemptMeter(this);
  }

  throttled({ delayMs, reason = 'pause' }: ThrottleWait): void {
    const { instruments } = this.#meter;
    const { waits, seconds } = instruments.groups.get(this.#start.quotaGroup);
    waits(reason).add(1);
    seconds(reason).add(delayMs / 1_000);
    if (this.#held) return;
    this.#held = true;
    instruments.queue.add(1);
  }

  attemptEnded({ durationMs, status, failure }: AttemptEnd): void {
    this.#operation.attempts(statusLabel(status)).add(1);
    const duration = this.#meter.instruments.attemptDuration(this.#start.request?.method, status);
    this.#time(duration, durationMs, failure?.trackingId);
  }

  retry({ nextAttempt, delayMs, source, failure }: RetryScheduled): void {
    const { instruments } = this.#meter;
    const code = metricCode(failure);
    const retries = this.#operation.retries(code);
    retries.add(1);
    instruments.retryWaits(label(source)).add(delayMs / 1_000);
    const labels = this.#pointer(failure);
    if (labels !== undefined) retries.mark(labels, this.#now());
    this.#record(failure, code, nextAttempt - 1, false);
  }

  end(end: CallEnd): void {
    const { outcome, durationMs, failure } = end;
    this.#letGo();
    this.#meter.instruments.inFlight.add(-1);
    if (outcome === 'success') {
      this.#operation.succeeded.add(1);
      this.#time(this.#operation.successDuration, durationMs, undefined);
      return;
    }
    this.#time(this.#operation.duration(outcome), durationMs, failure?.trackingId);
    if (failure === undefined || outcome === 'cancelled') {
      this.#operation.ended(outcome, '').add(1);
    } else {
      this.#failed(end, failure);
    }
  }

  #failed({ outcome, attempts, giveUpReason }: CallEnd, failure: Failure): void {
    const { instruments, traces } = this.#meter;
    // A call that was refused made no attempt in which the trace was read.
    if (attempts === 0) this.trace = traces.read();
    const code = metricCode(failure);
    const error = instruments.errors(code);
    const giveUp = instruments.giveUps(label(giveUpReason ?? 'terminal'));
    error.add(1);
    giveUp.add(1);
    this.#operation.ended(outcome, code).add(1);
    instruments.lastError(code).value = this.#now();
    if (outcome === 'rejected') {
      const known = giveUpReason === 'circuit-open' || giveUpReason === 'throttled';
      instruments.rejections(known ? label(giveUpReason) : OTHER).add(1);
    }
    const labels = this.#pointer(failure);
    if (labels !== undefined) {
      error.mark(labels, this.#now());
      giveUp.mark(labels, this.#now());
    }
    this.#record(failure, code, attempts, true);
  }

  /** Observes a duration; what failed leaves its tracking ID, what succeeded only fills a gap. */
  #time(duration: HistogramCell, durationMs: number, trackingId: string | undefined): void {
    const seconds = durationMs / 1_000;
    const bucket = duration.observe(seconds);
    if (bucket < 0 || !this.#meter.exemplars) return;
    if (trackingId === undefined && (this.trace === undefined || !duration.wants(bucket))) return;
    const labels = exemplarLabels(trackingId, this.trace);
    if (labels !== undefined) duration.mark(bucket, labels, seconds, this.#now());
  }

  #pointer({ trackingId }: Failure): Labels | undefined {
    return this.#meter.exemplars ? exemplarLabels(trackingId, this.trace) : undefined;
  }

  #record(failure: Failure, code: string, attempt: number, final: boolean): void {
    const { recentErrors, clock } = this.#meter;
    const trackingId = fitTrackingId(failure.trackingId);
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
    this.trace = this.#meter.traces.read();
  }

  #letGo(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#meter.instruments.queue.add(-1);
  }

  #now(): number {
    return this.#meter.clock.epoch() / 1_000;
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

/** Looks at the trace while the attempt is sent, which is when the observers before it have a span. */
class TracedAttemptMeter extends AttemptMeter {
  run<T>(fn: () => T): T {
    this.call.readTrace();
    return fn();
  }
}
