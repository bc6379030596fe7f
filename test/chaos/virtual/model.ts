import { chanceOf } from '../random.ts';
import { GroupModel } from './groups.ts';
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
import { TokenModel } from './tokens.ts';

/** How a call ended: `ok`, or why there was no further attempt; when; and when its attempts were sent. */
export interface CallEnding {
  readonly end: string;
  readonly at: number;
  readonly sent: readonly number[];
}

/** What a schedule must give. */
export interface Prediction {
  readonly calls: readonly CallEnding[];
  /** When `refreshToken` was called. */
  readonly refreshes: readonly number[];
  /** How often a call waited for a token that another had asked for. */
  readonly shared: number;
  /** False where a 429 taught the wrapper a limit that this page does not know: only the promises hold. */
  readonly exact: boolean;
}

/** Which of two events of one millisecond comes first; a number: as the draw with that number has it. */
export type Order = 'older' | 'younger' | 'timeouts' | 'refusals' | 'groups' | number;

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
  refreshed = false;
  /** How many tokens there had been when its last attempt was sent. */
  renewalsBefore = 0;
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

/**
 * What must become of each call: the rules of the wrapper, written down once more in the plainest way.
 *
 * @param order - which of two events of one millisecond comes first: the older one, the younger one, the end of
 * an attempt's time, and so on
 */
export function predict(schedule: Schedule, order: Order = 'older'): Prediction {
  const { random, budget, pause, maxWaiting, maxRetryAfterMs, quota } = schedule;
  const calls = schedule.calls.map((plan) => new Call(plan));
  const circuits = new Map(calls.map(({ plan }) => [plan.operation, new CircuitModel(schedule)]));
  const groups = new Map(
    calls.map(({ plan }) => [plan.operation, new GroupModel<Call>(quota)] as const),
  );
  const started = new Count(60_000);
  const retried = new Count(60_000);
  const events: Event[] = [];
  const soon: (() => void)[] = [];
  let now = 0;
  let count = 0;
  let closed = false;
  let exact = true;

  const circuitOf = ({ plan }: Call): CircuitModel => circuits.get(plan.operation) as CircuitModel;
  const groupOf = ({ plan }: Call): GroupModel<Call> =>
    groups.get(plan.operation) as GroupModel<Call>;
  const after = (ms: number, run: () => void, isTimeout = false): void => {
    count += 1;
    const early = order === 'timeouts' && isTimeout ? -1_000_000 : 0;
    const drawn = typeof order === 'number' ? chanceOf(order * 1_000_003 + count).next() : 0;
    const place = drawn || (order === 'younger' ? -count : count + early);
    events.push({ at: now + Math.ceil(ms), order: place, run });
  };
  const tokens = new TokenModel<Call>(schedule.refreshes ?? [], { now: () => now, after });
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
    const isIdle = (one: GroupModel<Call>): boolean => one.idle(now, order === 'groups');
    if (isIdle(group)) {
      call.direct = !call.probe && [...groups.values()].every(isIdle);
      send(call);
      return;
    }
    if (group.queue.length === 0 && group.waitMs(now) === 0) {
      release(call);
      return;
    }
    // A call that was sent before goes before those that were not.
    const retries = group.queue.filter(({ sent }) => sent.length > 0).length;
    const place = call.sent.length > 0 ? retries : group.queue.length;
    const full = group.queue.length >= maxWaiting;
    if (full || now + group.estimateMs(place, now) > call.deadlineAt) {
      refuse(call, 'throttled');
      return;
    }
    const turn = call.enter('gate');
    group.queue.splice(place, 0, call);
    after(call.deadlineAt - now, () => call.turn === turn && refuse(call, 'throttled'));
    drain(group);
  };
  const refuse = (call: Call, reason: string): void => {
    leaveQueue(call);
    const record = (): void => circuitOf(call).record('nothing', call.probe, now);
    // A probe that is not sent is given back a moment later: another call may be refused meanwhile.
    if (order === 'refusals') after(0, record);
    else record();
    end(call, reason);
  };
  const leaveQueue = (call: Call): void => {
    const group = groupOf(call);
    group.queue = group.queue.filter((other) => other !== call);
  };
  const drain = (group: GroupModel<Call>): void => {
    while (group.queue.length > 0 && group.waitMs(now) === 0) release(group.queue.shift() as Call);
    if (group.queue.length > 0) after(group.waitMs(now), () => drain(group));
  };
  const release = (call: Call): void => {
    const circuit = circuitOf(call);
    groupOf(call).release(call, now);
    const turn = call.enter('gate');
    soon.push(() => {
      if (call.turn !== turn) return;
      if (call.probe || circuit.closed) {
        send(call);
        return;
      }
      // The circuit opened while the call waited.
      if (circuit.refuses(now)) {
        answered(call, false);
        end(call, 'circuit-open');
        return;
      }
      call.probe = true;
      circuit.probing = true;
      send(call);
    });
  };
  const answered = (call: Call, sent = true): void => {
    const group = groupOf(call);
    group.answered(call, sent, now);
    drain(group);
  };

  const send = (call: Call): void => {
    const turn = call.enter('sent');
    call.sent.push(now);
    call.renewalsBefore = tokens.renewals;
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
    const refresh = verdict.refused === true && tokens.serves && !call.refreshed;
    const delayMs = verdict.success || refresh ? 0 : waitAfter(call, verdict);
    const reason = verdict.success ? 'ok' : reasonAgainst(call, verdict, delayMs, refresh);
    if (verdict.throttled) {
      // A counted group learns from it, even where it does not pause.
      exact &&= quota === undefined;
      if (pause) hold(groupOf(call), delayMs);
    }
    circuit.record(verdict.health, call.probe, now);
    answered(call);
    if (reason !== undefined) {
      end(call, reason);
      return;
    }
    const turn = call.enter('wait');
    if (refresh) {
      renew(call);
      return;
    }
    after(delayMs, () => {
      if (call.turn !== turn) return;
      if (now >= call.deadlineAt) end(call, 'deadline');
      else acquire(call);
    });
  };
  /** One new token is asked for at a time; all calls that were refused with the old one wait for it. */
  const renew = (call: Call): void => {
    const { turn } = call;
    call.refreshed = true;
    after(call.deadlineAt - now, () => call.turn === turn && stop(call, 'terminal'));
    tokens.renew(call, (renewed) => {
      if (call.turn !== turn) return;
      if (renewed) acquire(call);
      else end(call, 'terminal');
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
  const reasonAgainst = (
    call: Call,
    verdict: Verdict,
    delayMs: number,
    refresh: boolean,
  ): string | undefined => {
    if (verdict.ambiguous && !call.plan.idempotent) return 'not-replayable';
    if (!verdict.retryable && !refresh) return 'terminal';
    if (call.sent.length > call.plan.maxRetries) return 'retries-exhausted';
    if ((verdict.retryAfterMs ?? 0) > maxRetryAfterMs) return 'wait-too-long';
    if (closed) return 'closed';
    if (delayMs >= call.deadlineAt - now) return 'deadline';
    const allowed = budget.ratio * started.total(now) + budget.minPerMinute;
    if (retried.total(now) + 1 > allowed) return 'budget-exhausted';
    retried.add(now);
    return undefined;
  };
  const hold = (group: GroupModel<Call>, ms: number): void => {
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
    tokens.leave(call);
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
  const ended = calls.map(({ ending, sent }) => ({ ...ending, sent }));
  return { calls: ended, refreshes: tokens.asked, shared: tokens.shared, exact };
}
