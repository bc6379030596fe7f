import { attachFailure } from '../failure/attach.ts';
import { CircuitOpenError, ThrottledError } from '../failure/errors.ts';
import type { Failure } from '../failure/failure.ts';
import type { AttemptFanOut, CallFanOut } from '../observe/fan-out.ts';
import type { CallOutcome, GiveUpReason } from '../observe/observer.ts';
import type { Admission, Circuit } from '../policy/circuit.ts';
import type { GateRefusal, Ticket } from '../policy/gate.ts';
import { circuitOutcomeOf } from '../policy/outage.ts';
import { Attempt, type Outcome, type TimeLimit } from './attempt.ts';
import { type Engine, quotaKey } from './engine.ts';
import { CANCELLED, failureOfError, finalFailure } from './judge.ts';
import {
  type GivenUp,
  givenUpInside,
  moment,
  noteGivenUp,
  type Surrounding,
  surrounding,
  warnNested,
} from './nesting.ts';
import type { CallFacts, CallPlan } from './plan.ts';
import { Retrying } from './retrying.ts';

/** Runs one call from its start to its end. */
export async function runCall<T>(engine: Engine, plan: CallPlan<T>): Promise<T> {
  engine.inFlight += 1;
  try {
    return await new CallRun(engine, plan).run();
  } finally {
    engine.inFlight -= 1;
    plan.close?.();
  }
}

/** Leave to send one attempt, and whom to tell how it ended. */
interface Leave {
  readonly admission: Exclude<Admission, 'refused'>;
  readonly ticket: Ticket | undefined;
}

/** A failed call: what its caller gets, and why there was no further attempt. */
interface Ending<T> {
  readonly outcome: Outcome<T>;
  readonly failure: Failure;
  readonly reason: GiveUpReason;
}

type Failed<T> = Pick<Ending<T>, 'outcome' | 'failure'>;

class CallRun<T> {
  readonly #engine: Engine;
  readonly #plan: CallPlan<T>;
  readonly #startedAt: number;
  readonly #deadlineAt: number;
  readonly #circuit: Circuit | undefined;
  readonly #watch: CallFanOut | undefined;
  /** The attempt of another wrapped call that this one is made in, where that is known. */
  readonly #outer: Surrounding | undefined = surrounding();
  /** The wrapped call inside this one by which the last attempt failed. */
  #inner: GivenUp | undefined = undefined;
  #attempts = 0;
  /** The failed attempt before the one that comes next: what the caller gets if none comes. */
  #last: Failed<T> | undefined = undefined;
  #retrying: Retrying | undefined = undefined;
  #tokenGeneration = 0;

  constructor(engine: Engine, plan: CallPlan<T>) {
    this.#engine = engine;
    this.#plan = plan;
    this.#startedAt = engine.clock.now();
    this.#deadlineAt = this.#startedAt + plan.deadlineMs;
    this.#circuit = engine.circuitOf(plan);
    this.#watch = engine.observers === undefined ? undefined : startWatching(engine, plan);
  }

  async run(): Promise<T> {
    const { signal } = this.#plan;
    if (signal?.aborted) return this.#fail(this.#cancelled(signal.reason));
    this.#engine.budget.call(this.#startedAt);
    let now = this.#startedAt;
    for (;;) {
      const leave = this.#leaveAtOnce() ?? (await this.#leaveOrEnding(now));
      if ('reason' in leave) return this.#fail(leave);
      const { outcome, failure } = await this.#attempt(leave, now);
      if (failure === undefined) return this.#succeed(outcome);
      const ending = await this.#afterFailure({ outcome, failure });
      if (ending !== undefined) return this.#fail(ending);
      now = this.#engine.clock.now();
    }
  }

  /** The way of almost every attempt: no circuit is open and no quota is paused. */
  #leaveAtOnce(): Leave | undefined {
    if (!this.#engine.gate.open || this.#circuit?.closed === false) return undefined;
    return AT_ONCE;
  }

  async #leaveOrEnding(now: number): Promise<Leave | Ending<T>> {
    const admission = this.#circuit?.admit(now) ?? 'pass';
    if (admission === 'refused') return this.#refusedByCircuit(now);
    let ticket: Ticket | GateRefusal | undefined;
    try {
      ticket = await this.#passGate();
    } catch (reason) {
      await this.#circuit?.record(admission, 'neutral', this.#engine.clock.now());
      return this.#cancelled(reason);
    }
    const after = this.#engine.clock.now();
    if (ticket !== undefined && 'refused' in ticket) {
      await this.#circuit?.record(admission, 'neutral', after);
      return this.#refusedByGate(ticket);
    }
    if (admission === 'probe' || this.#circuit?.closed !== false) return { admission, ticket };
    // The circuit opened while the call was held.
    const again = this.#circuit.admit(after);
    if (again !== 'refused') return { admission: again, ticket };
    ticket?.answered();
    return this.#refusedByCircuit(after);
  }

