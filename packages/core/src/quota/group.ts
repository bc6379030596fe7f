import type { Clock } from '../clock.ts';
import type { Failure } from '../failure/failure.ts';
import type { QuotaState } from '../observe/quota.ts';
import { CallLimits } from './call-limits.ts';
import { ExecutionTimeBudget } from './execution-time-budget.ts';
import type { GroupDependencies, GroupSettings } from './group-settings.ts';
import {
  type GatePermit,
  type GateRejection,
  type GateRequest,
  Permit,
  type Place,
} from './permit.ts';
import { CallQueue } from './queue.ts';
import { ReleasePace } from './release-pace.ts';
import type { SharedCount } from './shared-count.ts';
import { Waiter } from './waiter.ts';
import { WakeTimer } from './wake-timer.ts';

/** One quota group: its pause, its limits, and the calls that wait for them, in order. */
export class QuotaGroup {
  readonly name: string;
  readonly #pauses: boolean;
  readonly #dependencies: GroupDependencies;
  readonly #clock: Clock;
  readonly #queue: CallQueue<Waiter>;
  readonly #limits: CallLimits;
  readonly #executionTime: ExecutionTimeBudget;
  readonly #shared: SharedCount | undefined;
  /** Only for a group without limits, where nothing else spreads the calls that a pause has held. */
  readonly #pace: ReleasePace | undefined;
  readonly #timer: WakeTimer;
  #pausedUntil = Number.NEGATIVE_INFINITY;

