import { type Clock, MAX_TIMER_MS, type Timer } from '../clock.ts';
import type { Failure } from '../failure/failure.ts';
import type { QuotaChange, QuotaState } from '../observe/quota.ts';
import { type CallLimitSettings, CallLimits, type CountedCall } from './call-limits.ts';
import { ExecutionTimeBudget } from './execution-time-budget.ts';
import type { GatePermit, GateRejection, GateRequest } from './gate.ts';
import type { GroupLimits } from './limits.ts';
import { CallQueue } from './queue.ts';
import { ReleasePace } from './release-pace.ts';
import { Waiter } from './waiter.ts';

export interface GroupSettings extends CallLimitSettings {
  readonly limits: GroupLimits;
  readonly maxWaiting: number;
}

/** What a group reports. */
export interface GroupEvents {
  changed(change: QuotaChange): void;
  /** No pause is left, nobody waits, and nothing that was released is unanswered. */
  idle(): void;
}

/** One quota group: its pause, its limits, and the calls that wait for them, in order. */
export class QuotaGroup {
  readonly name: string;
  readonly #clock: Clock;
  readonly #events: GroupEvents;
  readonly #queue: CallQueue<Waiter>;
  readonly #limits: CallLimits;
  readonly #executionTime: ExecutionTimeBudget;
  /** Of a group without limits: nothing else spreads the calls that a pause has held back. */
  readonly #pace: ReleasePace | undefined;
  #pausedUntil = 0;
  #timer: { readonly handle: Timer; readonly at: number } | undefined;

