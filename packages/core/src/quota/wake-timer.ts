import { type Clock, MAX_TIMER_MS, type Timer } from '../clock.ts';

/**
 * A timer that is replaced whenever the wake-up time changes. It does not keep the process running: each
 * waiting call has its own timer that does.
 */
export class WakeTimer {
  readonly #clock: Clock;
  readonly #wake: () => void;
  #timer: { readonly handle: Timer; readonly at: number } | undefined;

  constructor(clock: Clock, wake: () => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  /** Wakes `waitMs` milliseconds after `now`, replacing the previous time. */
  set(waitMs: number, now: number): void {
    const at = now + waitMs;
    if (this.#timer?.at === at) return;
    this.cancel();
    const fire = (): void => {
      this.#timer = undefined;
      this.#wake();
    };
    const delayMs = Math.min(Math.ceil(waitMs), MAX_TIMER_MS);
    this.#timer = { handle: this.#clock.timer(fire, delayMs, { keepAlive: false }), at };
  }

  cancel(): void {
    this.#timer?.handle.cancel();
    this.#timer = undefined;
  }
}
