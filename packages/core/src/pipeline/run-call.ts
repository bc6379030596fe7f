import { attachFailure } from '../failure/attach.ts';
import type { Failure } from '../failure/failure.ts';
import type { AttemptFanOut, CallFanOut } from '../observe/fan-out.ts';
import type { AttemptStart, GiveUpReason } from '../observe/observer.ts';
import type { Circuit } from '../policy/circuit.ts';
import { Attempt, givenBy, type Outcome, type OutcomeReceiver, timeLimitOf } from './attempt.ts';
import type { ClientCall } from './call.ts';
import { attemptEnd, FIRST_ATTEMPT, failedEnd, startWatching } from './call-events.ts';
import {
  callBegins,
  callEnds,
  type GivenUp,
  givenUpInside,
  moment,
  noteGivenUp,
  type Surrounding,
  surrounding,
  warnNested,
} from './nested-calls.ts';
import {
  CANCELLED,
  type Classification,
  classifyOutcome,
  finalFailure,
  withDoubt,
} from './outcome.ts';
import { AT_ONCE, askLeave, giveBack, type Leave, leaveAtOnce, type Refusal } from './permit.ts';
import type { Pipeline } from './pipeline.ts';
import { Retrying } from './retry-state.ts';

/** Runs one call from its start to its end. */
export function runCall<T>(pipeline: Pipeline, plan: ClientCall<T>): Promise<T> {
  return new CallRun(pipeline, plan).start();
}

/** A failed call: what its caller gets, and why there was no further attempt. */
interface Ending<T> {
  readonly outcome: Outcome<T>;
  readonly failure: Failure;
  readonly reason: GiveUpReason;
}

/** An attempt that has ended. */
interface Ended<T> {
  readonly outcome: Outcome<T>;
  readonly judged: Classification;
}

type Failed<T> = Pick<Ending<T>, 'outcome' | 'failure'>;

/**
 * One call. Longer than the house likes it: what a call remembers is in one place, and each object more
 * on the way of every call would cost it 50 ns and 380 bytes.
 */
class CallRun<T> implements OutcomeReceiver<T> {
  readonly #pipeline: Pipeline;
  readonly #plan: ClientCall<T>;
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
  #leave: Leave = AT_ONCE;
  #sent: Attempt<T> | undefined = undefined;
  #observed: AttemptFanOut | undefined = undefined;
  #sentAt = 0;
  /** What had been given up when the attempt was sent. */
  #since = 0;
  #resolve: (value: T) => void = nobody;
  #reject: (error: unknown) => void = nobody;

  constructor(pipeline: Pipeline, plan: ClientCall<T>) {
    this.#pipeline = pipeline;
    this.#plan = plan;
    this.#startedAt = pipeline.clock.now();
    this.#deadlineAt = this.#startedAt + plan.deadlineMs;
    this.#circuit = pipeline.circuitOf(plan);
    this.#watch = startWatching(pipeline, plan);
  }

  /**
   * The way of almost every call is one attempt, sent at once, that succeeds: {@link ended} settles the
   * call's promise then, and no async function runs. That is worth 150 ns and 1.5 KB of 450 ns and
   * 3.5 KB a call.
   */
  start(): Promise<T> {
    const call = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Not inside the promise's executor, whose frames would make each error of the caller's dearer.
    const pipeline = this.#pipeline;
    const { signal } = this.#plan;
    pipeline.inFlight += 1;
    callBegins();
    if (signal?.aborted) {
      this.#settleLike(this.#endAborted(signal.reason));
      return call;
    }
    pipeline.budget.call(this.#startedAt);
    if (this.#plan.namesCallers || leaveAtOnce(pipeline, this.#circuit) === undefined) {
      this.#settleLike(this.#goOn(undefined));
    } else {
      this.#send(AT_ONCE, this.#startedAt, this);
    }
    return call;
  }

  /** The first attempt, sent at once, has ended. */
  ended(outcome: Outcome<T>): void {
    try {
      const judged = classifyOutcome(this.#plan, outcome, this.#pipeline.clock);
      if (!outcome.ok || judged !== undefined) {
        this.#settleLike(this.#goOn({ outcome, judged }));
        return;
      }
      this.#resolve(this.#succeedAtOnce(outcome));
    } catch (error) {
      // A value that cannot even be looked at.
      this.#close();
      this.#reject(error);
    }
  }

  #settleLike(call: Promise<T>): void {
    // The function itself and no closure around it, so that V8 finds the callers: see Attempt.start.
    call.then(this.#resolve, (error: unknown) => {
      this.#close();
      this.#reject(error);
    });
  }

