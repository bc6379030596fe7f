import {
  askedMs,
  backoffMs,
  CircuitModel,
  Count,
  TIMED_OUT,
  type Verdict,
  verdictOf,
} from './rules.ts';
import type { PlannedCall, Schedule } from './schedule.ts';

/** How a call ended: `ok`, or why there was no further attempt; when; and when its attempts were sent. */
export interface CallEnding {
  readonly end: string;
  readonly at: number;
  readonly sent: readonly number[];
}

/** Which of two events of one millisecond comes first. */
export type Order = 'older' | 'younger' | 'timeouts';

const STEP = 1_000;
type Event = { readonly at: number; readonly order: number; run(): void };
type State = 'new' | 'gate' | 'sent' | 'wait' | 'ended';

/** One call of the model. */
class Call {
  readonly plan: PlannedCall;
  readonly deadlineAt: number;
  state: State = 'new';
  /** Counts the states, so that an event that comes too late is recognised. */
  turn = 0;
  sent: number[] = [];
  backoffCount = 0;
  throttles = 0;
  asked = false;
  probe = false;
  /** Whether its first attempt needed no permit. */
  direct = false;
  ending: { end: string; at: number } = { end: 'never', at: Number.NaN };

  constructor(plan: PlannedCall) {
    this.plan = plan;
    this.deadlineAt = plan.at + plan.deadlineMs;
  }

  enter(state: State): number {
    this.state = state;
    this.turn += 1;
    return this.turn;
  }
}

/** A quota group: a pause, the calls that wait for its end, and those that it released. */
class Group {
  pausedUntil = 0;
  queue: Call[] = [];
  released: { readonly call: Call; readonly at: number }[] = [];

  /** Two are released at a time; one without an answer holds back others for a second. */
  waitMs(now: number): number {
    this.released = this.released.filter(({ at }) => at + STEP > now);
    const second = this.released.at(-2);
    return Math.max(this.pausedUntil - now, second === undefined ? 0 : second.at + STEP - now, 0);
  }

  idle(now: number): boolean {
    this.waitMs(now);
    return this.queue.length + this.released.length === 0 && this.pausedUntil <= now;
  }
}

/**
 * What must become of each call: the rules of the wrapper, written down once more in the plainest way.
 *
 * @param order - which of two events of one millisecond comes first: the older one, the younger one, or the
 * end of an attempt's time
 */
