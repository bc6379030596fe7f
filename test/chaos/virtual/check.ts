import type { RealCall } from './call.ts';
import { limitsOf } from './groups.ts';
import { type Order, type Prediction, predict } from './model.ts';
import { verdictOf } from './rules.ts';
import { type Run, runSchedule } from './run.ts';
import type { PlannedCall, Schedule } from './schedule.ts';

/** What is wrong with a run; empty: nothing. */
export interface Report {
  readonly faults: readonly string[];
  /** Two things happened in one millisecond, and their order, which is left open, decides the rest. */
  readonly undecided: boolean;
  /** A 429 taught the wrapper a limit, so that only the promises are checked. */
  readonly learned: boolean;
  readonly attempts: number;
  /** What the model says. */
  readonly expected: Prediction;
}

/** Runs a schedule, and compares what happened with the model and the promises. */
export async function check(schedule: Schedule): Promise<Report> {
  const run = await runSchedule(schedule);
  const prediction = predict(schedule);
  const actual = run.calls.map(({ end, at, sent }) => ({ end, at, sent }));
  const attempts = run.calls.reduce((sum, { sent }) => sum + sent.length, 0);
  const broken = brokenPromises(schedule, run);
  const real = { calls: actual, refreshes: run.refreshes };
  const different = prediction.exact ? differences(prediction, real) : [];
  const undecided = different.length > 0 && isUndecided(schedule, prediction);
  const faults = [...broken, ...(undecided ? [] : different)];
  return { faults, undecided, learned: !prediction.exact, attempts, expected: prediction };
}

/** Where many things happen in one millisecond, so many of their orders are tried. */
const DRAWN_ORDERS = 40;

function isUndecided(schedule: Schedule, expected: Prediction): boolean {
  const drawn = Array.from({ length: DRAWN_ORDERS }, (_, index) => index + 1);
  const orders: readonly Order[] = ['younger', 'timeouts', 'refusals', 'groups', ...drawn];
  return orders.some((order) => differences(expected, predict(schedule, order)).length > 0);
}

/** Where what happened differs from what the model says. */
function differences(
  expected: Pick<Prediction, 'calls' | 'refreshes'>,
  actual: Pick<Prediction, 'calls' | 'refreshes'>,
): readonly string[] {
  const calls = expected.calls.flatMap((one, index) => {
    const [model, real] = [JSON.stringify(one), JSON.stringify(actual.calls[index])];
    return model === real ? [] : [`call ${index}: the model says ${model}, but it was ${real}`];
  });
  const [model, real] = [expected.refreshes.join(), actual.refreshes.join()];
  const refreshes = `tokens: the model asks for one at ${model}, but it was at ${real}`;
  return model === real ? calls : [...calls, refreshes];
}

/** What must hold whatever the model says. */
function brokenPromises(schedule: Schedule, run: Run): readonly string[] {
  const faults: string[] = [];
  const must = (holds: boolean, what: string): void => {
    if (!holds) faults.push(what);
  };
  must(run.inFlight === 0, `${run.inFlight} calls are counted as in flight`);
  must(run.timers === 0, `${run.timers} timers are left`);
  must(run.waiting === 0, `${run.waiting} calls still wait`);
  // A group that counts has no timer for the end of its pause, and a closed wrapper has none at all.
  const { close, closesAfterwards, quota } = schedule;
  const pauses = close !== undefined || closesAfterwards || quota !== undefined;
  must(run.paused === 0 || pauses, `${run.paused} groups are still paused`);
  for (const [index, call] of run.calls.entries()) {
    const plan = schedule.calls[index] as PlannedCall;
    for (const fault of brokenBy(plan, call)) must(false, `call ${index} ${fault}`);
  }
  return [...faults, ...brokenQuotas(schedule, run)];
}

/** Which attempts of a quota group were sent too early: in a pause, or beyond the limit of a window. */
function brokenQuotas({ calls, pause, quota }: Schedule, { calls: real }: Run): readonly string[] {
  const attempts = real.flatMap(({ attempts: own }, index) => {
    const { operation: group = '', steps = [] } = calls[index] ?? {};
    return own.map((attempt, number) => ({ ...attempt, group, step: steps[number] }));
  });
  return attempts.flatMap(({ sentAt, group }) => {
    const others = attempts.filter((other) => other.group === group && other.sentAt <= sentAt);
    const paused = others.some(({ endedAt, status, step }) => {
      const { retryAfterMs = 0 } = step ?? {};
      return pause && status === 429 && endedAt < sentAt && sentAt < endedAt + retryAfterMs;
    });
    const over = limitsOf(quota).some(({ limit, windowMs }) => {
      const counted = others.filter((one) => {
        const arrivedAt = Math.min(one.endedAt, one.sentAt + (quota?.transitMs ?? 0));
        return arrivedAt + windowMs > sentAt;
      });
      return counted.length > limit;
    });
    return [
      ...(paused ? [`an attempt of ${group} was sent at ${sentAt}, in a pause`] : []),
      ...(over ? [`an attempt of ${group} was sent at ${sentAt}, beyond its quota`] : []),
    ];
  });
}

function brokenBy(plan: PlannedCall, call: RealCall): readonly string[] {
  const faults: string[] = [];
  const refused = call.attempts.filter(({ status }) => status === 401).length;
  if (refused > 2) faults.push('asked for more than one token');
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
