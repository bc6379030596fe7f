import type { Clock } from '../../clock.ts';

/** How long the body of an error answer is waited for before the status alone must do. */
export const ERROR_BODY_TIMEOUT_MS = 5_000;

/**
 * Reads the body of an error answer for as long as that is worth it: five seconds, and no longer than
 * the caller waits.
 *
 * @param read - ends with what it has as soon as its signal aborts
 */
export async function readInTime<T>(
  clock: Clock,
  signal: AbortSignal | undefined,
  read: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const stop = (): void => over.abort();
  const timer = clock.timer(stop, ERROR_BODY_TIMEOUT_MS);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return await read(over.signal);
  } finally {
    timer.cancel();
    signal?.removeEventListener('abort', stop);
  }
}
