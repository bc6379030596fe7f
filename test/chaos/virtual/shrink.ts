import type { PlannedCall, Schedule, Step } from './schedule.ts';

/** Makes a schedule smaller for as long as it still fails. */
export async function shrink(
  schedule: Schedule,
  fails: (candidate: Schedule) => Promise<boolean>,
): Promise<Schedule> {
  let smallest = schedule;
  for (let found = true; found; ) {
    found = false;
    for (const candidate of smaller(smallest)) {
      if (!(await fails(candidate))) continue;
      smallest = candidate;
      found = true;
      break;
    }
  }
  return smallest;
}

/** The schedules that are a little simpler, the greatest step first. */
function* smaller(schedule: Schedule): Generator<Schedule> {
  const { calls, close, refreshes, quota, ...rest } = schedule;
  const closed = {
    ...(close === undefined ? {} : { close }),
    ...(refreshes === undefined ? {} : { refreshes }),
    ...(quota === undefined ? {} : { quota }),
  };
  for (let size = Math.ceil(calls.length / 2); size >= 1 && calls.length > 1; size = half(size)) {
    for (let from = 0; from < calls.length; from += size) {
      yield { ...rest, ...closed, calls: calls.toSpliced(from, size) };
    }
  }
  for (const part of ['close', 'refreshes', 'quota'] as const) {
    const { [part]: dropped, ...others } = schedule;
    if (dropped !== undefined) yield others;
  }
  for (const [index, call] of calls.entries()) {
    for (const simpler of smallerCalls(call)) {
      yield { ...rest, ...closed, calls: calls.with(index, simpler) };
    }
  }
  if (rest.random !== 0) yield { ...schedule, random: 0 };
}

function* smallerCalls(call: PlannedCall): Generator<PlannedCall> {
  const { abortAt, ...rest } = call;
  if (abortAt !== undefined) yield rest;
  for (const index of call.steps.keys()) yield { ...call, steps: call.steps.toSpliced(index, 1) };
  if (call.at > 0) yield { ...call, at: half(call.at) };
  for (const [index, step] of call.steps.entries()) {
    for (const simpler of smallerSteps(step)) {
      yield { ...call, steps: call.steps.with(index, simpler) };
    }
  }
}

function* smallerSteps(step: Step): Generator<Step> {
  if (step.afterMs > 0) yield { ...step, afterMs: half(step.afterMs) };
  const { retryAfterMs, ...rest } = step;
  if (retryAfterMs !== undefined) yield rest;
}

const half = (value: number): number => Math.floor(value / 2);
