import { describe, expect, it } from 'vitest';
import { differences } from './virtual/check.ts';
import { predict } from './virtual/model.ts';
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
    const { failures, schedules, undecided, ends } = await search(first, RUNS);
    expect(failures.map(describeFailure).join('\n\n')).toBe('');
    expect(schedules).toBe(RUNS);
    expect(undecided).toBeLessThan(RUNS / 100);
    // Every way in which a call can end is met often.
    const reasons =
      'ok terminal retries-exhausted budget-exhausted deadline wait-too-long not-replayable circuit-open throttled cancelled closed';
    for (const reason of reasons.split(' ')) expect(ends[reason], reason).toBeGreaterThan(50);
  });
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

it('a wrapper that departs from the model is found', async () => {
  const schedule = scheduleOf(4);
  const generous = { ...schedule, budget: { ratio: 9, minPerMinute: 99 } };
  const strict = { ...schedule, budget: { ratio: 0, minPerMinute: 0 } };
  const { refreshes, calls: real } = await runSchedule(generous);
  const calls = real.map(({ end, at, sent }) => ({ end, at, sent }));
  const actual = { calls, refreshes };
  expect(differences(predict(generous), actual)).toEqual([]);
  expect(differences(predict(strict), actual)).not.toEqual([]);
});
