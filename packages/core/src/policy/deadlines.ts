import type { Clock, Timer } from '../clock.ts';

/** An entry in a list of deadlines. The links of the list are its own fields, which saves an allocation. */
export interface Watched {
  expiresAt: number;
  list: DeadlineList | undefined;
  before: Watched | undefined;
  after: Watched | undefined;
  /** Called once, when the time is up. */
  expire(): void;
  /** Called once, if closing the wrapper takes too long. */
  abandon(): void;
}

/** If a timer fires this late, the process was starved or stopped. */
const STALLED_MS = 1_000;
/** How long to read data that arrived meanwhile: Node runs due timers before it reads any socket. */
const GRACE_MS = 100;

/**
 * The deadlines of all attempts with the same timeout, first in, first out. A single timer for all of them is
 * far cheaper than one each.
 *
 * The timer is not cancelled when the list empties, and does not keep the process running: the bare call would
 * not either.
 */
export class DeadlineList {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #onEmpty: (() => void) | undefined;
  #first: Watched | undefined;
  #last: Watched | undefined;
  #timer: Timer | undefined;
  #dueAt = 0;

  /** @param onEmpty - called when the list becomes empty */
  constructor(clock: Clock, timeoutMs: number, onEmpty?: () => void) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#onEmpty = onEmpty;
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
    if (this.#first === undefined) this.#onEmpty?.();
  }

  /** Abandons all entries. */
  abandonAll(): void {
    while (this.#first !== undefined) {
      const abandoned = this.#first;
      this.release(abandoned);
      abandoned.abandon();
    }
  }

  /** Stops the timer of an empty list. */
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
    if (this.#first !== undefined && this.#timer === undefined) {
      this.#arm(this.#first.expiresAt - now, now);
    }
  }
}

const MAX_LISTS = 64;

/** Expires attempts when their time is up. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #lists = new Map<number, DeadlineList>();
  /** Lists with a single attempt, whose timeout is unusual. */
  readonly #single = new Set<DeadlineList>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Watches an attempt whose timeout many attempts share. */
  watch(watched: Watched, timeoutMs: number, now: number): void {
    const list = this.#lists.get(timeoutMs) ?? this.#newList(timeoutMs);
    if (list === undefined) this.watchOnce(watched, timeoutMs);
    else list.add(watched, now);
  }

  /** Watches an attempt with a timer of its own. */
  watchOnce(watched: Watched, delayMs: number): void {
    const list = new DeadlineList(this.#clock, Math.max(delayMs, 0), () => {
      this.#single.delete(list);
      list.close();
    });
    this.#single.add(list);
    list.add(watched, this.#clock.now());
  }

  /** Stops watching; does nothing if the time is already up. */
  release(watched: Watched): void {
    watched.list?.release(watched);
  }

  /** Abandons every active attempt. */
  abortAll(): void {
    for (const list of [...this.#lists.values(), ...this.#single]) list.abandonAll();
  }

  /** Stops the timers of empty lists. */
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
