import { attachFailure } from '../failure/attach.ts';
import type { CallFanOut } from '../observe/fan-out.ts';
import type { Circuit } from '../policy/circuit.ts';
import type { RetryDecision } from '../policy/decide.ts';
import { Attempt, type EndedAttempt, type OutcomeReceiver } from './attempt.ts';
import type { ClientCall } from './call.ts';
import { attemptStart, failedCallEnd, observeAttemptEnd, observeCall } from './call-events.ts';
import {
  type CallFailure,
  cancelled,
  disposeOf,
  type FailedAttempt,
  givenUp,
  notPermitted,
} from './call-failure.ts';
import {
  type AttemptScope,
  callEnded,
  callStarted,
  currentScope,
  findNestedFailure,
  type NestedFailure,
  rememberFailure,
  warnNested,
} from './nested-calls.ts';
import { classifyOutcome, type Outcome, reportedFailure, settledValue, unwrap } from './outcome.ts';
import {
  acquirePermit,
  type Permit,
  type PermitRequest,
  recordOutcome,
  tryAcquirePermit,
} from './permit.ts';
import type { Pipeline } from './pipeline.ts';
import { type FailedSend, RetryState } from './retry-state.ts';

/** Runs one call from its start to its end. */
export function runCall<T>(pipeline: Pipeline, call: ClientCall<T>): Promise<T> {
  return new CallRun(pipeline, call).start();
}

/** One call. All its state is in one object, since each allocation counts for every call. */
class CallRun<T> implements PermitRequest, OutcomeReceiver<T> {
  readonly pipeline: Pipeline;
  readonly call: ClientCall<T>;
  readonly circuit: Circuit | undefined;
  readonly events: CallFanOut | undefined;
  readonly deadlineAt: number;
  attempts = 0;
  readonly #startedAt: number;
  /** The attempt of another wrapped call inside which this call is made. */
  readonly scope: AttemptScope | undefined = currentScope();
  callNumber = 0;
  #retryState: RetryState | undefined = undefined;
  #resolve: (value: T) => void = noop;
  #reject: (error: unknown) => void = noop;

  constructor(pipeline: Pipeline, call: ClientCall<T>) {
    this.pipeline = pipeline;
    this.call = call;
    this.#startedAt = pipeline.clock.now();
    this.deadlineAt = this.#startedAt + call.limits.deadlineMs;
    this.circuit = pipeline.circuitOf(call);
    this.events = observeCall(pipeline, call);
  }

  /**
   * Almost every call is one attempt that is sent at once and succeeds: then {@link attemptEnded} ends the
   * call, and no async function runs. The loop does everything else.
   */
  start(): Promise<T> {
    const promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.pipeline.inFlight += 1;
    this.callNumber = callStarted();
    if (this.call.signal?.aborted) {
      this.#refuse(cancelled(this.call, undefined));
      return promise;
    }
    this.pipeline.budget.countCall(this.#startedAt);
    const permit = tryAcquirePermit(this, this.#startedAt);
    if (permit === undefined) {
      this.#settleBy(this.#runLoop(undefined));
    } else if ('reason' in permit) {
      this.#refuse(notPermitted(this.call, permit, undefined));
    } else {
      this.#settleBy(this.#makeAttempt(permit, this.#startedAt, undefined).send(this));
    }
    return promise;
  }

  /** The first attempt, sent at once, has ended. */
  attemptEnded(attempt: Attempt<T>, outcome: Outcome<T>): unknown {
    try {
      const classification = classifyOutcome(this.call, attempt, outcome, this.pipeline.time);
      if (!outcome.ok || classification !== undefined) {
        return this.#runLoop({ attempt, outcome, classification });
      }
      this.circuit?.countSuccess(attempt.sentAt);
      const now = this.events === undefined ? attempt.sentAt : this.pipeline.clock.now();
      this.#reportSuccess(attempt, outcome, now);
    } catch (error) {
      // Reading the value threw.
      this.#close();
      throw error;
    }
    this.#close();
    return outcome.value;
  }

  /** The caller aborted the first attempt, or its time is up. */
  attemptAborted(attempt: Attempt<T>, outcome: Outcome<T>): void {
    this.#settleBy(new Promise((resolve) => resolve(this.attemptEnded(attempt, outcome))));
  }

  /** Sends attempts until one succeeds or there is no reason for another. */
  async #runLoop(first: EndedAttempt<T> | undefined): Promise<T> {
    const { pipeline, call } = this;
    try {
      let previous: FailedAttempt<T> | undefined;
      for (let ended = first; ; ended = undefined) {
        if (ended === undefined) {
          const permit = await acquirePermit(this, pipeline.clock.now());
          if ('reason' in permit) return this.#fail(notPermitted(call, permit, previous));
          ended = await this.#send(permit, previous);
        }
        const { attempt, outcome, classification } = ended;
        const classified =
          classification instanceof Promise ? await classification : classification;
        const now = pipeline.clock.now();
        if (classified === undefined) {
          await recordOutcome(this, attempt.permit, undefined, now);
          this.#reportSuccess(attempt, outcome, now);
          return unwrap(outcome);
        }

        const settled = settledValue(outcome);
        const nested = findNestedFailure(attempt, settled, classified);
        const { hosts } = pipeline.settings;
        const failure = reportedFailure(nested?.failure ?? classified, call, hosts);
        observeAttemptEnd(call, attempt, outcome, failure, now);
        const failed = { failure, settled, renewalsBefore: attempt.renewalsBefore };
        const decision = this.#decide(failed, nested, now);
        const { holdGroupMs } = decision;
        await recordOutcome(this, attempt.permit, { failure, holdGroupMs }, now);
        if (!decision.retry) return this.#fail(givenUp(call, outcome, failure, decision.reason));
        const { delayMs, source } = decision;
        this.events?.retry({ nextAttempt: this.attempts + 1, delayMs, source, failure });
        const reason = await this.#retryState?.waitForRetry(decision, failed);
        if (reason !== undefined) return this.#fail(givenUp(call, outcome, failure, reason));
        previous = { outcome, failure, delayMs };
      }
    } finally {
      this.#close();
    }
  }

  async #send(permit: Permit, previous: FailedAttempt<T> | undefined): Promise<EndedAttempt<T>> {
    // Dispose of the last response only now: without a permit, the caller would have got it.
    if (previous !== undefined) disposeOf(this.call, previous.outcome);
    const attempt = this.#makeAttempt(permit, this.pipeline.clock.now(), previous);
    const outcome = await new Promise<Outcome<T>>((resolve) => {
      const sent = attempt.send({
        attemptEnded: (_attempt, outcome) => outcome,
        attemptAborted: (_attempt, outcome) => resolve(outcome),
      });
      void sent.then(resolve as (value: unknown) => void);
    });
    const classification = classifyOutcome(this.call, attempt, outcome, this.pipeline.time);
    return { attempt, outcome, classification };
  }

