import { diag } from '@opentelemetry/api';
import { NAME } from './version.ts';

/** What `run` returns; undefined, and told to the diagnostics, where it throws. */
export function safely<T>(where: string, run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    // The name alone: a message may hold what must not be logged.
    diag.error(`${NAME}: ${error instanceof Error ? error.name : typeof error} ${where}`);
    return undefined;
  }
}
