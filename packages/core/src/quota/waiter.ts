import type { Clock } from '../clock.ts';
import type { GatePermit, GateRejection, GateRequest } from './gate.ts';
import type { Waiting } from './queue.ts';

/** One attempt that waits, and the promise that its call hangs on. */
export class Waiter implements Waiting {
  readonly priority: number;
  readonly operation: string;
  readonly again: boolean;
  /** When it must have its leave. */
  readonly until: number;
  readonly outcome: Promise<GatePermit | GateRejection>;
  readonly #resolve: (outcome: GatePermit | GateRejection) => void;
  readonly #reject: (reason: unknown) => void;
  #stop: () => void = () => undefined;

  constructor({ priority, name, attempt }: GateRequest, until: number) {
    this.priority = priority;
    this.operation = name;
    this.again = attempt > 1;
    this.until = until;
    const { promise, resolve, reject } = Promise.withResolvers<GatePermit | GateRejection>();
    this.outcome = promise;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Begins to listen for the caller's abort, which ends the wait, and for the end of its time. */
  listen(
    clock: Clock,
    signal: AbortSignal | undefined,
    on: { aborted(): void; late(): void },
  ): void {
    const onAbort = (): void => {
      this.#stop();
      on.aborted();
      this.#reject(signal?.reason);
    };
    if (signal?.aborted) {
      onAbort();
      return;
    }
    // Keeps the process running: nothing else does while it waits.
    const timer = clock.timer(() => on.late(), Math.max(this.until - clock.now(), 0));
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#stop = () => {
      timer.cancel();
      signal?.removeEventListener('abort', onAbort);
    };
  }

  /** Ends the wait. */
  end(outcome: GatePermit | GateRejection): void {
    this.#stop();
    this.#resolve(outcome);
  }
}