  #makeAttempt(permit: Permit, now: number, previous: FailedAttempt<T> | undefined): Attempt<T> {
    const { call, pipeline } = this;
    this.attempts += 1;
    const number = this.attempts;
    return new Attempt(call, pipeline.deadlines, {
      number,
      permit,
      observed: this.events?.attempt(attemptStart(number, previous)),
      sentAt: now,
      remainingMs: now === this.#startedAt ? call.limits.deadlineMs : this.deadlineAt - now,
      token: this.#retryState?.token ?? pipeline.refresher?.replacementFor(call),
      renewalsBefore: pipeline.refresher?.renewals ?? 0,
    });
  }

  #decide(failed: FailedSend, nested: NestedFailure | undefined, now: number): RetryDecision {
    this.#retryState ??= new RetryState(this.pipeline, this.call, this.deadlineAt);
    const { attempts, call } = this;
    const aborted = call.signal?.aborted ?? false;
    const retriedInside = nested !== undefined;
    if (retriedInside && !aborted) warnNested(call.name, nested.operation);
    return this.#retryState.decide(failed, { aborted, retriedInside, attempts }, now);
  }

  #reportSuccess(attempt: Attempt<T>, outcome: Outcome<T>, now: number): void {
    observeAttemptEnd(this.call, attempt, outcome, undefined, now);
    const durationMs = now - this.#startedAt;
    this.events?.end({ outcome: 'success', attempts: this.attempts, durationMs });
  }

  /** Returns the caller's outcome. */
  #reportFailure({ outcome, failure, reason }: CallFailure<T>): Outcome<T> {
    const durationMs = this.pipeline.clock.now() - this.#startedAt;
    this.events?.end(failedCallEnd(this.attempts, durationMs, failure, reason));
    const settled = settledValue(outcome);
    attachFailure(settled, failure);
    rememberFailure(this.call.name, failure, settled, this);
    const error = outcome.ok ? this.call.toError?.(outcome.value, failure) : undefined;
    return error === undefined ? outcome : { ok: false, error };
  }

  #fail(failed: CallFailure<T>): T {
    return unwrap(this.#reportFailure(failed));
  }

  /** Rejects a call that is not sent, without an async function, since thousands of calls may be refused. */
  #refuse(refused: CallFailure<T>): void {
    const outcome = this.#reportFailure(refused);
    this.#close();
    if (!outcome.ok) this.#reject(outcome.error);
  }

  #close(): void {
    this.pipeline.callEnded();
    callEnded();
    this.call.close?.();
  }

  /**
   * Settles the call as `step` settles. Passes the call's own functions as handlers, since V8 follows only
   * those from promise to promise to find the callers for an error's stack.
   */
  #settleBy(step: Promise<unknown>): void {
    void step.then(this.#resolve as (value: unknown) => void, this.#reject);
  }
}

const noop = (): void => undefined;
