import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BREAKAGES, broken } from './broken/breakages.ts';
import { tryBroken } from './broken/try.ts';
import { runSchedule } from './virtual/run.ts';
import { type Schedule, scheduleOf } from './virtual/schedule.ts';
import { describeFailure, search } from './virtual/search.ts';
import { shrink } from './virtual/shrink.ts';

const RUNS = 10_000;
/** Each run of the suite tries the same seeds; CHAOS_SEED tries others. */
const SEED = Number(process.env['CHAOS_SEED'] ?? 1);

describe.each([0, 1])('schedules of faults in virtual time, part %i', (part) => {
  it('agree with the reference model, and break no promise', { timeout: 120_000 }, async () => {
    const first = SEED + part * RUNS;
    const { failures, schedules, undecided, ends, shared } = await search(first, RUNS);
    expect(failures.map(describeFailure).join('\n\n')).toBe('');
    expect(schedules).toBe(RUNS);
    expect(undecided).toBeLessThan(RUNS / 100);
    expect(shared).toBeGreaterThan(RUNS / 10);
    // Every way in which a call can end is met often.
    const reasons =
      'ok terminal retries-exhausted budget-exhausted deadline wait-too-long not-replayable circuit-open throttled cancelled closed';
    for (const reason of reasons.split(' ')) expect(ends[reason], reason).toBeGreaterThan(50);
  });
});

it('a rule that is broken is noticed within 1,000 schedules', { timeout: 60_000 }, async () => {
  const [sharing = expect.fail()] = BREAKAGES;
  const { after } = await tryBroken(sharing, { seed: 1, runs: 1_000 });
  expect(after).toBeLessThan(1_000);
  // `pnpm chaos --broken` tries the others: here it is seen that they still fit the code.
  for (const breakage of BREAKAGES) {
    const file = new URL(`../../packages/core/src/${breakage.file}`, import.meta.url);
    expect(broken(readFileSync(file, 'utf8'), breakage)).toContain(breakage.replacement);
  }
});

it('a seed gives the same schedule and the same run each time', async () => {
  expect(scheduleOf(77)).toEqual(scheduleOf(77));
  expect(await runSchedule(scheduleOf(77))).toEqual(await runSchedule(scheduleOf(77)));
});

it('a schedule that fails is shrunk to what makes it fail', async () => {
  const hasHang = ({ calls }: Schedule): boolean =>
    calls.some(({ steps }) => steps.some(({ kind }) => kind === 'hang'));
  const seed = Array.from({ length: 100 }, (_, index) => index).find((index) => {
    const schedule = scheduleOf(index);
    return schedule.calls.length > 10 && hasHang(schedule);
  });
  const smallest = await shrink(scheduleOf(seed ?? 0), (one) => Promise.resolve(hasHang(one)));
  expect(smallest.calls).toHaveLength(1);
  expect(smallest.calls[0]?.steps).toEqual([expect.objectContaining({ kind: 'hang', afterMs: 0 })]);
});
