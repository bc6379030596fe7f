import { circuitBreaker, handleWhenResult, type IBreaker, CircuitState as State } from 'cockatiel';
import type { Clock } from '../clock.ts';
import type { Failure } from '../failure/failure.ts';
import { NON_RETRYABLE } from '../failure/http-failure.ts';
import { isObject } from '../is.ts';
import type { CircuitChange, CircuitState } from '../observe/observer.ts';
import type { Random } from '../random.ts';
import { SlidingCount } from './sliding-count.ts';

/** When a circuit opens, and for how long. */
export interface CircuitSettings {
  /** The share of failed attempts, from 0 to 1, at which the circuit opens. @defaultValue 0.8 */
  readonly failureRatio: number;
  /** How many attempts the window must hold before the circuit can open. @defaultValue 10 */
  readonly minimumAttempts: number;
  /** The length of the sliding window, in milliseconds. @defaultValue 60,000 */
  readonly windowMs: number;
  /**
   * How long the circuit stays open the first time, in milliseconds, plus up to 10 % jitter; it doubles each
   * time the probe fails.
   *
   * @defaultValue 15,000
   */
  readonly openMs: number;
  /** The longest time that the circuit stays open, in milliseconds before jitter. @defaultValue 120,000 */
  readonly maxOpenMs: number;
  /** How many circuits one wrapper keeps; beyond that it forgets the oldest closed one. @defaultValue 1,000 */
  readonly maxCircuits: number;
}

/** How an attempt ended, for the circuit. */
export type CircuitOutcome = 'success' | 'failure' | 'neutral';

/** The circuit's answer to an attempt that asks to be sent. */
export type Admission = 'pass' | 'probe' | 'refused';

export type CircuitTransition = Omit<CircuitChange, 'circuit' | 'operation' | 'host'>;

/** The result of an attempt that cockatiel's state machine receives; undefined: a success. */
type Reported = { failure: Failure | undefined } | undefined;

// The window decides when the circuit opens, so every failure that is reported to cockatiel opens it.
const OPEN_ON_FAILURE: IBreaker = {
  state: undefined,
  success: () => undefined,
  failure: () => true,
};

const FAILED = handleWhenResult((result) => result !== undefined);

// The wrapper's own clock decides how long a circuit stays open. cockatiel uses the wall clock, which may be
// set back; with this value it admits every probe.
const NO_WAIT = Number.NEGATIVE_INFINITY;

/**
 * One circuit. cockatiel's state machine holds the state: it receives known outcomes, and only those that
 * change the state. The sliding window, the open time and the single probe are implemented here, since
 * cockatiel reads the wall clock, queues the callers of a half-open circuit, and treats an aborted probe as a
 * success.
 */
export class Circuit {
  readonly #settings: CircuitSettings;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #onChange: (change: CircuitTransition) => void;
  readonly #successes: SlidingCount;
  readonly #failures: SlidingCount;
  readonly #breaker = circuitBreaker(FAILED, { breaker: OPEN_ON_FAILURE, halfOpenAfter: NO_WAIT });
  #state: CircuitState = 'closed';
  #probing = false;
  #openUntil = 0;
  #timesOpened = 0;

  constructor(
    settings: CircuitSettings,
    clock: Clock,
    random: Random,
    onChange: (change: CircuitTransition) => void,
  ) {
    this.#settings = settings;
    this.#clock = clock;
    this.#random = random;
    this.#onChange = onChange;
    this.#successes = new SlidingCount(settings.windowMs);
    this.#failures = new SlidingCount(settings.windowMs);
    this.#breaker.onBreak((reason) => this.#opened('value' in reason ? reason.value : undefined));
    this.#breaker.onReset(() => this.#closed());
  }

  get closed(): boolean {
    return this.#breaker.state === State.Closed;
  }

