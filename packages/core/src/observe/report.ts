import { emitWarning } from '../runtime.ts';

/** Called with the error that an observer threw, and the name of the hook. */
export type ReportObserverError = (error: unknown, hook: string) => void;

/** Wraps the caller's function so that it never throws: its own errors become a warning. */
export function isolated(report: ReportObserverError): ReportObserverError {
  return (error, hook) => {
    try {
      report(error, hook);
    } catch (second) {
      emitWarning(`onObserverError threw in hook ${hook}: ${nameOf(second)}`);
    }
  };
}

/** Warns once for each hook and name of error. */
export function warnOnce(): ReportObserverError {
  const seen = new Set<string>();
  return (error, hook) => {
    const key = `${hook}: ${nameOf(error)}`;
    if (seen.has(key) || seen.size >= 100) return;
    seen.add(key);
    emitWarning(
      `An observer failed in its hook ${key}. The call continued; pass onObserverError to see every such error.`,
      { code: 'DEFENDER_RESILIENCE_OBSERVER' },
    );
  };
}

/** The name of an error, if it looks like one. Never its message, which may contain secrets. */
function nameOf(error: unknown): string {
  const name = error instanceof Error ? error.name : typeof error;
  return /^[\w$.]{1,64}$/.test(name) ? name : 'Error';
}
