import type { QuotaState, QuotaWindow } from '@defender-resilience/core';

/** The values of one group's series. */
export interface QuotaView {
  /** At most one per kind of window. */
  readonly windows: readonly QuotaWindow[];
  readonly runningTime: NonNullable<QuotaState['runningTime']> | undefined;
  readonly waiting: number;
  readonly nextFreeMs: number;
}

/**
 * Combines the states that share series: those of several wrappers, or of groups beyond the limit. Takes the
 * fullest window of each kind as a whole, so that used and limit belong together.
 */
export function viewOf(states: readonly QuotaState[]): QuotaView {
  const fullest = new Map<QuotaWindow['per'], QuotaWindow>();
  for (const window of states.flatMap(({ windows }) => windows)) {
    fullest.set(window.per, fuller(fullest.get(window.per) ?? window, window));
  }
  return {
    windows: [...fullest.values()],
    runningTime: states
      .flatMap(({ runningTime }) => runningTime ?? [])
      .reduce<QuotaView['runningTime']>((most, next) => longer(most ?? next, next), undefined),
    waiting: states.reduce((sum, { waiting }) => sum + waiting, 0),
    nextFreeMs: Math.max(...states.map(({ nextFreeMs }) => nextFreeMs)),
  };
}

/** 1 while the shared stores are reachable, 0 while one is not; undefined if there is none. */
export function storeUp(states: readonly QuotaState[]): number | undefined {
  if (states.some(({ counting }) => counting === 'fallback')) return 0;
  return states.some(({ counting }) => counting === 'shared') ? 1 : undefined;
}

// Multiplies instead of dividing, because a limit can be 0.
function fuller(a: QuotaWindow, b: QuotaWindow): QuotaWindow {
  return b.used * a.limit > a.used * b.limit ? b : a;
}

type RunningTime = NonNullable<QuotaState['runningTime']>;

function longer(a: RunningTime, b: RunningTime): RunningTime {
  return b.usedMs * a.limitMs > a.usedMs * b.limitMs ? b : a;
}
