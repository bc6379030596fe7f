import { failureOf } from '@defender-resilience/core';
import { clockTime, duration } from './progress.ts';

const INTERRUPTED = 130;

/**
 * Runs a job and sets the exit code: 0 if the job returns true, 1 if something failed, 130 after Ctrl+C, which aborts the
 * job's signal. A second Ctrl+C ends the process at once.
 */
export async function runJob(job: (signal: AbortSignal) => Promise<boolean>): Promise<void> {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  const { signal } = interrupted;
  try {
    process.exitCode = (await job(signal)) ? 0 : 1;
  } catch (error) {
    process.exitCode = signal.aborted ? INTERRUPTED : 1;
    console.error(
      signal.aborted ? 'Stopped. Run the same command again to continue.' : explain(error),
    );
  }
}

/** What went wrong, what to do about it, and when to try again. */
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
    lines.push(`Try again in ${duration(retryAfterMs)}, at ${at}.`);
  }
  return lines.join('\n');
}
