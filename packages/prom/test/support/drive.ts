import type {
  AttemptEnd,
  CallEnd,
  CallStart,
  Failure,
  Observer,
  RetryScheduled,
} from '@defender-resilience/core';

/** A failure as the service's answer makes it. */
export function failure(code: string, status: number, rest: Partial<Failure> = {}): Failure {
  return { code, status, message: 'said', verdict: 'terminal', source: 'api', ...rest };
}

export const start: CallStart = Object.freeze({
  operation: 'incidents.list',
  client: 'fetch',
  quotaGroup: 'incidents',
  circuit: 'api.security.microsoft.com incidents.list',
  request: Object.freeze({
    method: 'GET',
    scheme: 'https',
    host: 'api.security.microsoft.com',
    port: 443,
    url: 'https://api.security.microsoft.com/api/incidents',
  }),
});

/** One call through the hooks, as the wrapper would make it: the failures first, then its end. */
export function call(
  observer: Observer,
  how: {
    readonly start?: Partial<CallStart>;
    /** The failures that are tried again. */
    readonly retried?: readonly Failure[];
    readonly retry?: Partial<RetryScheduled>;
    readonly attempt?: Partial<AttemptEnd>;
    readonly failure?: Failure;
    readonly end?: Partial<CallEnd>;
  } = {},
): void {
  const watching = observer.call?.({ ...start, ...how.start });
  const ends = [...(how.retried ?? []), how.failure];
  ends.forEach((failed, index) => {
    const attempt = index + 1;
    const sent = watching?.attempt?.({ attempt, delayMs: 0 });
    const outcome = failed === undefined ? {} : { failure: failed };
    const status = failed === undefined ? 200 : failed.status;
    const end = (): void =>
      sent?.end?.({
        attempt,
        durationMs: 100,
        ...(status === undefined ? {} : { status }),
        ...outcome,
        ...how.attempt,
      });
    if (sent?.run === undefined) end();
    else sent.run(end);
    if (index < ends.length - 1 && failed !== undefined) {
      watching?.retry?.({
        nextAttempt: attempt + 1,
        delayMs: 1_000,
        source: 'backoff',
        failure: failed,
        ...how.retry,
      });
    }
  });
  watching?.end?.({
    outcome: how.failure === undefined ? 'success' : 'failure',
    attempts: ends.length,
    durationMs: 100 * ends.length,
    ...(how.failure === undefined
      ? {}
      : { failure: how.failure, giveUpReason: 'terminal' as const }),
    ...how.end,
  });
}
