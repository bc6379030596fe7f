import type {
  AttemptContext,
  AttemptEnd,
  CallEnd,
  CallObserver,
  Resilience,
} from '@defender-resilience/core';
import type { VirtualClock } from './clock.ts';
import type { CallEnding } from './model.ts';
import type { PlannedCall, Step } from './schedule.ts';

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

/** A call of a schedule, through the real wrapper. */
export class CallUnderTest {
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
  readonly #onSettled: () => void;

  constructor(clock: VirtualClock, plan: PlannedCall, onSettled: () => void) {
    this.#clock = clock;
    this.#plan = plan;
    this.#onSettled = onSettled;
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
    this.#onSettled();
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
