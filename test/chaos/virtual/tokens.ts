import type { PlannedCall, PlannedRefresh } from './schedule.ts';

interface Refused {
  readonly plan: PlannedCall;
  readonly renewalsBefore: number;
}

/** A token that is being asked for, and who waits for it. */
interface Pending<C> {
  readonly waiters: Map<C, (renewed: boolean) => void>;
}

/** The model's time. */
interface Time {
  now(): number;
  after(ms: number, run: () => void, isTimeout?: boolean): void;
}

/** The tokens of a wrapper: one for each API, and one request for a new one at a time. */
export class TokenModel<C extends Refused> {
  /** When `refreshToken` was called. */
  readonly asked: number[] = [];
  /** How often a call waited for a token that another had asked for. */
  shared = 0;
  /** How many tokens it has returned. */
  renewals = 0;
  readonly #answers: readonly PlannedRefresh[];
  readonly #time: Time;
  /** Which renewal was the latest of each API. */
  readonly #renewedAt = new Map<string, number>();
  readonly #pending = new Map<string, Pending<C>>();

  constructor(answers: readonly PlannedRefresh[], time: Time) {
    this.#answers = answers;
    this.#time = time;
  }

  /** Whether there is a `refreshToken` at all. */
  get serves(): boolean {
    return this.#answers.length > 0;
  }

  /** Calls back when there is a token newer than the refused one, or when there will be none. */
  renew(call: C, done: (renewed: boolean) => void): void {
    const { operation } = call.plan;
    const pending = this.#pending.get(operation);
    if (pending !== undefined) {
      this.shared += 1;
      pending.waiters.set(call, done);
    } else if ((this.#renewedAt.get(operation) ?? 0) > call.renewalsBefore) done(true);
    else this.#ask(call, done);
  }

  /** The call no longer waits. With the last one, what is asked for is forgotten. */
  leave(call: C): void {
    const pending = this.#pending.get(call.plan.operation);
    if (pending?.waiters.delete(call) && pending.waiters.size === 0) {
      this.#pending.delete(call.plan.operation);
    }
  }

  #ask(call: C, done: (renewed: boolean) => void): void {
    const { operation, attemptTimeoutMs } = call.plan;
    const answer = this.#answers[this.asked.length % this.#answers.length];
    this.asked.push(this.#time.now());
    const pending: Pending<C> = { waiters: new Map([[call, done]]) };
    this.#pending.set(operation, pending);
    const settle = (renewed: boolean): void => {
      if (this.#pending.get(operation) !== pending) return;
      this.#pending.delete(operation);
      if (renewed) {
        this.renewals += 1;
        this.#renewedAt.set(operation, this.renewals);
      }
      for (const tell of pending.waiters.values()) tell(renewed);
    };
    // It may take no longer than an attempt.
    this.#time.after(attemptTimeoutMs, () => settle(false), true);
    if (answer === undefined || answer.gives === 'hang') return;
    this.#time.after(answer.afterMs, () => settle(answer.gives === 'token'));
  }
}
