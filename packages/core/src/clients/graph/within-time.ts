import type { Clock } from '../../clock.ts';

/** The time limit of a batch. */
export interface TimeLimit {
  /** A time of the wrapper's clock. */
  readonly endsAt: number;
  readonly timeUp: Error;
  readonly signal: AbortSignal | undefined;
}

/** Settles as `send` does. Rejects earlier if the caller aborts or the time is up. */
export async function withinTime<T>(
  send: (signal: AbortSignal) => PromiseLike<T>,
  clock: Clock,
  { endsAt, timeUp, signal }: TimeLimit,
): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => controller.abort(signal?.reason);
  signal?.addEventListener('abort', stop, { once: true });
  const timer = clock.timer(() => controller.abort(timeUp), endsAt - clock.now());
  try {
    return await Promise.race([send(controller.signal), rejected(controller.signal)]);
  } finally {
    timer.cancel();
    signal?.removeEventListener('abort', stop);
  }
}

function rejected(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
