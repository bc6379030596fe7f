import { AttemptTimeoutError, DeadlineExceededError } from '../failure/errors.ts';
import type { AttemptFanOut } from '../observe/fan-out.ts';
import type { Deadline, Deadlines, Watched } from '../policy/deadlines.ts';
import type { AttemptSender, ClientCall } from './call.ts';
import { type GivenUp, isContextFollowed, runInside, type Surrounding } from './nested-calls.ts';

/** How one attempt ended: with what the client gave, or with what it rejected with. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: unknown };

/** What an attempt gave its caller: a value or an error. */
export function givenBy(outcome: Outcome<unknown>): unknown {
  return outcome.ok ? outcome.value : outcome.error;
}

/** How much time an attempt has, and whose limit that is. */
export interface TimeLimit {
  readonly ms: number;
  readonly kind: 'attempt' | 'deadline';
}

/** How long an attempt may take: its own limit, or what is left of the call's. */
export function timeLimitOf(attemptTimeoutMs: number, remainingMs: number): TimeLimit {
  return remainingMs < attemptTimeoutMs
    ? { ms: remainingMs, kind: 'deadline' }
    : { ms: attemptTimeoutMs, kind: 'attempt' };
}

/** Told how an attempt ended: once, and never while it is still being sent. */
export interface OutcomeReceiver<T> {
  ended(outcome: Outcome<T>): void;
  /** The same function again, where it is the one that resolves a promise of the outcome. */
  readonly resolves?: (outcome: Outcome<T>) => void;
}

/**
 * One attempt: runs the caller's function, gives it a signal if it asks for one, and ends when the
 * function does, when the caller aborts, or when the time is up, whichever comes first.
 */
export class Attempt<T> implements AttemptSender, Watched, Surrounding {
  readonly attempt: number;
  declare readonly token?: string;
  expiresAt = 0;
  list: Deadline | undefined = undefined;
  before: Watched | undefined = undefined;
  after: Watched | undefined = undefined;
  inner: GivenUp | undefined = undefined;

  readonly #plan: ClientCall<T>;
  readonly #limit: TimeLimit;
  readonly #deadlines: Deadlines;
  #controller: AbortController | undefined = undefined;
  #aborted: { readonly reason: unknown } | undefined = undefined;
  /** Undefined once the attempt has ended. */
  #receiver: OutcomeReceiver<T> | undefined = undefined;
  #onCallerAbort: (() => void) | undefined = undefined;

  constructor(
    plan: ClientCall<T>,
    attempt: number,
    limit: TimeLimit,
    token: string | undefined,
    deadlines: Deadlines,
  ) {
    this.#plan = plan;
    this.#limit = limit;
    this.#deadlines = deadlines;
    this.attempt = attempt;
    if (token !== undefined) this.token = token;
  }

  get operation(): string {
    return this.#plan.name;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted.reason);
    }
    return this.#controller.signal;
  }

  /** Sends it. Never throws. */
  start(now: number, observed: AttemptFanOut | undefined, receiver: OutcomeReceiver<T>): void {
    this.#receiver = receiver;
    if (this.#limit.kind === 'attempt') this.#deadlines.watch(this, this.#limit.ms, now);
    else this.#deadlines.watchOnce(this, this.#limit.ms);
    const { signal } = this.#plan;
    if (signal !== undefined) {
      this.#onCallerAbort = () => this.#cut(signal.reason);
      signal.addEventListener('abort', this.#onCallerAbort, { once: true });
    }
    const sent = observed?.surrounds
      ? observed.run(() => this.#send(observed))
      : this.#send(observed);
    const told = sent.then(
      (value) => this.#onValue(value),
      (error: unknown) => this.#end()?.ended({ ok: false, error }),
    );
    // Changes nothing, since the outcome was told before. But V8 finds the callers, for the stack of an
    // error, from promise to promise, and over reactions of this very form only.
    if (receiver.resolves !== undefined) void told.then(receiver.resolves as () => void);
  }

  abort(reason: unknown): void {
    this.#controller?.abort(reason);
  }

  /** Called by the deadline list. */
  expire(): void {
    const { ms, kind } = this.#limit;
    const details = { operation: this.operation, timeoutMs: ms };
    this.#cut(
      kind === 'attempt' ? new AttemptTimeoutError(details) : new DeadlineExceededError(details),
    );
  }

  #send(observed: AttemptFanOut | undefined): Promise<T> {
    try {
      if (!isContextFollowed()) return Promise.resolve(this.#plan.send(this, observed));
      return Promise.resolve(runInside(this, () => this.#plan.send(this, observed)));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #onValue(value: T): void {
    const receiver = this.#end();
    // The caller has gone: what came too late is let go of, so that its socket is free again.
    if (receiver === undefined) return void this.#plan.dispose?.(value);
    this.#plan.onResult?.(value, this);
    receiver.ended({ ok: true, value });
  }

  #cut(reason: unknown): void {
    const receiver = this.#end();
    if (receiver === undefined) return;
    this.#aborted = { reason };
    // The caller's function may be the one that aborts, before it has given its promise.
    queueMicrotask(() => receiver.ended({ ok: false, error: reason }));
    this.#controller?.abort(reason);
  }

  /** Ends it, and gives whom to tell: nobody, when it has ended before. */
  #end(): OutcomeReceiver<T> | undefined {
    const receiver = this.#receiver;
    if (receiver === undefined) return undefined;
    // A listener on the caller's signal may keep this attempt: it must not keep the answer as well.
    this.#receiver = undefined;
    this.#deadlines.release(this);
    if (this.#onCallerAbort !== undefined) {
      this.#plan.signal?.removeEventListener('abort', this.#onCallerAbort);
    }
    return receiver;
  }
}