  constructor(settings: GroupSettings, clock: Clock, events: GroupEvents) {
    const { name, limits, maxWaiting } = settings;
    const { windows, executionTime } = limits;
    this.name = name;
    this.#clock = clock;
    this.#events = events;
    this.#queue = new CallQueue(maxWaiting);
    this.#limits = new CallLimits(windows, settings, clock.now(), events.changed);
    this.#executionTime = new ExecutionTimeBudget(executionTime);
    this.#pace = windows.length + executionTime.length === 0 ? new ReleasePace() : undefined;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  get pausedForMs(): number {
    return Math.max(this.#pausedUntil - this.#clock.now(), 0);
  }

  /** Grants a permit at once, queues the attempt, or rejects it. */
  acquire(request: GateRequest): Promise<GatePermit | GateRejection> | GatePermit | GateRejection {
    const now = this.#clock.now();
    const waiter = new Waiter(request, now);
    if (this.#queue.size === 0 && this.#waitMs(waiter.priority, now) === 0) return this.#grant(now);
    const delayMs = this.#estimateMs(waiter, now);
    if (delayMs > request.limitMs) return this.#rejection('wait-too-long', delayMs, now);
    const full = this.#rejection('queue-full', delayMs, now);
    const unfit = this.#queue.add(waiter);
    if (unfit === waiter) return full;
    unfit?.end(full);
    request.held(delayMs, full.heldBy);
    waiter.listen(this.#clock, request.signal, {
      aborted: () => this.#remove(waiter),
      late: () => this.#reject(waiter),
    });
    this.#drain();
    return waiter.outcome;
  }

  /** Holds all calls for `ms` milliseconds from now; the longest pause wins. */
  pause(ms: number): void {
    const until = this.#clock.now() + ms;
    if (until <= this.#pausedUntil) return;
    this.#pausedUntil = until;
    for (const waiter of this.#queue) if (waiter.until < until) this.#reject(waiter);
    this.#drain();
  }

  /** Learns from a 429 that asked to wait `ms` milliseconds. */
  learn(ms: number, failure: Failure, permit: GatePermit | undefined): void {
    const now = this.#clock.now();
    const sent = permit instanceof Permit ? permit : undefined;
    if (sent !== undefined) sent.throttled = true;
    this.#limits.learn(failure, ms, sent?.call.sentAt ?? now, now);
  }

  state(): QuotaState {
    const now = this.#clock.now();
    const runningTime = this.#executionTime.state(now);
    return {
      group: this.name,
      windows: this.#limits.state(now),
      ...(runningTime === undefined ? {} : { runningTime }),
      counting: 'local',
      waiting: this.waiting,
      pausedForMs: this.pausedForMs,
      nextFreeMs: this.#waitMs(0, now),
    };
  }

  /** Releases the waiting calls that may be sent, then schedules the next release. */
  #drain(): void {
    while (this.#queue.size > 0) {
      const now = this.#clock.now();
      const waitMs = this.#waitMs(this.#queue.priority ?? 0, now);
      if (waitMs > 0) {
        this.#drainIn(waitMs, now);
        return;
      }
      this.#queue.next()?.end(this.#grant(now));
    }
    this.#rest();
  }

  /** With an empty queue: only a group without limits has something to wait for, its own end. */
  #rest(): void {
    this.#timer?.handle.cancel();
    this.#timer = undefined;
    if (this.#pace === undefined) return;
    const now = this.#clock.now();
    const busyMs = Math.max(this.#pausedUntil - now, this.#pace.busyMs(now));
    if (busyMs > 0) this.#drainIn(busyMs, now);
    else this.#events.idle();
  }

  #grant(now: number): Permit {
    const call = this.#limits.send(now);
    this.#executionTime.begin();
    this.#pace?.release(call, now);
    return new Permit(call, (permit, sent) => this.#end(permit, sent));
  }

  #end({ call, throttled }: Permit, sent: boolean): void {
    const now = this.#clock.now();
    if (sent) {
      this.#limits.completed(call, throttled, now);
      this.#executionTime.end(now - call.sentAt, now);
    } else {
      this.#limits.cancel(call);
      this.#executionTime.cancel();
    }
    this.#pace?.answered(call);
    this.#drain();
  }

  #drainIn(waitMs: number, now: number): void {
    const at = now + waitMs;
    if (this.#timer !== undefined) {
      if (this.#timer.at === at) return;
      this.#timer.handle.cancel();
    }
    const wake = (): void => {
      this.#timer = undefined;
      this.#drain();
    };
    const delayMs = Math.min(Math.ceil(waitMs), MAX_TIMER_MS);
    // Does not keep the process running: each waiting call has a timer of its own that does.
    this.#timer = { handle: this.#clock.timer(wake, delayMs, { keepAlive: false }), at };
  }

  #reject(waiter: Waiter): void {
    this.#queue.remove(waiter);
    const now = this.#clock.now();
    waiter.end(this.#rejection('wait-too-long', this.#estimateMs(waiter, now), now));
    if (this.#queue.size === 0) this.#rest();
  }

  #rejection(refused: GateRejection['refused'], retryAfterMs: number, now: number): GateRejection {
    const paused = this.#pace !== undefined || this.#pausedUntil > now;
    return { refused, retryAfterMs, heldBy: paused ? 'pause' : 'quota' };
  }

  #remove(waiter: Waiter): void {
    this.#queue.remove(waiter);
    if (this.#queue.size === 0) this.#rest();
  }

  /** How long a call that comes now waits at the least. */
  #estimateMs(waiter: Waiter, now: number): number {
    const { priority } = waiter;
    const limitMs = this.#limits.waitMs(priority, now, this.#queue.ahead(waiter));
    return Math.max(limitMs, this.#executionTime.waitMs(now), this.#pausedUntil - now, 0);
  }

  /** Milliseconds until the next call of that priority may be sent. */
  #waitMs(priority: number, now: number): number {
    return Math.max(
      this.#limits.waitMs(priority, now),
      this.#executionTime.waitMs(now),
      this.#pace?.waitMs(now) ?? 0,
      this.#pausedUntil - now,
      0,
    );
  }
}

/** The permit of one attempt, which can be given back once. */
class Permit implements GatePermit {
  readonly call: CountedCall;
  throttled = false;
  #end: ((permit: Permit, sent: boolean) => void) | undefined;

  constructor(call: CountedCall, end: (permit: Permit, sent: boolean) => void) {
    this.call = call;
    this.#end = end;
  }

  completed(): void {
    this.#close(true);
  }

  cancel(): void {
    this.#close(false);
  }

  #close(sent: boolean): void {
    const end = this.#end;
    this.#end = undefined;
    end?.(this, sent);
  }
}
