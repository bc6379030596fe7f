import { fork } from 'node:child_process';
import { once } from 'node:events';
import { BREAKAGES, type Breakage } from './breakages.ts';

/** What the model said of a wrapper with a broken rule. */
export interface Noticed {
  /** After how many schedules; undefined: not at all. */
  readonly after: number | undefined;
  /** The first thing that was wrong. */
  readonly fault: string | undefined;
}

/** Tries up to `runs` schedules on a wrapper with that rule broken, in a process of its own. */
export async function tryBroken(
  breakage: Breakage,
  { seed, runs }: { readonly seed: number; readonly runs: number },
): Promise<Noticed> {
  const child = fork(new URL('child.ts', import.meta.url), [String(seed), String(runs)], {
    execArgv: [
      '--conditions=@defender-resilience/source',
      '--import',
      new URL('hook.ts', import.meta.url).href,
    ],
    env: { ...process.env, CHAOS_BREAKAGE: String(BREAKAGES.indexOf(breakage)) },
  });
  const ended = once(child, 'exit').then(() => undefined);
  const answer = (await Promise.race([once(child, 'message'), ended])) as [Noticed] | undefined;
  await ended;
  if (answer === undefined) throw new Error(`"${breakage.name}": the process ended early`);
  return answer[0];
}
