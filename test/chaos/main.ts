// Runs the wrapper through schedules of faults in virtual time, and compares it with the reference model:
//
//   pnpm chaos --runs 1000000
//
// Each seed is a schedule. A seed that fails is printed with the smallest schedule that still fails.
// Ctrl+C ends it after the tasks that are running, with a report of what was done.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { BREAKAGES } from './broken/breakages.ts';
import { tryBroken } from './broken/try.ts';
import { describeFailure, type Search, search } from './virtual/search.ts';

const HELP = `Checks schedules of faults in virtual time against the reference model.

  pnpm chaos [options]

  --runs N    how many schedules (20000)
  --seed N    the first seed (1)
  --jobs N    how many processes (2)
  --broken    breaks one rule of the wrapper after the other, and shows after how many schedules it is noticed
  --help      shows this text
`;

/** So many schedules are one task of a process, which is then replaced: a leak would show as a crash. */
const TASK = 25_000;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '2' },
    broken: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [runs, seed, jobs] = [Number(values.runs), Number(values.seed), Number(values.jobs)];

if (values.help) process.stdout.write(HELP);
else if (values.broken) await breakRules();
else if (process.send === undefined) await main();
else {
  process.on('SIGINT', () => undefined);
  process.send(await search(seed, runs));
}

async function main(): Promise<void> {
  const startedAt = performance.now();
  const tasks: { readonly seed: number; readonly runs: number }[] = [];
  for (let from = 0; from < runs; from += TASK) {
    tasks.push({ seed: seed + from, runs: Math.min(TASK, runs - from) });
  }
  process.once('SIGINT', () => tasks.splice(0));
  const results: Search[] = [];
  const work = async (): Promise<void> => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
      const result = await inProcess(task);
      results.push(result);
      const done = results.reduce((sum, { schedules }) => sum + schedules, 0);
      process.stdout.write(`${done.toLocaleString('en')} of ${runs.toLocaleString('en')}\n`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  report(results, (performance.now() - startedAt) / 1_000);
}

async function breakRules(): Promise<void> {
  let unnoticed = 0;
  for (const breakage of BREAKAGES) {
    const { after, fault } = await tryBroken(breakage, { seed, runs });
    if (after === undefined) unnoticed += 1;
    const found = after === undefined ? 'not noticed' : `schedule ${after}: ${fault}`;
    process.stdout.write(`${breakage.name}\n  ${found}\n`);
  }
  process.stdout.write(`${BREAKAGES.length} rules broken, not noticed: ${unnoticed}\n`);
  process.exitCode = unnoticed === 0 ? 0 : 1;
}

async function inProcess(task: { seed: number; runs: number }): Promise<Search> {
  const args = ['--seed', String(task.seed), '--runs', String(task.runs)];
  const child = fork(import.meta.filename, args, { execArgv: process.execArgv });
  const ended = once(child, 'exit');
  const result = await Promise.race([once(child, 'message'), ended.then(() => undefined)]);
  if (result === undefined) throw new Error(`The process of seed ${task.seed} ended early`);
  await ended;
  return result[0] as Search;
}

function report(results: readonly Search[], seconds: number): void {
  const sum = (key: Exclude<keyof Search, 'ends' | 'failures'>): string =>
    results.reduce((total, result) => total + result[key], 0).toLocaleString('en');
  const ends = new Map<string, number>();
  for (const { ends: own } of results) {
    for (const [end, count] of Object.entries(own)) ends.set(end, (ends.get(end) ?? 0) + count);
  }
  const failures = results.flatMap((result) => result.failures);
  for (const failure of failures) process.stdout.write(`\n${describeFailure(failure)}\n`);
  process.stdout.write(`
${sum('schedules')} schedules from seed ${seed}: ${sum('calls')} calls, ${sum('attempts')} attempts, in ${seconds.toFixed(0)} s
${sum('undecided')} in which the order within a millisecond decides: promises checked, model not
${sum('learned')} in which a 429 taught a limit: the same
${sum('refreshes')} new tokens asked for; ${sum('shared')} times a call waited for one that another had asked for
How the calls ended:
${[...ends].map(([end, count]) => `  ${end.padEnd(18)} ${count.toLocaleString('en').padStart(10)}`).join('\n')}
Violations: ${failures.length}
`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}
