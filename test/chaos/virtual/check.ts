import { type CallEnding, type Order, predict } from './model.ts';
import { verdictOf } from './rules.ts';
import { type RealCall, type Run, runSchedule } from './run.ts';
import type { PlannedCall, Schedule } from './schedule.ts';

/** What is wrong with a run; empty: nothing. */
export interface Report {
  readonly faults: readonly string[];
  /** Two things happened in one millisecond, and their order, which is left open, decides the rest. */
  readonly undecided: boolean;
  readonly attempts: number;
  /** What the model says. */
  readonly expected: readonly CallEnding[];
}

/** Runs a schedule, and compares what happened with the model and the promises. */
export async function check(schedule: Schedule): Promise<Report> {
  const run = await runSchedule(schedule);
  const expected = predict(schedule);
  const actual = run.calls.map(({ end, at, sent }) => ({ end, at, sent }));
  const attempts = run.calls.reduce((sum, { sent }) => sum + sent.length, 0);
  const broken = brokenPromises(schedule, run);
  const different = differences(expected, actual);
  const undecided = different.length > 0 && isUndecided(schedule, expected);
  return { faults: [...broken, ...(undecided ? [] : different)], undecided, attempts, expected };
}

function isUndecided(schedule: Schedule, expected: readonly CallEnding[]): boolean {
  const orders: readonly Order[] = ['younger', 'timeouts'];
  return orders.some((order) => differences(expected, predict(schedule, order)).length > 0);
}

/** Where what happened differs from what the model says. */
export function differences(
  expected: readonly CallEnding[],
  actual: readonly CallEnding[],
): readonly string[] {
  return expected.flatMap((one, index) => {
    const [model, real] = [JSON.stringify(one), JSON.stringify(actual[index])];
    return model === real ? [] : [`call ${index}: the model says ${model}, but it was ${real}`];
  });
}

/** What must hold whatever the model says. */
function brokenPromises(schedule: Schedule, run: Run): readonly string[] {
  const faults: string[] = [];
  const must = (holds: boolean, what: string): void => {
    if (!holds) faults.push(what);
  };
  must(run.inFlight === 0, `${run.inFlight} calls are counted as in flight`);
  must(run.timers === 0, `${run.timers} timers are left`);
  must(run.waiting === 0 || schedule.close !== undefined, `${run.waiting} groups are still paused`);
  for (const [index, call] of run.calls.entries()) {
    const plan = schedule.calls[index] as PlannedCall;
    for (const fault of brokenBy(plan, call)) must(false, `call ${index} ${fault}`);
  }
  return faults;
}

function brokenBy(plan: PlannedCall, call: RealCall): readonly string[] {
  const faults: string[] = [];
  if (call.settled !== 1) faults.push(`settled ${call.settled} times`);
  if (call.told !== 1) faults.push(`was reported as ended ${call.told} times`);
  if (!call.valueKept) faults.push('resolved with something else than the service gave');
  if (call.listeners > 0) faults.push(`left ${call.listeners} listeners on its signal`);
  if (call.at > plan.at + plan.deadlineMs) faults.push('ended after its deadline');
  if (call.sent.length > plan.maxRetries + 1) faults.push('was sent too often');
  for (const [index, at] of call.sent.entries()) {
    const step = plan.steps[index - 1];
    const before = call.sent[index - 1];
    if (step === undefined || before === undefined) continue;
    const lateMs = Math.min(
      step.kind === 'hang' ? Number.POSITIVE_INFINITY : step.afterMs,
      plan.attemptTimeoutMs,
    );
    const inTime = step.kind !== 'hang' && step.afterMs < plan.attemptTimeoutMs;
    const { ambiguous, success, retryAfterMs = 0 } = verdictOf(step);
    // What comes in the very millisecond in which its time is up may still have come.
    const lost = step.kind === 'hang' || step.afterMs > plan.attemptTimeoutMs;
    if (!plan.idempotent && (ambiguous || lost)) faults.push(`was sent again after ${step.kind}`);
    if (success && inTime) faults.push('was sent again after a success');
    if (inTime && at < before + lateMs + retryAfterMs)
      faults.push('was sent before it was asked to');
  }
  return faults;
}