export function predict(schedule: Schedule, order: Order = 'older'): CallEnding[] {
  const { random, budget, pause, maxRetryAfterMs } = schedule;
  const calls = schedule.calls.map((plan) => new Call(plan));
  const circuits = new Map(calls.map(({ plan }) => [plan.operation, new CircuitModel(schedule)]));
  const groups = new Map(calls.map(({ plan }) => [plan.operation, new Group()]));
  const started = new Count(60_000);
  const retried = new Count(60_000);
  const events: Event[] = [];
  const soon: (() => void)[] = [];
  let now = 0;
  let count = 0;
  let closed = false;

  const circuitOf = ({ plan }: Call): CircuitModel => circuits.get(plan.operation) as CircuitModel;
  const groupOf = ({ plan }: Call): Group => groups.get(plan.operation) as Group;
  const after = (ms: number, run: () => void, isTimeout = false): void => {
    count += 1;
    const early = order === 'timeouts' && isTimeout ? -1_000_000 : 0;
    const place = order === 'younger' ? -count : count + early;
    events.push({ at: now + Math.ceil(ms), order: place, run });
  };
  const end = (call: Call, reason: string): void => {
    call.enter('ended');
    call.ending = { end: reason, at: now };
  };

  const acquire = (call: Call): void => {
    const [circuit, group] = [circuitOf(call), groupOf(call)];
    if (closed) {
      end(call, 'closed');
      return;
    }
    if (circuit.refuses(now)) {
      end(call, 'circuit-open');
      return;
    }
    call.probe = !circuit.closed;
    circuit.probing ||= call.probe;
    if (group.idle(now)) {
      call.direct = !call.probe && [...groups.values()].every((each) => each.idle(now));
      send(call);
      return;
    }
    if (group.queue.length === 0 && group.waitMs(now) === 0) {
      release(call);
      return;
    }
    if (group.pausedUntil > call.deadlineAt) {
      refuse(call, 'throttled');
      return;
    }
    const turn = call.enter('gate');
    // A call that was sent before goes before those that were not.
    const retries = group.queue.filter(({ sent }) => sent.length > 0).length;
    group.queue.splice(call.sent.length > 0 ? retries : group.queue.length, 0, call);
    after(call.deadlineAt - now, () => call.turn === turn && refuse(call, 'throttled'));
    drain(group);
  };
  const refuse = (call: Call, reason: string): void => {
    leaveQueue(call);
    circuitOf(call).record('nothing', call.probe, now);
    end(call, reason);
  };
  const leaveQueue = (call: Call): void => {
    const group = groupOf(call);
    group.queue = group.queue.filter((other) => other !== call);
  };
  const drain = (group: Group): void => {
    while (group.queue.length > 0 && group.waitMs(now) === 0) release(group.queue.shift() as Call);
    if (group.queue.length > 0) after(group.waitMs(now), () => drain(group));
  };
  const release = (call: Call): void => {
    const circuit = circuitOf(call);
    groupOf(call).released.push({ call, at: now });
    const turn = call.enter('gate');
    soon.push(() => {
      if (call.turn !== turn) return;
      if (call.probe || circuit.closed) {
        send(call);
        return;
      }
      // The circuit opened while the call waited.
      if (circuit.refuses(now)) {
        answered(call);
        end(call, 'circuit-open');
        return;
      }
      call.probe = true;
      circuit.probing = true;
      send(call);
    });
  };
  const answered = (call: Call): void => {
    const group = groupOf(call);
    group.released = group.released.filter((one) => one.call !== call);
    drain(group);
  };

  const send = (call: Call): void => {
    const turn = call.enter('sent');
    call.sent.push(now);
    const step = call.plan.steps[call.sent.length - 1] ?? { kind: 'ok', afterMs: 0 };
    const timeoutMs = Math.min(call.plan.attemptTimeoutMs, call.deadlineAt - now);
    after(timeoutMs, () => call.turn === turn && settle(call, TIMED_OUT), true);
    if (step.kind === 'hang') return;
    after(step.afterMs, () => call.turn === turn && settle(call, verdictOf(step)));
  };
  const settle = (call: Call, verdict: Verdict): void => {
    const circuit = circuitOf(call);
    if (verdict.success && call.direct && call.sent.length === 1) {
      circuit.successes.add(call.sent[0] ?? 0);
      end(call, 'ok');
      return;
    }
    const delayMs = verdict.success ? 0 : waitAfter(call, verdict);
    const reason = verdict.success ? 'ok' : reasonAgainst(call, verdict, delayMs);
    if (verdict.throttled && pause) hold(groupOf(call), delayMs);
    circuit.record(verdict.health, call.probe, now);
    answered(call);
    if (reason !== undefined) {
      end(call, reason);
      return;
    }
    const turn = call.enter('wait');
    after(delayMs, () => {
      if (call.turn !== turn) return;
      if (now >= call.deadlineAt) end(call, 'deadline');
      else acquire(call);
    });
  };
  const waitAfter = (call: Call, { throttled, retryAfterMs }: Verdict): number => {
    if (throttled && retryAfterMs === undefined) {
      return backoffMs(call.throttles++, 10_000, 60_000, random);
    }
    const backoff = backoffMs(call.backoffCount++, 1_000, 30_000, random);
    if (retryAfterMs === undefined) return backoff;
    const asked = askedMs(retryAfterMs, random);
    const again = call.asked;
    call.asked = true;
    return again ? Math.max(asked, backoff) : asked;
  };
  const reasonAgainst = (call: Call, verdict: Verdict, delayMs: number): string | undefined => {
    if (verdict.ambiguous && !call.plan.idempotent) return 'not-replayable';
    if (!verdict.retryable) return 'terminal';
    if (call.sent.length > call.plan.maxRetries) return 'retries-exhausted';
    if ((verdict.retryAfterMs ?? 0) > maxRetryAfterMs) return 'wait-too-long';
    if (closed) return 'closed';
    if (delayMs >= call.deadlineAt - now) return 'deadline';
    const allowed = budget.ratio * started.total(now) + budget.minPerMinute;
    if (retried.total(now) + 1 > allowed) return 'budget-exhausted';
    retried.add(now);
    return undefined;
  };
  const hold = (group: Group, ms: number): void => {
    group.pausedUntil = Math.max(group.pausedUntil, now + ms);
    for (const call of group.queue)
      if (call.deadlineAt < group.pausedUntil) refuse(call, 'throttled');
    drain(group);
  };

  /** Its caller aborts it, or the wrapper closes. */
  const stop = (call: Call, reason: string): void => {
    const { state } = call;
    if (state === 'ended') return;
    end(call, reason);
    leaveQueue(call);
    if (state === 'sent' || state === 'gate') {
      circuitOf(call).record('nothing', call.probe, now);
      answered(call);
    }
  };
  for (const call of calls) {
    after(call.plan.at, () => {
      if (call.state === 'ended') return;
      started.add(now);
      acquire(call);
    });
  }
  for (const call of calls) {
    if (call.plan.abortAt !== undefined) after(call.plan.abortAt, () => abort(call));
  }
  const abort = (call: Call): void => {
    if (call.state !== 'new') stop(call, 'cancelled');
  };
  const { close } = schedule;
  if (close !== undefined) {
    const sentOf = (): Call[] => calls.filter(({ state }) => state === 'sent');
    after(close.at, () => {
      closed = true;
      for (const call of calls) if (['wait', 'gate'].includes(call.state)) stop(call, 'closed');
      after(close.timeoutMs, () => sentOf().map((call) => stop(call, 'closed')));
    });
  }
  while (events.length > 0) {
    events.sort((a, b) => a.at - b.at || a.order - b.order);
    const event = events.shift() as Event;
    now = event.at;
    event.run();
    for (let task = soon.shift(); task !== undefined; task = soon.shift()) task();
  }
  return calls.map(({ ending, sent }) => ({ ...ending, sent }));
}