  async #passGate(): Promise<Ticket | GateRefusal | undefined> {
    const { gate, clock } = this.#engine;
    const key = quotaKey(this.#plan);
    const delayMs = gate.waitMs(key);
    if (delayMs === undefined) return undefined;
    const limitMs = this.#deadlineAt - clock.now();
    if (delayMs <= limitMs) {
      this.#watch?.throttled({ attempt: this.#attempts + 1, group: key, delayMs });
    }
    return gate.enter(key, limitMs, this.#plan.signal);
  }

  async #attempt(
    leave: Leave,
    now: number,
  ): Promise<{ outcome: Outcome<T>; failure: Failure | undefined }> {
    const plan = this.#plan;
    // The answer before is dropped only now: had there been no leave, the caller would have got it.
    if (this.#last?.outcome.ok) void plan.discard?.(this.#last.outcome.value);
    this.#attempts += 1;
    const observed = this.#watch?.attempt({
      attempt: this.#attempts,
      delayMs: this.#retrying?.delayMs ?? 0,
      ...(this.#last === undefined ? {} : { previous: this.#last.failure }),
    });
    const { deadlines, refresher } = this.#engine;
    const token = this.#retrying?.token;
    this.#tokenGeneration = refresher?.generation(plan.host) ?? 0;
    const attempt = new Attempt(plan, this.#attempts, this.#timeLimit(now), token, deadlines);
    const since = moment();
    const outcome = await attempt.run(now, observed);
    const judged = this.#judge(outcome);
    let failure = isPromise(judged) ? await judged : judged;
    if (failure !== undefined) {
      this.#inner = givenUpInside(attempt, since, givenBy(outcome), failure);
      // A client may have made an error of its own that says less than the inner call found out.
      failure = this.#inner?.failure ?? failure;
    }
    if (observed !== undefined) this.#endAttempt(observed, now, outcome, failure);
    if (failure === undefined && leave === AT_ONCE) this.#circuit?.succeeded(now);
    else await this.#tell(leave, failure);
    return { outcome, failure };
  }

  #timeLimit(now: number): TimeLimit {
    const { attemptTimeoutMs } = this.#plan;
    if (this.#attempts === 1 && now === this.#startedAt) {
      return { ms: attemptTimeoutMs, kind: 'attempt' };
    }
    const remaining = this.#deadlineAt - now;
    return remaining < attemptTimeoutMs
      ? { ms: remaining, kind: 'deadline' }
      : { ms: attemptTimeoutMs, kind: 'attempt' };
  }

  #judge(outcome: Outcome<T>): Promise<Failure | undefined> | Failure | undefined {
    const plan = this.#plan;
    if (outcome.ok) return plan.judge(outcome.value);
    if (plan.signal?.aborted) return CANCELLED;
    return failureOfError(outcome.error, this.#engine.clock);
  }

