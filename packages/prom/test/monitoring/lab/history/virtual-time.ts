import type { Clock } from '@defender-resilience/core';
import { manualClock } from '@defender-resilience/core/testing';

/** Lets promises settle and the I/O of loopback come in. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const TURNS = 5;

/** Time that passes as fast as the calls in it can be made. */
export interface VirtualTime {
  readonly clock: Clock;
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
  /** Waits for a call: where only a timer can end its wait, time moves to that timer. */
  settle(call: Promise<unknown>): Promise<void>;
  /** Does I/O, during which no time passes, and then lets `latencyMs` pass. */
  exchange<T>(request: () => Promise<T>, latencyMs: number): Promise<T>;
}

export function virtualTime(epoch: number): VirtualTime {
  const clock = manualClock({ epoch });
  let exchanges = 0;
  return {
    clock,
    pass: (ms) => clock.advance(ms),
    async exchange(request, latencyMs) {
      exchanges += 1;
      try {
        const response = await request();
        await clock.advance(latencyMs);
        return response;
      } finally {
        exchanges -= 1;
      }
    },
    async settle(call) {
      let isSettled = false;
      const done = (): void => {
        isSettled = true;
      };
      call.then(done, done);
      let idle = 0;
      while (!isSettled) {
        await turn();
        idle = exchanges === 0 ? idle + 1 : 0;
        const { nextTimerMs } = clock;
        if (!isSettled && idle > TURNS && nextTimerMs !== undefined) {
          idle = 0;
          await clock.advance(nextTimerMs);
        }
      }
    },
  };
}
