import type { Clock, Timer } from '../clock.ts';

/** What a list of deadlines watches. The links of the list are its own fields: no allocation. */
export interface Watched {
  expiresAt: number;
  list: Deadline | undefined;
  before: Watched | undefined;
  after: Watched | undefined;
  /** Called once, when the time is up. */
  expire(): void;
  /** Called once, when the wrapper closes and does not wait for it any longer. */
  abandon(): void;
}

/** Something that holds a watched object until it is released or its time is up. */
export interface Deadline {
  release(watched: Watched): void;
}

/** A timer that fires this late says that the process was starved or stopped for as long. */
const STALLED_MS = 1_000;
/** What has arrived meanwhile is then read first: Node runs due timers before it reads any socket. */
const GRACE_MS = 100;

/**
 * The deadlines of all attempts that share one timeout, first in, first out, with one timer for all of
 * them, which is far cheaper than a timer each.
 *
 * The timer runs out by itself when the list empties, and does not keep the process running: the bare
 * call would not either.
 */
class DeadlineList implements Deadline {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  #first: Watched | undefined;
  #last: Watched | undefined;
  #timer: Timer | undefined;
  #dueAt = 0;

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  get empty(): boolean {
    return this.#first === undefined && this.#timer === undefined;
  }

  add(watched: Watched, now: number): void {
    watched.expiresAt = now + this.#timeoutMs;
    watched.list = this;
    watched.before = this.#last;
    watched.after = undefined;
    if (this.#last === undefined) this.#first = watched;
    else this.#last.after = watched;
    this.#last = watched;
    if (this.#timer === undefined) this.#arm(this.#timeoutMs, now);
  }

  release(watched: Watched): void {
    if (watched.before === undefined) this.#first = watched.after;
    else watched.before.after = watched.after;
    if (watched.after === undefined) this.#last = watched.before;
    else watched.after.before = watched.before;
    watched.list = undefined;
    watched.before = undefined;
    watched.after = undefined;
  }

  /** Abandons all that it watches. */
  abandonAll(): void {
    while (this.#first !== undefined) {
      const abandoned = this.#first;
      this.release(abandoned);
      abandoned.abandon();
    }
  }

  /** Stops the timer, which is idle when nothing is watched. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #arm(delayMs: number, now: number): void {
    this.#dueAt = now + delayMs;
    this.#timer = this.#clock.timer(() => this.#fire(), Math.ceil(delayMs), { keepAlive: false });
  }

  #fire(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    if (now - this.#dueAt >= STALLED_MS) {
      this.#arm(GRACE_MS, now);
      return;
    }
    while (this.#first !== undefined && this.#first.expiresAt <= now) {
      const expired = this.#first;
      this.release(expired);
      expired.expire();
    }
    if (this.#first !== undefined && this.#timer === undefined)
      this.#arm(this.#first.expiresAt - now, now);
  }
}

/** One deadline with a timer of its own, for what is left of a call's time. */
class SingleDeadline implements Deadline {
  readonly #clock: Clock;
  readonly #watched: Watched;
  readonly #all: Set<Watched>;
  #timer: Timer | undefined;

  constructor(clock: Clock, watched: Watched, delayMs: number, all: Set<Watched>) {
    watched.list = this;
    this.#clock = clock;
    this.#watched = watched;
    this.#all = all;
    all.add(watched);
    this.#arm(delayMs);
  }

  #arm(delayMs: number): void {
    const dueAt = this.#clock.now() + delayMs;
    const fire = (): void => this.#fire(dueAt);
    this.#timer = this.#clock.timer(fire, Math.ceil(delayMs), { keepAlive: false });
  }

  #fire(dueAt: number): void {
    if (this.#clock.now() - dueAt >= STALLED_MS) {
      this.#arm(GRACE_MS);
      return;
    }
    this.release(this.#watched);
    this.#watched.expire();
  }

  release(watched: Watched): void {
    watched.list = undefined;
    this.#all.delete(watched);
    this.#timer?.cancel();
  }
}

const MAX_LISTS = 64;

/** Ends attempts when their time is up. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #lists = new Map<number, DeadlineList>();
  /** What has a timer of its own. */
  readonly #single = new Set<Watched>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Watches an attempt with one of the few timeouts that many attempts share. */
  watch(watched: Watched, timeoutMs: number, now: number): void {
    const list = this.#lists.get(timeoutMs) ?? this.#newList(timeoutMs);
    if (list === undefined) this.watchOnce(watched, timeoutMs);
    else list.add(watched, now);
  }

  /** Watches an attempt with a timer of its own. */
  watchOnce(watched: Watched, delayMs: number): void {
    new SingleDeadline(this.#clock, watched, Math.max(delayMs, 0), this.#single);
  }

  /** Stops watching; does nothing when the time is up already. */
  release(watched: Watched): void {
    watched.list?.release(watched);
  }

  /** Abandons every attempt that is under way. */
  abortAll(): void {
    for (const list of this.#lists.values()) list.abandonAll();
    for (const watched of this.#single) {
      this.release(watched);
      watched.abandon();
    }
  }

  /** Stops the timers that watch nothing any more. */
  close(): void {
    for (const list of this.#lists.values()) list.close();
  }

  #newList(timeoutMs: number): DeadlineList | undefined {
    if (this.#lists.size >= MAX_LISTS) {
      for (const [key, list] of this.#lists) if (list.empty) this.#lists.delete(key);
      if (this.#lists.size >= MAX_LISTS) return undefined;
    }
    const list = new DeadlineList(this.#clock, timeoutMs);
    this.#lists.set(timeoutMs, list);
    return list;
  }
}