  constructor(settings: GroupSettings, dependencies: GroupDependencies) {
    const { name, limits, maxWaiting, pause } = settings;
    const { windows, executionTime } = limits;
    const { clock, changed, share } = dependencies;
    this.name = name;
    this.#pauses = pause;
    this.#dependencies = dependencies;
    this.#clock = clock;
    this.#queue = new CallQueue(maxWaiting);
    this.#timer = new WakeTimer(clock, () => this.#drain());
    this.#limits = new CallLimits(
      windows,
      settings,
      clock.now(),
      changed,
      () => this.#shared?.divisor ?? 1,
    );
    this.#executionTime = new ExecutionTimeBudget(executionTime);
    this.#shared = share?.({
      ownCalls: () => this.#limits.calls(clock.now()),
      hold: () => this.#limits.hold(clock.now()),
      drain: () => this.#drain(),
    });
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
    const alone = this.#shared?.away ?? true;
    if (alone && this.#queue.size === 0 && this.#waitMs(request.priority, now) === 0) {
      return this.#grant(undefined, now);
    }
    const waiter = new Waiter(request, now);
    const delayMs = this.#estimateMs(waiter, now);
    if (delayMs > request.limitMs) return this.#rejection('wait-too-long', delayMs, now);
    const full = this.#rejection('queue-full', delayMs, now);
    const displaced = this.#queue.add(waiter);
    if (displaced === waiter) return full;
    displaced?.end(full);
    // The estimate does not include the pace at which a group without limits releases its calls.
    if (delayMs > 0 || this.#pace !== undefined) request.held(delayMs, full.heldBy);
    waiter.listen(this.#clock, request.signal, {
      aborted: () => this.#remove(waiter),
      late: () => this.#reject(waiter),
    });
    this.#drain();
    return waiter.outcome;
  }

  /** The service responded with 429 and asked to wait `ms` milliseconds. */
  throttled(ms: number, failure: Failure, permit: GatePermit | undefined): void {
    const now = this.#clock.now();
    const sent = permit instanceof Permit ? permit : undefined;
    if (sent !== undefined) sent.throttled = true;
    const limits = this.#limits.learn(failure, ms, sent?.call.sentAt ?? now, now);
    if (this.#pauses) this.#pause(ms);
    if (this.#pauses || limits.length > 0) {
      this.#shared?.report({ limits, ...(this.#pauses ? { pauseMs: Math.ceil(ms) } : {}) });
    }
  }

  state(): QuotaState {
    const now = this.#clock.now();
    const runningTime = this.#executionTime.state(now);
    return {
      group: this.name,
      windows: this.#limits.state(now),
      ...(runningTime === undefined ? {} : { runningTime }),
      counting: this.#shared?.counting ?? 'local',
      waiting: this.waiting,
      pausedForMs: this.pausedForMs,
      nextFreeMs: Math.max(this.#waitMs(0, now), this.#shared?.freeInMs(0, now) ?? 0),
    };
  }

  /** Called when the wrapper closes: rejects the waiting calls, and stops the timer. */
  close(): void {
    const closed = this.#rejection('closed', 0, this.#clock.now());
    for (const waiter of this.#queue) {
      this.#queue.remove(waiter);
      waiter.end(closed);
    }
    this.#timer.cancel();
  }

  /** Releases the waiting calls that may be sent, then schedules the next release. */
  #drain(): void {
    const shared = this.#shared;
    while (this.#queue.size > (shared?.asking ?? 0)) {
      const now = this.#clock.now();
      const priority = this.#queue.priority ?? 0;
      const waitMs = Math.max(this.#waitMs(priority, now), shared?.waitMs(priority, now) ?? 0);
      if (waitMs > 0) {
        this.#timer.set(waitMs, now);
        return;
      }
      const alone = shared === undefined || shared.away;
      if (alone) this.#queue.next()?.end(this.#grant(undefined, now));
      else if (shared.mayAsk(priority)) void this.#ask(shared, priority, now);
      else return;
    }
    if (this.#queue.size === 0) this.#rest();
  }

  async #ask(shared: SharedCount, priority: number, askedAt: number): Promise<void> {
    const id = this.#limits.nextId();
    const answer = await shared.take(id, this.#limits.limits(priority, askedAt), priority);
    const now = this.#clock.now();
    if (answer !== undefined) {
      if (answer.pausedForMs > 0 && this.#pauses) this.#pause(answer.pausedForMs);
      this.#limits.merge(answer, now);
      if (answer.granted) this.#use({ id, askedAt, takenAt: answer.takenAt }, priority, now);
    }
    this.#drain();
  }

  /**
   * Uses a place from the store for the next call. While the store was asked, the queue and the limits may have
   * changed.
   */
  #use(place: Place, priority: number, now: number): void {
    const next = this.#queue.priority ?? Number.NEGATIVE_INFINITY;
    // A place that was taken for an urgent call may come from the reserve.
    const fits = next > 0 || priority <= 0;
    const waiter = fits && this.#waitMs(next, now) === 0 ? this.#queue.next() : undefined;
    if (waiter === undefined) this.#shared?.settle(place.id, place.takenAt, undefined);
    else waiter.end(this.#grant(place, now));
  }

  /** Called with an empty queue. A group without limits then only waits until it is no longer needed. */
  #rest(): void {
    this.#timer.cancel();
    if (this.#pace === undefined) return;
    const now = this.#clock.now();
    const busyMs = Math.max(this.#pausedUntil - now, this.#pace.busyMs(now));
    if (busyMs > 0) this.#timer.set(busyMs, now);
    else this.#dependencies.idle();
  }

  #grant(place: Place | undefined, now: number): Permit {
    const call = this.#limits.send(place?.id ?? this.#limits.nextId(), now);
    this.#executionTime.begin();
    this.#pace?.release(call, now);
    return new Permit(call, place, (permit, sent) => this.#end(permit, sent));
  }

  #end({ call, place, throttled }: Permit, sent: boolean): void {
    const now = this.#clock.now();
    if (sent) {
      this.#limits.completed(call, throttled, now);
      this.#executionTime.end(now - call.sentAt, now);
    } else {
      this.#limits.cancel(call);
      this.#executionTime.cancel();
    }
    if (place !== undefined) {
      this.#shared?.settle(place.id, place.takenAt, sent ? now - place.askedAt : undefined);
    }
    this.#pace?.answered(call);
    this.#drain();
  }

  /** Holds all calls for `ms` milliseconds from now; the longest pause wins. */
  #pause(ms: number): void {
    const until = this.#clock.now() + ms;
    if (until <= this.#pausedUntil) return;
    this.#pausedUntil = until;
    for (const waiter of this.#queue) if (waiter.until < until) this.#reject(waiter);
    this.#drain();
  }

  #reject(waiter: Waiter): void {
    const now = this.#clock.now();
    this.#remove(waiter);
    waiter.end(this.#rejection('wait-too-long', this.#estimateMs(waiter, now), now));
  }

  #rejection(refused: GateRejection['refused'], retryAfterMs: number, now: number): GateRejection {
    const paused = this.#pace !== undefined || this.#pausedUntil > now;
    return { refused, retryAfterMs, heldBy: paused ? 'pause' : 'quota' };
  }

  #remove(waiter: Waiter): void {
    this.#queue.remove(waiter);
    if (this.#queue.size === 0) this.#rest();
  }

  /** The minimum wait of a call that arrives now, in milliseconds. */
  #estimateMs(waiter: Waiter, now: number): number {
    const limitMs = this.#limits.waitMs(waiter.priority, now, this.#queue.ahead(waiter));
    const sharedMs = this.#shared?.freeInMs(waiter.priority, now) ?? 0;
    const timeMs = this.#executionTime.waitMs(now);
    return Math.max(limitMs, sharedMs, timeMs, this.#pausedUntil - now, 0);
  }

  /** Milliseconds until the next call of that priority may be sent, as far as this process knows. */
  #waitMs(priority: number, now: number): number {
    return Math.max(
      this.#limits.waitMs(priority, now, this.#shared?.asking ?? 0),
      this.#executionTime.waitMs(now),
      this.#pace?.waitMs(now) ?? 0,
      this.#pausedUntil - now,
      0,
    );
  }
}
