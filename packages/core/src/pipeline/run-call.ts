import { attachFailure } from '../failure/attach.ts';
import type { CallFanOut } from '../observe/fan-out.ts';
import type { Circuit } from '../policy/circuit.ts';
import type { RetryDecision } from '../policy/decide.ts';
import { Attempt, type OutcomeReceiver } from './attempt.ts';
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
import {
  type Classification,
  classifyOutcome,
  type Outcome,
  reportedFailure,
  settledValue,
} from './outcome.ts';
import {
  acquirePermit,
  type Permit,
  type PermitRequest,
  type Rejection,
  recordOutcome,
  tryAcquirePermit,
} from './permit.ts';
import type { Pipeline } from './pipeline.ts';
import { type FailedSend, RetryState } from './retry-state.ts';

/** Runs one call from its start to its end. */
export function runCall<T>(pipeline: Pipeline, call: ClientCall<T>): Promise<T> {
  return new CallRun(pipeline, call).start();
}

interface EndedAttempt<T> {
  readonly attempt: Attempt<T>;
  readonly outcome: Outcome<T>;
  readonly classification: Classification;
}

/** One call. What it remembers is in one object, since each allocation counts for every call. */
class CallRun<T> implements PermitRequest, OutcomeReceiver<T> {
  readonly pipeline: Pipeline;
  readonly call: ClientCall<T>;
  readonly circuit: Circuit | undefined;
  readonly events: CallFanOut | undefined;
  readonly deadlineAt: number;
  attempts = 0;
  readonly #startedAt: number;
  /** The attempt of another wrapped call that this call is made in. */
  readonly #scope: AttemptScope | undefined = currentScope();
  #retryState: RetryState | undefined = undefined;
  #resolve: (value: T) => void = noop;
  #reject: (error: unknown) => void = noop;

  constructor(pipeline: Pipeline, call: ClientCall<T>) {
    this.pipeline = pipeline;
    this.call = call;
    this.#startedAt = pipeline.clock.now();
    this.deadlineAt = this.#startedAt + call.deadlineMs;
    this.circuit = pipeline.circuitOf(call);
    this.events = observeCall(pipeline, call);
  }

  /**
   * Almost every call is one attempt that is sent at once and succeeds: {@link attemptEnded} then
   * settles the call, and no async function runs. Everything else is the loop's.
   */
  start(): Promise<T> {
    const result = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Outside the executor, whose frames would be in the stack of each error of the caller's.
    this.pipeline.inFlight += 1;
    callStarted();
    if (this.call.signal?.aborted) {
      this.#fail(cancelled(this.call, undefined));
      return result;
    }
    this.pipeline.budget.countCall(this.#startedAt);
    const permit = tryAcquirePermit(this, this.#startedAt);
    if (permit === undefined) {
      this.#nameCallers(this.#runLoop(undefined));
    } else if ('reason' in permit) {
      this.#fail(notPermitted(this.call, permit, undefined));
    } else {
      const sent = this.#makeAttempt(permit, this.#startedAt, undefined).send(this);
      if (this.call.namesCallers) this.#nameCallers(sent);
    }
    return result;
  }

  /** The first attempt, sent at once, has ended. */
  attemptEnded(attempt: Attempt<T>, outcome: Outcome<T>): unknown {
    try {
      const classification = classifyOutcome(this.call, attempt, outcome, this.pipeline.clock);
      if (!outcome.ok || classification !== undefined) {
        const loop = this.#runLoop({ attempt, outcome, classification });
        // V8 follows only one handler: of this promise, or of the one that `send` has returned.
        if (this.call.namesCallers) return loop;
        this.#nameCallers(loop);
        return undefined;
      }
      this.circuit?.countSuccess(attempt.sentAt);
      const now = this.events === undefined ? attempt.sentAt : this.pipeline.clock.now();
      observeAttemptEnd(this.call, attempt, outcome, undefined, now);
      this.#succeed(outcome, now);
    } catch (error) {
      // A value that cannot even be looked at.
      this.#settle({ ok: false, error });
    }
    return undefined;
  }

  /** Sends attempts until one succeeds or another makes no sense, and settles the call. Never rejects. */
  async #runLoop(first: EndedAttempt<T> | undefined): Promise<void> {
    const { pipeline, call } = this;
    try {
      let previous: FailedAttempt<T> | undefined;
      for (let ended = first; ; ended = undefined) {
        if (ended === undefined) {
          const permit = await this.#acquirePermit();
          if ('reason' in permit) return this.#fail(notPermitted(call, permit, previous));
          ended = await this.#send(permit, previous);
        }
        const { attempt, outcome, classification } = ended;
        const classified =
          classification instanceof Promise ? await classification : classification;
        const now = pipeline.clock.now();
        if (classified === undefined) return await this.#recordSuccess(attempt, outcome, now);

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
    } catch (error) {
      // Nothing here is expected to throw, but the caller must not wait for ever.
      this.#settle({ ok: false, error });
    }
  }

  async #recordSuccess(attempt: Attempt<T>, outcome: Outcome<T>, now: number): Promise<void> {
    observeAttemptEnd(this.call, attempt, outcome, undefined, now);
    await recordOutcome(this, attempt.permit, undefined, now);
    this.#succeed(outcome, now);
  }

  async #acquirePermit(): Promise<Permit | Rejection> {
    const now = this.pipeline.clock.now();
    return tryAcquirePermit(this, now) ?? acquirePermit(this, now);
  }

  async #send(permit: Permit, previous: FailedAttempt<T> | undefined): Promise<EndedAttempt<T>> {
    // The response before is dropped only now: without a permit, the caller would have got it.
    if (previous !== undefined) disposeOf(this.call, previous.outcome);
    const attempt = this.#makeAttempt(permit, this.pipeline.clock.now(), previous);
    const outcome = await new Promise<Outcome<T>>((resolve) => {
      const sent = attempt.send({ attemptEnded: (_attempt, outcome) => resolve(outcome) });
      void sent.then(resolve as (value: unknown) => void);
    });
    const classification = classifyOutcome(this.call, attempt, outcome, this.pipeline.clock);
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
      remainingMs: now === this.#startedAt ? call.deadlineMs : this.deadlineAt - now,
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

  #succeed(outcome: Outcome<T>, now: number): void {
    const durationMs = now - this.#startedAt;
    this.events?.end({ outcome: 'success', attempts: this.attempts, durationMs });
    this.#settle(outcome);
  }

  #fail({ outcome, failure, reason }: CallFailure<T>): void {
    const durationMs = this.pipeline.clock.now() - this.#startedAt;
    this.events?.end(failedCallEnd(this.attempts, durationMs, failure, reason));
    const settled = settledValue(outcome);
    attachFailure(settled, failure);
    rememberFailure(this.call.name, failure, settled, this.#scope);
    const error = outcome.ok ? this.call.toError?.(outcome.value, failure) : undefined;
    this.#settle(error === undefined ? outcome : { ok: false, error });
  }

  #settle(outcome: Outcome<T>): void {
    this.pipeline.callEnded();
    callEnded();
    this.call.close?.();
    if (outcome.ok) this.#resolve(outcome.value);
    else this.#reject(outcome.error);
  }

  /**
   * Has the stack of an error that is thrown in `step` name the callers. V8 finds them from promise to
   * promise, but only over a handler that is a promise's own resolve function. The call is settled
   * before `step` is, so that the handler itself changes nothing.
   */
  #nameCallers(step: Promise<unknown>): void {
    void step.then(this.#resolve as (value: unknown) => void);
  }
}

const noop = (): void => undefined;
