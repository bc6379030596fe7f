import { failureOf } from '@defender-resilience/core';
import { clockTime, duration } from './progress.ts';

const INTERRUPTED = 130;

/**
 * Runs a job to its end and sets the exit code: 0 when the job says that all is done, 1 when something
 * failed, 130 after Ctrl+C, which the job hears as an abort. A second Ctrl+C ends it on the spot.
 */
export async function runJob(job: (signal: AbortSignal) => Promise<boolean>): Promise<void> {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  const { signal } = interrupted;
  try {
    process.exitCode = (await job(signal)) ? 0 : 1;
  } catch (error) {
    process.exitCode = signal.aborted ? INTERRUPTED : 1;
    console.error(signal.aborted ? 'Stopped. The same command goes on from here.' : explain(error));
  }
}

/** What went wrong, what to do about it, and when it can work again. */
function explain(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const failure = failureOf(error);
  if (failure === undefined) return text;
  const { source, message, code, advice, retryAfterMs } = failure;
  const lines = [source === 'network' || source === 'timeout' ? `${text} (${code})` : text];
  if (source === 'api' && message !== '') lines.push(`The service says: ${message}`);
  if (advice !== undefined) lines.push(advice);
  if (retryAfterMs !== undefined) {
    const at = clockTime(Date.now() + retryAfterMs);
    lines.push(`It can go on in ${duration(retryAfterMs)}, at ${at}.`);
  }
  return lines.join('\n');
}
