import { type Clock, MAX_TIMER_MS, type Timer } from '../clock.ts';
import type { Failure } from '../failure/failure.ts';
import type { QuotaChange, QuotaState } from '../observe/quota.ts';
import { GroupCount } from './count.ts';
import type { GatePermit, GateRejection, GateRequest } from './gate.ts';
import type { GroupLimits } from './limits.ts';
import type { Heard } from './peer-channel.ts';
import { WaitingCalls } from './queue.ts';
import type { Hold, SharedSlots } from './shared-slots.ts';
import { AWAY } from './store.ts';
import { Waiter } from './waiter.ts';

export interface GroupSettings {
  readonly maxWaiting: number;
  readonly minuteMs: number;
  readonly transitMs: number;
  readonly reserve: number;
}

/** Makes a group's part of a shared quota. */
export type MakeShared = (heard: Heard & { freed(): void }) => SharedSlots;

/** The quota of one group: lets its calls go when they may, in order, and no earlier. */
export class QuotaGroup {
  readonly #name: string;
  readonly #settings: GroupSettings;
  readonly #clock: Clock;
  readonly #count: GroupCount;
  readonly #queue: WaitingCalls<Waiter>;
  readonly #shared: SharedSlots | undefined;
  /** When the calls that were not refused were sent. */
  readonly #sentAt = new WeakMap<GatePermit, number>();
  #pausedUntil = 0;
  #timer: { readonly handle: Timer; readonly at: number } | undefined;
  #asking = false;

