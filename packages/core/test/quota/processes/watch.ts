import { setTimeout as passed } from 'node:timers/promises';
import type { Simulator } from '@defender-resilience/simulator';

/** What the first quota group of a simulator counted. */
export interface Counted {
  readonly allowed: number;
  readonly refused: number;
}

export function counted(simulator: Simulator): Counted {
  const { allowed, refused } = simulator.quotaUsage()[0] ?? { allowed: 0, refused: 0 };
  return { allowed, refused };
}

/** How many minutes it takes until so many further calls were let through. */
export async function minutesFor(
  simulator: Simulator,
  calls: number,
  minuteMs: number,
): Promise<number> {
  const startedAt = performance.now();
  const { allowed } = counted(simulator);
  while (counted(simulator).allowed < allowed + calls) await passed(5);
  return (performance.now() - startedAt) / minuteMs;
}
