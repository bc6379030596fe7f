import { AttemptTimeoutError, ClosedError, DeadlineExceededError } from '../failure/errors.ts';
import type { AttemptFanOut } from '../observe/fan-out.ts';
import type { DeadlineList, Deadlines, Watched } from '../policy/deadlines.ts';
import type { AttemptSender, ClientCall } from './call.ts';
import {
  type AttemptScope,
  callCount,
  failureCount,
  isContextFollowed,
  type NestedFailure,
  runInScope,
} from './nested-calls.ts';
import type { Classification, Outcome } from './outcome.ts';
import type { Permit } from './permit.ts';

/** The state of an attempt when it is sent. */
export interface AttemptStartState {
  readonly number: number;
  readonly permit: Permit;
  readonly observed: AttemptFanOut | undefined;
  readonly sentAt: number;
  /** Milliseconds until the call's deadline. */
  readonly remainingMs: number;
  readonly token: string | undefined;
  /** {@link TokenRefresher.renewals} when the attempt is sent. */
  readonly renewalsBefore: number;
}

/** How an attempt ended. */
export interface EndedAttempt<T> {
  readonly attempt: Attempt<T>;
  readonly outcome: Outcome<T>;
  readonly classification: Classification;
}

/** Receives how an attempt ended: once, and never while the attempt is still being sent. */
export interface OutcomeReceiver<T> {
  /** The promise of {@link Attempt.send} settles with what this returns or throws. */
  attemptEnded(attempt: Attempt<T>, outcome: Outcome<T>): unknown;
  /** The caller aborted the attempt, or its time is up: the promise stays pending. */
  attemptAborted(attempt: Attempt<T>, outcome: Outcome<T>): void;
}

/**
 * One attempt: runs the caller's function, gives it a signal if it asks for one, and ends when the
 * function does, when the caller aborts, or when the time is up, whichever comes first.
 */
export class Attempt<T> implements AttemptSender, Watched, AttemptScope {
  readonly attempt: number;
  declare readonly token?: string;
  readonly permit: Permit;
  readonly observed: AttemptFanOut | undefined;
  readonly sentAt: number;
  readonly renewalsBefore: number;
  readonly failuresBefore: number = failureCount();
  readonly callsBefore: number = callCount();
  readonly followed: boolean = isContextFollowed();
  nestedFailure: NestedFailure | undefined = undefined;
  // The attempt's position in a list of deadlines.
  expiresAt = 0;
  list: DeadlineList | undefined = undefined;
  before: Watched | undefined = undefined;
  after: Watched | undefined = undefined;

  readonly #call: ClientCall<T>;
  readonly #timeoutMs: number;
  readonly #deadlines: Deadlines;
  #controller: AbortController | undefined = undefined;
  #aborted: { readonly reason: unknown } | undefined = undefined;
  /** Undefined once the attempt has ended. */
  #receiver: OutcomeReceiver<T> | undefined = undefined;
  #unfollowCaller: (() => void) | undefined = undefined;

  constructor(call: ClientCall<T>, deadlines: Deadlines, start: AttemptStartState) {
    this.#call = call;
    this.#deadlines = deadlines;
    this.#timeoutMs = Math.min(call.limits.attemptTimeoutMs, start.remainingMs);
    this.attempt = start.number;
    this.permit = start.permit;
    this.observed = start.observed;
    this.sentAt = start.sentAt;
    this.renewalsBefore = start.renewalsBefore;
    if (start.token !== undefined) this.token = start.token;
  }

  get operation(): string {
    return this.#call.name;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted.reason);
    }
    return this.#controller.signal;
  }

  /**
   * Sends the attempt. Never throws. The promise settles with what the receiver returns; it never settles if
   * the attempt was aborted or timed out.
   */
  send(receiver: OutcomeReceiver<T>): Promise<unknown> {
    this.#receiver = receiver;
    if (this.#endsAtDeadline) this.#deadlines.watchOnce(this, this.#timeoutMs);
    else this.#deadlines.watch(this, this.#timeoutMs, this.sentAt);
    if (this.#call.signal !== undefined) this.#followCaller(this.#call.signal);
    const sent = this.observed?.surrounds ? this.observed.run(() => this.#send()) : this.#send();
    return sent.then(
      (value) => this.#onValue(value),
      (error: unknown) => this.#onError(error),
    );
  }

  abort(reason: unknown): void {
    this.#controller?.abort(reason);
  }

  /** Called by the list of deadlines. */
  expire(): void {
    const details = { operation: this.operation, timeoutMs: this.#timeoutMs };
    const TimeoutError = this.#endsAtDeadline ? DeadlineExceededError : AttemptTimeoutError;
    this.#abort(new TimeoutError(details));
  }

  /** Called by the list of deadlines. */
  abandon(): void {
    this.#abort(new ClosedError({ operation: this.operation, sent: true }));
  }

  get endsAt(): number {
    return this.sentAt + this.#timeoutMs;
  }

  /** Whether the call's deadline comes before the attempt's timeout. */
  get #endsAtDeadline(): boolean {
    return this.#timeoutMs < this.#call.limits.attemptTimeoutMs;
  }

  #followCaller(signal: AbortSignal): void {
    const onAbort = (): void => this.#abort(signal.reason);
    signal.addEventListener('abort', onAbort);
    this.#unfollowCaller = () => signal.removeEventListener('abort', onAbort);
  }

  #send(): Promise<T> {
    try {
      return Promise.resolve(runInScope(this, () => this.#call.send(this, this.observed)));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #onValue(value: T): unknown {
    const receiver = this.#end();
    if (receiver === undefined) {
      // Nobody waits for a late response: release its socket.
      void this.#call.dispose?.(value);
      return never();
    }
    this.#call.onResult?.(value, this);
    return receiver.attemptEnded(this, { ok: true, value });
  }

  #onError(error: unknown): unknown {
    const receiver = this.#end();
    return receiver === undefined ? never() : receiver.attemptEnded(this, { ok: false, error });
  }

  #abort(reason: unknown): void {
    const receiver = this.#end();
    if (receiver === undefined) return;
    this.#aborted = { reason };
    // The caller's function may itself abort before it returns its promise.
    queueMicrotask(() => receiver.attemptAborted(this, { ok: false, error: reason }));
    this.#controller?.abort(reason);
  }

  /** Ends the attempt. Returns the receiver, or undefined if it had already ended. */
  #end(): OutcomeReceiver<T> | undefined {
    const receiver = this.#receiver;
    if (receiver === undefined) return undefined;
    // A listener on the caller's signal may keep this attempt in memory: it must not keep the response as well.
    this.#receiver = undefined;
    this.#deadlines.release(this);
    this.#unfollowCaller?.();
    return receiver;
  }
}

const never = (): Promise<never> => new Promise(() => undefined);