  constructor(
    name: string,
    limits: GroupLimits,
    settings: GroupSettings,
    clock: Clock,
    changed: (change: QuotaChange) => void,
    makeShared: MakeShared | undefined,
  ) {
    this.#name = name;
    this.#settings = settings;
    this.#clock = clock;
    this.#queue = new WaitingCalls(settings.maxWaiting);
    this.#shared = makeShared?.({
      paused: (ms) => this.#pause(ms),
      cut: (index, to, ageMs) => this.#count.adopt(index, to, ageMs, clock.now()),
      freed: () => this.#drain(),
    });
    const start = { ...settings, startedAt: clock.now() };
    this.#count = new GroupCount(name, limits, start, this.#shared, changed);
  }

  /** Lets an attempt go at once, lets it wait, or refuses it. */
  pass(request: GateRequest): Promise<GatePermit | GateRejection> | GatePermit | GateRejection {
    const now = this.#clock.now();
    if (
      this.#count.alone &&
      this.#queue.size === 0 &&
      this.#ownWaitMs(request.priority, now) === 0
    ) {
      return this.#leave(undefined, now);
    }
    const waiter = new Waiter(request, now + request.limitMs);
    const waitMs = this.#estimateMs(waiter, now);
    if (waitMs > request.limitMs) return { refused: 'wait-too-long', retryAfterMs: waitMs };
    const full: GateRejection = { refused: 'queue-full', retryAfterMs: waitMs };
    const unfit = this.#queue.add(waiter);
    if (unfit === waiter) return full;
    unfit?.end(full);
    if (waitMs > 0) request.held(waitMs, now < this.#pausedUntil ? 'pause' : 'quota');
    waiter.listen(this.#clock, request.signal, {
      aborted: () => this.#remove(waiter),
      late: () => this.#refuse(waiter),
    });
    this.#drain();
    return waiter.outcome;
  }

  /** The service refused a call with 429, and asked for a pause of `ms` milliseconds. */
  refused(ms: number, failure: Failure, ticket: GatePermit | undefined): void {
    const now = this.#clock.now();
    this.#pause(ms);
    this.#shared?.fleet.tellPause(ms);
    const sentAt = ticket && this.#sentAt.get(ticket);
    if (ticket !== undefined) this.#sentAt.delete(ticket);
    this.#count.refused(failure, ms, this.#settings.minuteMs, sentAt ?? now, now);
  }

  state(): QuotaState {
    const now = this.#clock.now();
    return {
      group: this.#name,
      ...this.#count.state(now),
      waiting: this.#queue.size,
      pausedForMs: Math.max(this.#pausedUntil - now, 0),
      nextFreeMs: this.#waitMs(0, now),
    };
  }

  /** Lets go whom it may, and comes back when it may let go the next. */
  #drain(): void {
    while (this.#queue.size > 0 && !this.#asking) {
      const now = this.#clock.now();
      const waitMs = this.#waitMs(this.#queue.priority ?? 0, now);
      if (waitMs > 0) {
        this.#drainIn(waitMs, now);
        return;
      }
      if (this.#shared === undefined || this.#count.alone) {
        this.#queue.next()?.end(this.#leave(undefined, now));
      } else {
        void this.#ask(this.#shared, now);
      }
    }
    if (this.#queue.size === 0) this.#rest();
  }

  async #ask(shared: SharedSlots, now: number): Promise<void> {
    this.#asking = true;
    this.#count.asks(now);
    const hold = await shared.take(this.#count.limits(this.#queue.priority ?? 0, now));
    this.#asking = false;
    if (hold !== undefined && hold !== AWAY) this.#use(hold);
    this.#drain();
  }

  /** Who waits, and whether it may go, can have changed while the store was asked. */
  #use(hold: Hold): void {
    const now = this.#clock.now();
    const waitMs = this.#ownWaitMs(this.#queue.priority ?? 0, now);
    const waiter = waitMs > 0 ? undefined : this.#queue.next();
    if (waiter === undefined) hold.giveBack();
    else waiter.end(this.#leave(hold, now));
  }

  #leave(hold: Hold | undefined, now: number): GatePermit {
    const { log, running } = this.#count;
    this.#count.noticeRecovery(now);
    const trials = this.#count.trials(now);
    const sent = log.send(now);
    running?.begin();
    hold?.sent();
    let open = true;
    const close = (act: (at: number) => void): void => {
      if (!open) return;
      open = false;
      act(this.#clock.now());
      this.#drain();
    };
    const ticket: GatePermit = {
      completed: () =>
        close((at) => {
          log.answered(sent, at);
          if (this.#sentAt.delete(ticket)) for (const limit of trials) limit.proved();
          running?.end(at - now, at);
          hold?.arrived();
        }),
      cancel: () =>
        close(() => {
          log.unsent(sent);
          running?.cancel();
          hold?.giveBack();
        }),
    };
    this.#sentAt.set(ticket, now);
    return ticket;
  }

  #drainIn(waitMs: number, now: number): void {
    const at = now + waitMs;
    if (this.#timer !== undefined) {
      if (this.#timer.at <= at) return;
      this.#timer.handle.cancel();
    }
    const wake = (): void => {
      this.#timer = undefined;
      this.#drain();
    };
    const delayMs = Math.min(Math.ceil(waitMs), MAX_TIMER_MS);
    // Does not keep the process running: whoever waits has a timer of its own that does.
    this.#timer = { handle: this.#clock.timer(wake, delayMs, { keepAlive: false }), at };
  }

  /** Whoever cannot wait for the end of the pause is told at once. */
  #pause(ms: number): void {
    const until = this.#clock.now() + ms;
    if (until <= this.#pausedUntil) return;
    this.#pausedUntil = until;
    for (const waiter of this.#queue) if (waiter.until < until) this.#refuse(waiter);
  }

  #refuse(waiter: Waiter): void {
    this.#remove(waiter);
    const retryAfterMs = this.#estimateMs(waiter, this.#clock.now());
    waiter.end({ refused: 'wait-too-long', retryAfterMs });
  }

  #remove(waiter: Waiter): void {
    this.#queue.remove(waiter);
    if (this.#queue.size === 0) this.#rest();
  }

  #rest(): void {
    this.#timer?.handle.cancel();
    this.#timer = undefined;
  }

  /** How long a call would wait at the least that came now. */
  #estimateMs(waiter: Waiter, now: number): number {
    const ahead = this.#queue.ahead(waiter);
    const { priority } = waiter;
    return Math.max(this.#waitMs(priority, now), this.#count.ownWaitMs(priority, now, ahead));
  }

  #waitMs(priority: number, now: number): number {
    return Math.max(this.#count.waitMs(priority, now), this.#pausedUntil - now);
  }

  #ownWaitMs(priority: number, now: number): number {
    return Math.max(this.#count.ownWaitMs(priority, now), this.#pausedUntil - now, 0);
  }
}
