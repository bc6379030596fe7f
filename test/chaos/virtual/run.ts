import {
  type AttemptContext,
  type AttemptEnd,
  type CallEnd,
  type CallObserver,
  createResilience,
  type RefreshToken,
  type Resilience,
  type ResilienceOptions,
} from '@defender-resilience/core';
import { type VirtualClock, virtualClock } from './clock.ts';
import type { CallEnding } from './model.ts';
import type { PlannedCall, PlannedRefresh, Schedule, Step } from './schedule.ts';

/** One attempt, as observers are told of it. */
interface RealAttempt {
  readonly sentAt: number;
  readonly endedAt: number;
  readonly status: number | undefined;
}

/** What became of one call, and of what it used. */
export interface RealCall extends CallEnding {
  readonly attempts: readonly RealAttempt[];
  /** How often its promise settled, and how often observers were told that it ended. */
  readonly settled: number;
  readonly told: number;
  /** Whether a success is the very value that the service gave. */
  readonly valueKept: boolean;
  /** What is still listening to its signal. */
  readonly listeners: number;
}

/** What a run left behind. */
export interface Run {
  readonly calls: readonly RealCall[];
  /** When `refreshToken` was called. */
  readonly refreshes: readonly number[];
  readonly inFlight: number;
  readonly timers: number;
  readonly waiting: number;
  /** Groups that are paused. */
  readonly paused: number;
}

/** What a client rejects with. */
class ServiceError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;

  constructor({ status = 0, envelope = false, retryAfterMs }: Step) {
    super(`status ${status}`);
    this.status = status;
    this.headers = retryAfterMs === undefined ? {} : { 'retry-after-ms': String(retryAfterMs) };
    this.body =
      envelope && status === 500
        ? { error: { code: 'InternalServerError', message: 'said', target: 'id-1' } }
        : '';
  }
}

function errorOf(step: Step): Error {
  if (step.kind === 'status') return new ServiceError(step);
  const code = step.kind === 'reset' ? 'ECONNRESET' : 'ECONNREFUSED';
  return Object.assign(new Error(step.kind), { code });
}

/** An abort signal whose listeners are counted. */
function countedSignal(): { controller: AbortController; listeners: () => number } {
  const controller = new AbortController();
  const { signal } = controller;
  const listening = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listening.add(args[1]);
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listening.delete(args[1]);
    remove(...args);
  };
  return { controller, listeners: () => (signal.aborted ? 0 : listening.size) };
}

class CallUnderTest {
  readonly #clock: VirtualClock;
  readonly #plan: PlannedCall;
  readonly #signal = countedSignal();
  readonly #ends: CallEnd[] = [];
  readonly #attempts: RealAttempt[] = [];
  readonly #sent: number[] = [];
  #value: object | undefined;
  #valueKept = true;
  #settled = 0;
  #at = Number.NaN;

  constructor(clock: VirtualClock, plan: PlannedCall) {
    this.#clock = clock;
    this.#plan = plan;
  }

  start(resilience: Resilience): void {
    const { operation, idempotent, maxRetries, deadlineMs, attemptTimeoutMs } = this.#plan;
    const { signal } = this.#signal.controller;
    const options = { idempotent, maxRetries, deadlineMs, attemptTimeoutMs, signal };
    const send = ({ attempt }: AttemptContext): Promise<unknown> => this.#answer(attempt);
    resilience.execute(operation, send, options).then(
      (value) => {
        this.#valueKept = value === this.#value;
        this.#settle();
      },
      () => this.#settle(),
    );
  }

  /** Told what becomes of it. */
  observer(): CallObserver {
    return {
      attempt: () => {
        const sentAt = this.#clock.now();
        const end = ({ failure }: AttemptEnd): void => {
          this.#attempts.push({ sentAt, endedAt: this.#clock.now(), status: failure?.status });
        };
        return { end };
      },
      end: (end) => void this.#ends.push(end),
    };
  }

  abort(): void {
    this.#signal.controller.abort();
  }

  report(): RealCall {
    const [end] = this.#ends;
    return {
      end: end?.outcome === 'success' ? 'ok' : (end?.giveUpReason ?? 'never'),
      at: this.#at,
      sent: this.#sent,
      attempts: this.#attempts,
      settled: this.#settled,
      told: this.#ends.length,
      valueKept: this.#valueKept,
      listeners: this.#signal.listeners(),
    };
  }

  #settle(): void {
    this.#settled += 1;
    this.#at = this.#clock.now();
  }

  async #answer(attempt: number): Promise<unknown> {
    this.#sent.push(this.#clock.now());
    const step = this.#plan.steps[attempt - 1] ?? { kind: 'ok', afterMs: 0 };
    if (step.kind === 'hang') return new Promise(() => undefined);
    await new Promise<void>((resolve) => void this.#clock.timer(resolve, step.afterMs));
    if (step.kind !== 'ok') throw errorOf(step);
    this.#value = {};
    return this.#value;
  }
}

function optionsOf(
  { random, budget, circuit, pause, maxRetryAfterMs, quota, refreshes }: Schedule,
  clock: VirtualClock,
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
    clock,
    random: () => random,
    budget,
    circuit,
    throttle: { pause },
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
  const { close } = schedule;
  const clock = virtualClock(epochAt);
  const refreshes: number[] = [];
  let starting: CallUnderTest | undefined;
  const resilience = createResilience({
    ...optionsOf(schedule, clock, refreshes),
    // `call` runs within `execute`: it is about the call that starts.
    observers: [{ call: () => starting?.observer() }],
  });
  const calls = schedule.calls.map((plan) => new CallUnderTest(clock, plan));
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
    clock.timer(() => void resilience.close({ timeoutMs: close.timeoutMs }), close.at);
  }
  await clock.run();
  const { inFlight, throttles } = resilience.snapshot();
  return {
    calls: calls.map((call) => call.report()),
    refreshes,
    inFlight,
    timers: clock.pending,
    waiting: throttles.reduce((sum, { waiting }) => sum + waiting, 0),
    paused: throttles.length,
  };
}