  #close(): void {
    this.#pipeline.inFlight -= 1;
    callEnds();
    this.#plan.close?.();
  }

  async #endAborted(reason: unknown): Promise<T> {
    return this.#fail(this.#cancelled(reason));
  }

  /** Everything but a first attempt that is sent at once and succeeds. */
  async #goOn(first: Ended<T> | undefined): Promise<T> {
    let ended = first;
    let now = this.#startedAt;
    for (;;) {
      if (ended === undefined) {
        const leave = leaveAtOnce(this.#pipeline, this.#circuit) ?? (await this.#askLeave(now));
        if ('reason' in leave) return this.#fail(this.#refused(leave));
        // What was waited for leave is no part of the attempt's time.
        const sentAt = leave === AT_ONCE ? now : this.#pipeline.clock.now();
        const outcome = await new Promise<Outcome<T>>((resolve) =>
          this.#send(leave, sentAt, { ended: resolve, resolves: resolve }),
        );
        ended = { outcome, judged: classifyOutcome(this.#plan, outcome, this.#pipeline.clock) };
      }
      const { outcome, judged } = ended;
      // Spares a call of fetch, whose stack traces need this function, 0.5 µs.
      if (outcome.ok && judged === undefined && this.#leave === AT_ONCE)
        return this.#succeedAtOnce(outcome);
      const failure = await this.#learn(outcome, judged);
      if (failure === undefined) return this.#succeed(outcome);
      const ending = await this.#afterFailure({ outcome, failure });
      if (ending !== undefined) return this.#fail(ending);
      now = this.#pipeline.clock.now();
      ended = undefined;
    }
  }

  #askLeave(now: number): Promise<Leave | Refusal> {
    const applicant = {
      plan: this.#plan,
      circuit: this.#circuit,
      watch: this.#watch,
      attempt: this.#attempts + 1,
      deadlineAt: this.#deadlineAt,
    };
    return askLeave(this.#pipeline, applicant, now);
  }

  #send(leave: Leave, now: number, receiver: OutcomeReceiver<T>): void {
    const plan = this.#plan;
    // The answer before is dropped only now: had there been no leave, the caller would have got it.
    if (this.#last?.outcome.ok) void plan.dispose?.(this.#last.outcome.value);
    this.#attempts += 1;
    this.#leave = leave;
    this.#sentAt = now;
    this.#observed = this.#watch?.attempt(this.#last === undefined ? FIRST_ATTEMPT : this.#next());
    const { deadlines, refresher } = this.#pipeline;
    const token = this.#retrying?.token;
    const remainingMs = now === this.#startedAt ? plan.deadlineMs : this.#deadlineAt - now;
    const limit = timeLimitOf(plan.attemptTimeoutMs, remainingMs);
    this.#tokenGeneration = refresher?.generation(plan.host) ?? 0;
    this.#since = moment();
    const attempt = new Attempt(plan, this.#attempts, limit, token, deadlines);
    this.#sent = attempt;
    attempt.start(now, this.#observed, receiver);
  }

  /** Lets all who count learn how the attempt ended. */
  async #learn(outcome: Outcome<T>, judged: Classification): Promise<Failure | undefined> {
    let failure = isPromise(judged) ? await judged : judged;
    if (failure !== undefined) {
      this.#inner = this.#sent && givenUpInside(this.#sent, this.#since, givenBy(outcome), failure);
      // A client may have made an error of its own that says less than the inner call found out.
      failure = withDoubt(
        this.#inner?.failure ?? failure,
        this.#plan,
        this.#pipeline.settings.hosts,
      );
    }
    this.#endAttempt(outcome, failure, this.#pipeline.clock.now());
    await giveBack(this.#pipeline, this.#plan, this.#circuit, this.#leave, failure, (refused) =>
      this.#retry().throttleWait(refused),
    );
    return failure;
  }

  /** Undefined when another attempt follows: its wait is over then. */
  async #afterFailure(failed: Failed<T>): Promise<Ending<T> | undefined> {
    const { signal } = this.#plan;
    if (signal?.aborted) return this.#abortedAfter(failed, signal.reason);
    const explained = this.#plan.bodyAdvice?.(failed.failure);
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
    if (outcome.ok) void this.#plan.dispose?.(outcome.value);
    return this.#cancelled(reason);
  }

  #retry(): Retrying {
    this.#retrying ??= new Retrying(this.#pipeline, this.#plan);
    return this.#retrying;
  }

  #cancelled(reason: unknown): Ending<T> {
    return { outcome: { ok: false, error: reason }, failure: CANCELLED, reason: 'cancelled' };
  }

  /** A retry that is not let through leaves the caller with the failure before it. */
  #refused({ reason, error, failure }: Refusal): Ending<T> {
    if (this.#last !== undefined && reason !== 'cancelled') return { ...this.#last, reason };
    return { outcome: { ok: false, error }, failure, reason };
  }

  #endAttempt(outcome: Outcome<T>, failure: Failure | undefined, now: number): void {
    const durationMs = now - this.#sentAt;
    this.#observed?.end(attemptEnd(this.#plan, outcome, failure, this.#attempts, durationMs));
  }

  #endWell(now: number): void {
    const durationMs = now - this.#startedAt;
    this.#watch?.end({ outcome: 'success', attempts: this.#attempts, durationMs });
  }

  /** An attempt that nobody but the circuit and the observers must be told of. */
  #succeedAtOnce(outcome: Outcome<T> & { readonly ok: true }): T {
    if (this.#watch !== undefined) {
      // Both ends in one moment: a look at the clock takes 50 ns.
      const now = this.#pipeline.clock.now();
      this.#endAttempt(outcome, undefined, now);
      this.#endWell(now);
    }
    this.#circuit?.succeeded(this.#sentAt);
    this.#close();
    return outcome.value;
  }

  #succeed(outcome: Outcome<T>): T {
    this.#endWell(this.#pipeline.clock.now());
    if (!outcome.ok) throw outcome.error;
    this.#close();
    return outcome.value;
  }

  #fail({ outcome, failure, reason }: Ending<T>): T {
    const final = finalFailure(failure, reason, this.#plan);
    const durationMs = this.#pipeline.clock.now() - this.#startedAt;
    this.#watch?.end(failedEnd(this.#attempts, durationMs, final, reason));
    const given = givenBy(outcome);
    attachFailure(given, final);
    noteGivenUp(this.#plan.name, final, given, this.#outer);
    // What was answered before an abort in the wait is read by nobody.
    if (this.#last?.outcome.ok && this.#last.outcome !== outcome) {
      void this.#plan.dispose?.(this.#last.outcome.value);
    }
    if (!outcome.ok) throw outcome.error;
    const rejection = this.#plan.toError?.(outcome.value, final);
    if (rejection !== undefined) throw rejection;
    this.#close();
    return outcome.value;
  }

  /** What observers are told of an attempt that follows a failure. */
  #next(): AttemptStart {
    return {
      attempt: this.#attempts,
      delayMs: this.#retrying?.delayMs ?? 0,
      ...(this.#last === undefined ? {} : { previous: this.#last.failure }),
    };
  }
}

const nobody = (): void => undefined;

function isPromise<T>(value: Promise<T> | T): value is Promise<T> {
  return value instanceof Promise;
}
