import type { Clock } from '../clock.ts';
import type { GatePermit, GateRejection, GateRequest } from './permit.ts';
import type { Waiting } from './queue.ts';

/** One attempt in the queue, and the promise that its call waits for. */
export class Waiter implements Waiting {
  readonly priority: number;
  readonly operation: string;
  readonly isRetry: boolean;
  /** The latest time at which its wait ends. */
  readonly until: number;
  readonly outcome: Promise<GatePermit | GateRejection>;
  readonly #resolve: (outcome: GatePermit | GateRejection) => void;
  readonly #reject: (reason: unknown) => void;
  #cleanUp: () => void = () => undefined;

  constructor({ priority, name, attempt, limitMs }: GateRequest, now: number) {
    this.priority = priority;
    this.operation = name;
    this.isRetry = attempt > 1;
    this.until = now + limitMs;
    const { promise, resolve, reject } = Promise.withResolvers<GatePermit | GateRejection>();
    this.outcome = promise;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Ends the wait when the caller aborts, and calls `late` when its time is up. */
  listen(
    clock: Clock,
    signal: AbortSignal | undefined,
    on: { aborted(): void; late(): void },
  ): void {
    const onAbort = (): void => {
      this.#cleanUp();
      on.aborted();
      this.#reject(signal?.reason);
    };
    if (signal?.aborted) {
      onAbort();
      return;
    }
    // This timer keeps the process running: nothing else does while the call waits.
    const timer = clock.timer(() => on.late(), Math.max(this.until - clock.now(), 0));
    signal?.addEventListener('abort', onAbort);
    this.#cleanUp = () => {
      timer.cancel();
      signal?.removeEventListener('abort', onAbort);
    };
  }

  /** Ends the wait with a permit or a rejection. */
  end(outcome: GatePermit | GateRejection): void {
    this.#cleanUp();
    this.#resolve(outcome);
  }
}
