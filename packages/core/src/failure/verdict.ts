import type { CatalogueEntry, Verdict } from '../catalogue/entry.ts';

/** The answers of a service that is well and will never do what was asked. */
const NEVER: ReadonlySet<number> = new Set([501, 505]);
/** The request was too slow, too early or too much: it was not carried out. */
const LATER: ReadonlySet<number> = new Set([408, 425, 429]);
/** A gateway gave up on the service behind it, which may be at work still. */
const IN_DOUBT: ReadonlySet<number> = new Set([502, 504]);

/** Whether it makes sense to send a request again that was answered with this status and code. */
export function verdictOf(status: number, entry: CatalogueEntry | undefined): Verdict {
  if (NEVER.has(status)) return 'terminal';
  if (LATER.has(status)) return 'retryable';
  if (entry !== undefined && entry.verdict !== 'by-status' && comesWith(entry, status)) {
    return entry.verdict;
  }
  if (status >= 500) return 'retryable';
  // A quota is used up, whatever the status says.
  return entry?.class === 'throttle' ? 'retryable' : 'terminal';
}

/** Whether the request may have been carried out although it was answered with this status. */
export function isInDoubt(status: number): boolean {
  return IN_DOUBT.has(status);
}

/** A code that comes with a status which is not its own says less than the status does. */
function comesWith({ status, otherStatuses = [] }: CatalogueEntry, actual: number): boolean {
  return status === actual || otherStatuses.includes(actual);
}
