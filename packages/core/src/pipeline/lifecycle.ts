import { type Clock, type Timer, within } from '../clock.ts';

/** A signal for one wait. */
export interface WaitSignal {
  readonly signal: AbortSignal;
  /** Removes the listeners, when the wait is over. */
  release(): void;
}

/** The parts of a wrapper that end when it closes. */
export interface Closable {
  /** Ends the waits of attempts that were not sent. */
  endWaits(): void;
  /** Aborts the attempts that were sent and not answered. */
  abortAttempts(): void;
  /** Called when no call is left: sends buffered data, and stops every timer. */
  finish(): Promise<void>;
  /** How many calls have begun and not ended. */
  readonly inFlight: number;
}

/** The time limits of closing. */
export interface CloseSettings {
  readonly timeoutMs: number;
  readonly flushTimeoutMs: number;
}

/** Whether a wrapper accepts calls, and how it closes. */
export class Lifecycle {
  /** Whether the wrapper has begun to close: it accepts no more calls. */
  closed = false;
  readonly #clock: Clock;
  readonly #closable: Closable;
  readonly #waits = new Set<() => void>();
  readonly #readings = new Set<() => void>();
  readonly #idle = Promise.withResolvers<void>();
  #limit: { readonly timer: Timer; readonly at: number } | undefined = undefined;
  #limitReached = false;
  #done: Promise<void> | undefined = undefined;

  constructor(clock: Clock, closable: Closable) {
    this.#clock = clock;
    this.#closable = closable;
  }

  /** Creates a signal that aborts when the caller's does, and when the wrapper closes. */
  waitSignal(caller: AbortSignal | undefined): WaitSignal {
    const controller = new AbortController();
    const end = (): void => controller.abort(caller?.reason);
    const release = (): void => {
      this.#waits.delete(end);
      caller?.removeEventListener('abort', end);
    };
    if (this.closed || caller?.aborted) end();
    else this.#waits.add(end);
    caller?.addEventListener('abort', end);
    return { signal: controller.signal, release };
  }

  /** Calls `end` when calls are aborted because closing takes too long. Returns a function that cancels this. */
  onLimit(end: () => void): () => void {
    if (this.#limitReached) end();
    else this.#readings.add(end);
    return () => void this.#readings.delete(end);
  }

  /** Called when no call is in flight any more. */
  idle(): void {
    if (this.closed) this.#idle.resolve();
  }

  /** A second call can only shorten the time limit of the first. */
  close({ timeoutMs, flushTimeoutMs }: CloseSettings): Promise<void> {
    this.#limitTo(timeoutMs);
    this.#done ??= this.#close(flushTimeoutMs);
    return this.#done;
  }

  async #close(flushTimeoutMs: number): Promise<void> {
    this.closed = true;
    for (const end of this.#waits) end();
    this.#closable.endWaits();
    if (this.#closable.inFlight === 0) this.idle();
    await this.#idle.promise;
    this.#limit?.timer.cancel();
    this.#limitReached = true;
    await within(this.#clock, flushTimeoutMs, this.#closable.finish());
  }

  #limitTo(timeoutMs: number): void {
    const at = this.#clock.now() + timeoutMs;
    if (this.#limitReached || (this.#limit?.at ?? Number.POSITIVE_INFINITY) <= at) return;
    this.#limit?.timer.cancel();
    // A timer even for 0, so that attempts with a permit have been sent before they are aborted.
    this.#limit = { timer: this.#clock.timer(() => this.#abort(), timeoutMs), at };
  }

  #abort(): void {
    this.#limitReached = true;
    this.#closable.abortAttempts();
    for (const end of this.#readings) end();
  }
}
