import {
  type Clock,
  createResilience,
  type RefreshToken,
  type ResilienceOptions,
} from '@defender-resilience/core';
import { CallUnderTest, type RealCall } from './call.ts';
import { countedClock, type VirtualClock, virtualClock } from './clock.ts';
import type { PlannedRefresh, Schedule } from './schedule.ts';

/** What a run left behind. */
export interface Run {
  readonly calls: readonly RealCall[];
  /** When `refreshToken` was called. */
  readonly refreshes: readonly number[];
  readonly inFlight: number;
  /** Timers of the wrapper that are pending when it has closed. */
  readonly timers: number;
  readonly waiting: number;
  /** Groups that are paused. */
  readonly paused: number;
}

function optionsOf(
  { random, budget, circuit, pause, maxWaiting, maxRetryAfterMs, quota, refreshes }: Schedule,
  clock: VirtualClock,
  own: Clock,
  refreshedAt: number[],
): ResilienceOptions {
  const { perMinute = 1, perHour, ...scale } = quota ?? {};
  const group = { perMinute, ...(perHour === undefined ? {} : { perHour }) };
  const refreshToken = async (): Promise<string | undefined> => {
    const { gives, afterMs } = refreshes?.[refreshedAt.length % refreshes.length] ?? NO_ANSWER;
    refreshedAt.push(clock.now());
    const token = `token-${refreshedAt.length}`;
    if (gives === 'hang') return new Promise(() => undefined);
    await new Promise<void>((resolve) => void clock.timer(resolve, afterMs));
    return gives === 'token' ? token : undefined;
  };
  return {
    clock: own,
    random: () => random,
    budget,
    circuit,
    throttle: { pause, maxWaiting },
    retry: { maxRetryAfterMs },
    // It is told where `refreshToken` gives no token.
    onObserverError: () => undefined,
    ...(refreshes === undefined ? {} : { refreshToken: refreshToken as RefreshToken }),
    ...(quota === undefined
      ? {}
      : { quota: { ...scale, groups: { incidents: group, machines: group } } }),
  };
}

const NO_ANSWER: PlannedRefresh = { gives: 'hang', afterMs: 0 };

/**
 * Runs a schedule through the real pipeline.
 *
 * @param epochAt - the wall clock's time, from the monotonic one
 */
export async function runSchedule(
  schedule: Schedule,
  epochAt?: (now: number) => number,
): Promise<Run> {
  const { close, closesAfterwards } = schedule;
  const clock = virtualClock(epochAt);
  const own = countedClock(clock);
  const refreshes: number[] = [];
  let starting: CallUnderTest | undefined;
  const resilience = createResilience({
    ...optionsOf(schedule, clock, own, refreshes),
    // `call` runs within `execute`: it is about the call that starts.
    observers: [{ call: () => starting?.observer() }],
  });
  let timers = 0;
  const end = async (timeoutMs: number): Promise<void> => {
    await resilience.close({ timeoutMs });
    timers = own.pending;
  };
  let open = schedule.calls.length;
  const onSettled = (): void => {
    open -= 1;
    if (open === 0 && closesAfterwards) void end(0);
  };
  const calls = schedule.calls.map((plan) => new CallUnderTest(clock, plan, onSettled));
  const start = (call: CallUnderTest): void => {
    starting = call;
    call.start(resilience);
  };
  for (const [index, { at }] of schedule.calls.entries()) {
    clock.timer(() => start(calls[index] as CallUnderTest), at);
  }
  for (const [index, { abortAt }] of schedule.calls.entries()) {
    if (abortAt !== undefined) clock.timer(() => calls[index]?.abort(), abortAt);
  }
  if (close !== undefined) {
    clock.timer(() => void end(close.timeoutMs), close.at);
  }
  await clock.run();
  const { inFlight, throttles } = resilience.snapshot();
  return {
    calls: calls.map((call) => call.report()),
    refreshes,
    inFlight,
    timers,
    waiting: throttles.reduce((sum, { waiting }) => sum + waiting, 0),
    paused: throttles.length,
  };
}
