import type { Clock, Timer } from '@defender-resilience/core';

interface Pending {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

let turn: Promise<void> | undefined;

/** Resolves when all promises that hang on what happened are settled; one turn serves all that wait for it. */
function settled(): Promise<void> {
  turn ??= new Promise((resolve) => {
    setImmediate(() => {
      turn = undefined;
      resolve();
    });
  });
  return turn;
}

/** A clock that runs from timer to timer. */
export interface VirtualClock extends Clock {
  /** Fires all timers in order, and those that they start, until none is left. */
  run(): Promise<void>;
}

/** @param epochAt - the wall clock's time, from the monotonic one: it may jump. */
export function virtualClock(epochAt: (now: number) => number = (now) => now): VirtualClock {
  const timers: Pending[] = [];
  let now = 0;
  let order = 0;
  return {
    now: () => now,
    epoch: () => epochAt(now),
    timer(callback, delayMs): Timer {
      order += 1;
      const entry = { at: now + Math.max(delayMs, 0), order, callback };
      let index = timers.length;
      while (index > 0 && (timers[index - 1]?.at ?? 0) > entry.at) index -= 1;
      timers.splice(index, 0, entry);
      return {
        cancel() {
          const found = timers.indexOf(entry);
          if (found >= 0) timers.splice(found, 1);
        },
      };
    },
    async run() {
      await settled();
      for (let next = timers.shift(); next !== undefined; next = timers.shift()) {
        now = Math.max(now, next.at);
        next.callback();
        await settled();
      }
    },
  };
}

/** The same clock, which counts the timers that were started through it and are pending. */
export function countedClock(clock: Clock): Clock & { readonly pending: number } {
  const pending = new Set<object>();
  return {
    now: () => clock.now(),
    epoch: () => clock.epoch(),
    timer(callback, delayMs, options): Timer {
      const id = {};
      pending.add(id);
      const fire = (): void => {
        pending.delete(id);
        callback();
      };
      const timer = clock.timer(fire, delayMs, options);
      return {
        cancel() {
          pending.delete(id);
          timer.cancel();
        },
      };
    },
    get pending() {
      return pending.size;
    },
  };
}