  /** Whether an attempt would be refused now. */
  refuses(now: number): boolean {
    return !this.closed && (this.#probing || now < this.#openUntil);
  }

  /** Asks to send one attempt; a `probe` must be followed by {@link record}. */
  admit(now: number): Admission {
    if (this.closed) return 'pass';
    if (this.refuses(now)) return 'refused';
    this.#probing = true;
    this.#report({ to: 'half-open' });
    return 'probe';
  }

  /** Milliseconds until a probe may be sent; 0 if one may be sent now or is in flight. */
  retryAfterMs(now: number): number {
    return this.closed ? 0 : Math.max(this.#openUntil - now, 0);
  }

  /**
   * Records how an admitted attempt ended. Returns a promise only if the circuit changes its state.
   *
   * A neutral probe neither closes nor opens the circuit: the next attempt becomes the probe.
   */
  record(
    admission: Admission,
    outcome: CircuitOutcome,
    now: number,
    failure?: Failure,
  ): Promise<void> | undefined {
    if (admission === 'probe') return this.#recordProbe(outcome, failure);
    // Ignore an attempt that was sent before the circuit opened.
    if (!this.closed || outcome === 'neutral') return undefined;
    if (outcome === 'success') {
      this.#successes.add(now);
      return undefined;
    }
    this.#failures.add(now);
    return this.#failedTooOften(now) ? this.#tell({ failure }) : undefined;
  }

  /** Like {@link record}, for a success while the circuit is closed. */
  countSuccess(now: number): void {
    this.#successes.add(now);
  }

  snapshot(now: number): {
    state: CircuitState;
    attempts: number;
    failures: number;
    openForMs: number;
  } {
    const open = now < this.#openUntil ? 'open' : 'half-open';
    const failures = this.#failures.total(now);
    return {
      state: this.closed ? 'closed' : open,
      attempts: failures + this.#successes.total(now),
      failures,
      openForMs: this.retryAfterMs(now),
    };
  }

  #recordProbe(outcome: CircuitOutcome, failure: Failure | undefined): Promise<void> | undefined {
    if (outcome !== 'neutral') return this.#tell(outcome === 'failure' ? { failure } : undefined);
    this.#probing = false;
    return undefined;
  }

  #failedTooOften(now: number): boolean {
    const failures = this.#failures.total(now);
    const attempts = failures + this.#successes.total(now);
    const { minimumAttempts, failureRatio } = this.#settings;
    return attempts >= minimumAttempts && failures >= attempts * failureRatio;
  }

  async #tell(result: Reported): Promise<void> {
    await this.#breaker.execute(() => result);
    // cockatiel keeps the last result, and with it the service's message, which may contain secrets.
    if (result !== undefined) result.failure = undefined;
  }

  #opened(reported: unknown): void {
    this.#probing = false;
    const { openMs: first, maxOpenMs } = this.#settings;
    const openMs = Math.min(first * 2 ** this.#timesOpened, maxOpenMs) * (1 + 0.1 * this.#random());
    this.#timesOpened += 1;
    this.#openUntil = this.#clock.now() + openMs;
    const failure = isReported(reported) ? reported.failure : undefined;
    this.#report({ to: 'open', openMs, ...(failure === undefined ? {} : { failure }) });
  }

  #closed(): void {
    this.#timesOpened = 0;
    // The counts from before the outage no longer matter.
    this.#successes.clear();
    this.#failures.clear();
    this.#report({ to: 'closed' });
  }

  #report(change: Pick<CircuitTransition, 'to' | 'openMs' | 'failure'>): void {
    const before = this.#state;
    this.#state = change.to;
    if (before !== change.to) this.#onChange({ from: before, ...change });
  }
}

function isReported(value: unknown): value is NonNullable<Reported> {
  return isObject(value) && 'failure' in value;
}

/** What a failure says about the service's health. An invalid request says nothing. */
export function circuitOutcomeOf({ status, source }: Failure): CircuitOutcome {
  const isOutage =
    status === undefined
      ? source === 'network' || source === 'timeout'
      : status >= 500 && !NON_RETRYABLE.has(status);
  return isOutage ? 'failure' : 'neutral';
}
