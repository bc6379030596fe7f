import type { Failure, Observer } from '@defender-resilience/core';
import type { Output } from '../context.ts';

/** Reports retries and waits on standard error. */
export function progressObserver({ line, style }: Output): Observer {
  const say = (text: string): void => line(style('dim', text));
  return {
    call: () => ({
      retry: ({ nextAttempt, delayMs, failure }) =>
        say(`${describe(failure)}; attempt ${nextAttempt} in ${seconds(delayMs)}`),
      throttled: ({ group, delayMs }) => say(`waits ${seconds(delayMs)} for the quota of ${group}`),
      end: ({ outcome, attempts }) => {
        if (outcome === 'success' && attempts > 1) say(`succeeded at attempt ${attempts}`);
      },
    }),
  };
}

function describe({ code, status, trackingId }: Failure): string {
  const what = status === undefined || code === `Http${status}` ? code : `${status} ${code}`;
  return trackingId === undefined ? what : `${what}, tracking ID ${trackingId}`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
