import type { Clock, Timer } from '../clock.ts';
import type { QuotaState } from '../observe/quota.ts';
import type { Gate, GateCall, GatePermit, GateRejection, GateRequest } from './gate.ts';

export type { GatePermit, GateRejection } from './gate.ts';

/** How calls are held after the service asked for a pause. */
export interface GateSettings {
  /** How many calls may wait in one group; further ones are refused. */
  readonly maxWaiting: number;
}

// When a pause ends, what waited would all be sent in one instant and be throttled again. So it is
// let go two at a time; a call that is not answered within a second no longer holds back the next.
// That is at least 120 calls a minute, more than any documented quota of the hunting, incident,
// alert and machine endpoints (45 to 100 a minute), with at most two refusals at its edge.
const RELEASED_AT_ONCE = 2;
const RELEASE_HOLDS_MS = 1_000;

interface Waiter {
  readonly go: (ticket: GatePermit) => void;
}

/** The pause of one quota group, and who waits for its end. */
class Pause {
  until = 0;
  readonly waiters = new Set<Waiter>();
  #unanswered = 0;
  #timer: Timer | undefined;
  readonly #clock: Clock;
  readonly #onIdle: () => void;

  constructor(clock: Clock, onIdle: () => void) {
    this.#clock = clock;
    this.#onIdle = onIdle;
  }

  extend(until: number): void {
    if (until <= this.until) return;
    this.until = until;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.drain();
  }

  /** Lets go whom it may, and sets the timer for the rest. */
  drain(): void {
    const left = this.until - this.#clock.now();
    if (left > 0) {
      // Does not keep the process running: whoever waits has a timer of its own that does.
      this.#timer ??= this.#clock.timer(() => this.#onTimer(), Math.ceil(left), {
        keepAlive: false,
      });
      return;
    }
    for (const waiter of this.waiters) {
      if (this.#unanswered >= RELEASED_AT_ONCE) return;
      this.waiters.delete(waiter);
      waiter.go(this.#release());
    }
    if (this.#unanswered === 0) this.#onIdle();
  }

  #onTimer(): void {
    this.#timer = undefined;
    this.drain();
  }

  #release(): GatePermit {
    this.#unanswered += 1;
    let counted = true;
    const done = (): void => {
      if (!counted) return;
      counted = false;
      timer.cancel();
      this.#unanswered -= 1;
      this.drain();
    };
    const timer = this.#clock.timer(done, RELEASE_HOLDS_MS, { keepAlive: false });
    return { completed: done, cancel: done };
  }
}

/**
 * Holds the calls of a quota group while the service's pause for that group lasts, and lets them go
 * in order and a few at a time when it ends. The longest pause wins.
 */
export class ThrottleGate implements Gate {
  readonly #settings: GateSettings;
  readonly #clock: Clock;
  readonly #pauses = new Map<string, Pause>();

  constructor(settings: GateSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** True when no group is paused: the quick answer for almost every call. */
  get idle(): boolean {
    return this.#pauses.size === 0;
  }

  /** Milliseconds until the pause of `group` ends, 0 when only its queue is left; undefined: no pause. */
  waitMs(group: string): number | undefined {
    const pause = this.#pauses.get(group);
    return pause && Math.max(pause.until - this.#clock.now(), 0);
  }

  /** Holds the calls of `group` for `ms` milliseconds from now. */
  pause(group: string, ms: number): void {
    let pause = this.#pauses.get(group);
    if (pause === undefined) {
      pause = new Pause(this.#clock, () => this.#pauses.delete(group));
      this.#pauses.set(group, pause);
    }
    pause.extend(this.#clock.now() + ms);
  }

  /**
   * Waits until a call of `group` may be sent. Refuses at once when the queue is full or the pause
   * outlasts `limitMs`; rejects with the signal's reason when `signal` aborts.
   */
  async enter(
    group: string,
    limitMs: number,
    signal: AbortSignal | undefined,
  ): Promise<GatePermit | GateRejection | undefined> {
    const pause = this.#pauses.get(group);
    if (pause === undefined) return undefined;
    const retryAfterMs = Math.max(pause.until - this.#clock.now(), 0);
    if (retryAfterMs > limitMs) return { refused: 'wait-too-long', retryAfterMs };
    if (pause.waiters.size >= this.#settings.maxWaiting) {
      return { refused: 'queue-full', retryAfterMs };
    }
    return this.#wait(group, pause, limitMs, signal);
  }

  #wait(
    group: string,
    pause: Pause,
    limitMs: number,
    signal: AbortSignal | undefined,
  ): Promise<GatePermit | GateRejection> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        pause.waiters.delete(waiter);
        timer.cancel();
        signal?.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        leave();
        reject(signal?.reason);
      };
      const onLimit = (): void => {
        leave();
        resolve({ refused: 'wait-too-long', retryAfterMs: this.waitMs(group) ?? 0 });
      };
      const waiter: Waiter = {
        go: (ticket) => {
          leave();
          resolve(ticket);
        },
      };
      const timer = this.#clock.timer(onLimit, limitMs);
      signal?.addEventListener('abort', onAbort, { once: true });
      pause.waiters.add(waiter);
      pause.drain();
    });
  }

  acquire(request: GateRequest): Promise<GatePermit | GateRejection | undefined> | undefined {
    const { group, limitMs, signal } = request;
    const delayMs = this.waitMs(group);
    if (delayMs === undefined) return undefined;
    if (delayMs <= limitMs) request.held(delayMs, 'pause');
    return this.enter(group, limitMs, signal);
  }

  throttled({ group }: GateCall, ms: number): void {
    this.pause(group, ms);
  }

  quotas(): readonly QuotaState[] {
    return [];
  }

  snapshot(): { group: string; pausedForMs: number; waiting: number }[] {
    return [...this.#pauses].map(([group, pause]) => ({
      group,
      pausedForMs: Math.max(pause.until - this.#clock.now(), 0),
      waiting: pause.waiters.size,
    }));
  }
}