  /** Lets the circuit and the gate learn how the attempt ended. */
  async #tell(leave: Leave, failure: Failure | undefined): Promise<void> {
    const { gate, clock } = this.#engine;
    const outcome = failure === undefined ? 'success' : circuitOutcomeOf(failure);
    await this.#circuit?.record(leave.admission, outcome, clock.now());
    // The pause comes before the ticket is given back, so that the gate does not let the next go.
    if (failure?.status === 429) {
      gate.pause(quotaKey(this.#plan), this.#retry().throttleWait(failure));
    }
    leave.ticket?.answered();
  }

  /** Undefined when another attempt follows: its wait is over then. */
  async #afterFailure(failed: Failed<T>): Promise<Ending<T> | undefined> {
    const { signal } = this.#plan;
    if (signal?.aborted) return this.#abortedAfter(failed, signal.reason);
    const explained = this.#plan.explain?.(failed.failure);
    const failure =
      explained === undefined ? failed.failure : { ...failed.failure, advice: explained };
    this.#last = { outcome: failed.outcome, failure };
    const retry = this.#retry();
    if (this.#inner !== undefined) {
      warnNested(this.#plan.name, this.#inner.call);
      return { ...this.#last, reason: 'retries-exhausted' };
    }
    const decision = retry.decide(failure, this.#attempts, this.#deadlineAt);
    if (!decision.retry) return { ...this.#last, reason: decision.reason };
    this.#watch?.retry({
      nextAttempt: this.#attempts + 1,
      delayMs: decision.delayMs,
      source: decision.source,
      failure,
    });
    try {
      const ready = await retry.prepare(decision, failure, this.#deadlineAt, this.#tokenGeneration);
      return ready ? undefined : { ...this.#last, reason: 'terminal' };
    } catch {
      // Only the caller's abort ends a wait early.
      return this.#cancelled(signal?.reason);
    }
  }

  /** The caller aborted while the attempt failed, or while its error was being read. */
  #abortedAfter({ outcome }: Failed<T>, reason: unknown): Ending<T> {
    if (outcome.ok) void this.#plan.discard?.(outcome.value);
    return this.#cancelled(reason);
  }

  #retry(): Retrying {
    this.#retrying ??= new Retrying(this.#engine, this.#plan);
    return this.#retrying;
  }

  #cancelled(reason: unknown): Ending<T> {
    return { outcome: { ok: false, error: reason }, failure: CANCELLED, reason: 'cancelled' };
  }

  #refusedByCircuit(now: number): Ending<T> {
    if (this.#last !== undefined) return { ...this.#last, reason: 'circuit-open' };
    const retryAfterMs = this.#circuit?.retryAfterMs(now) ?? 0;
    const error = new CircuitOpenError({ operation: this.#plan.name, retryAfterMs });
    return { outcome: { ok: false, error }, failure: error.failure, reason: 'circuit-open' };
  }

  #refusedByGate({ refused, retryAfterMs }: GateRefusal): Ending<T> {
    if (this.#last !== undefined) return { ...this.#last, reason: 'throttled' };
    const error = new ThrottledError({ operation: this.#plan.name, retryAfterMs, reason: refused });
    return { outcome: { ok: false, error }, failure: error.failure, reason: 'throttled' };
  }

  #endAttempt(
    observed: AttemptFanOut,
    startedAt: number,
    outcome: Outcome<T>,
    failure: Failure | undefined,
  ): void {
    const status = outcome.ok ? this.#plan.statusOf?.(outcome.value) : failure?.status;
    observed.end({
      attempt: this.#attempts,
      durationMs: this.#engine.clock.now() - startedAt,
      ...(status === undefined ? {} : { status }),
      ...(failure === undefined ? {} : { failure }),
      ...(outcome.ok ? {} : { error: outcome.error }),
    });
  }

  #succeed(outcome: Outcome<T>): T {
    this.#end('success');
    if (outcome.ok) return outcome.value;
    throw outcome.error;
  }

  #fail({ outcome, failure, reason }: Ending<T>): T {
    const final = finalFailure(failure, reason, this.#plan);
    this.#end(outcomeOf(reason, this.#attempts), final, reason);
    const given = givenBy(outcome);
    attachFailure(given, final);
    noteGivenUp(this.#plan.name, final, given, this.#outer);
    // What was answered before an abort in the wait is read by nobody.
    if (this.#last?.outcome.ok && this.#last.outcome !== outcome) {
      void this.#plan.discard?.(this.#last.outcome.value);
    }
    if (!outcome.ok) throw outcome.error;
    const rejection = this.#plan.reject?.(outcome.value, final);
    if (rejection !== undefined) throw rejection;
    return outcome.value;
  }

  #end(outcome: CallOutcome, failure?: Failure, gaveUp?: GiveUpReason): void {
    this.#watch?.end({
      outcome,
      attempts: this.#attempts,
      durationMs: this.#engine.clock.now() - this.#startedAt,
      ...(failure === undefined ? {} : { failure }),
      ...(gaveUp === undefined ? {} : { gaveUp }),
    });
  }
}

const AT_ONCE: Leave = Object.freeze({ admission: 'pass', ticket: undefined });

function startWatching(engine: Engine, plan: CallFacts): CallFanOut | undefined {
  const { family, quotaGroup } = plan.operation;
  return engine.observers?.call({
    operation: plan.name,
    client: plan.client,
    quotaGroup,
    ...(family === undefined ? {} : { family }),
    ...(plan.request === undefined ? {} : { request: plan.request }),
  });
}

function outcomeOf(reason: GiveUpReason, attempts: number): CallOutcome {
  if (reason === 'cancelled') return 'cancelled';
  return attempts === 0 ? 'rejected' : 'failure';
}

function givenBy(outcome: Outcome<unknown>): unknown {
  return outcome.ok ? outcome.value : outcome.error;
}

function isPromise<T>(value: Promise<T> | T): value is Promise<T> {
  return value instanceof Promise;
}
