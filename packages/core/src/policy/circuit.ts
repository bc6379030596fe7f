import { CircuitState as Cockatiel, circuitBreaker, handleAll, type IBreaker } from 'cockatiel';
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import { SlidingCounts } from './sliding-counts.ts';

/** When a circuit opens, and for how long. */
export interface CircuitSettings {
  /** The share of failures, from 0 to 1, at which the circuit opens. @defaultValue 0.8 */
  readonly failureRatio: number;
  /** How many attempts the window must hold before the circuit can open. @defaultValue 10 */
  readonly minimumAttempts: number;
  /** The window that is looked at, in milliseconds; it really slides. @defaultValue 60,000 */
  readonly windowMs: number;
  /**
   * How long the circuit stays open the first time, in milliseconds; each further time doubles it.
   *
   * @defaultValue 15,000
   */
  readonly openMs: number;
  /** The longest that it stays open before its jitter, in milliseconds. @defaultValue 120,000 */
  readonly maxOpenMs: number;
  /** How many circuits one wrapper keeps; beyond it the oldest closed one is forgotten. @defaultValue 1,000 */
  readonly maxCircuits: number;
}

/** How an attempt ended, as far as the circuit is concerned. */
export type CircuitOutcome = 'success' | 'failure' | 'neutral';

/** What a circuit says to an attempt that wants to be sent. */
export type Admission = 'pass' | 'probe' | 'refused';

export type CircuitStateName = 'closed' | 'open' | 'half-open';

export interface CircuitTransition {
  readonly from: CircuitStateName;
  readonly to: CircuitStateName;
  readonly openMs?: number;
}

/** A share of failures over a window; cockatiel's state machine asks it whether to open. */
class FailureWindow implements IBreaker {
  state: unknown;
  readonly #counts: SlidingCounts;
  readonly #settings: CircuitSettings;
  readonly #clock: Clock;

  constructor(settings: CircuitSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    this.#counts = new SlidingCounts(settings.windowMs);
  }

  succeeded(now: number): void {
    this.#counts.addFirst(now);
  }

  /** cockatiel calls it when a probe closed the circuit: the past is then no evidence any more. */
  success(): void {
    this.#counts.clear();
  }

  failure(state: Cockatiel): boolean {
    if (state !== Cockatiel.Closed) return true;
    const now = this.#clock.now();
    this.#counts.addSecond(now);
    const failures = this.#counts.second(now);
    const attempts = failures + this.#counts.first(now);
    return (
      attempts >= this.#settings.minimumAttempts &&
      failures >= attempts * this.#settings.failureRatio
    );
  }

  totals(now: number): { attempts: number; failures: number } {
    const failures = this.#counts.second(now);
    return { attempts: failures + this.#counts.first(now), failures };
  }
}

/** One error for all: it goes no further than here, and making one costs more than the rest. */
const PROBE_FAILED = new Error('probe failed');

/**
 * One circuit. The states and their changes are cockatiel's; what is a failure, how long the circuit
 * stays open and who may probe is decided here, because cockatiel reads the wall clock, queues the
 * callers of a half-open circuit, and takes an aborted probe for a success.
 */
export class Circuit {
  readonly #settings: CircuitSettings;
  readonly #random: Random;
  readonly #window: FailureWindow;
  readonly #policy: ReturnType<typeof circuitBreaker>;
  readonly #onChange: (change: CircuitTransition) => void;
  #openUntil = 0;
  #openings = 0;
  #reported: CircuitStateName = 'closed';
  #probe: ((outcome: 'success' | 'failure') => Promise<void>) | undefined;

  constructor(
    settings: CircuitSettings,
    clock: Clock,
    random: Random,
    onChange: (change: CircuitTransition) => void,
  ) {
    this.#settings = settings;
    this.#random = random;
    this.#onChange = onChange;
    this.#window = new FailureWindow(settings, clock);
    this.#policy = circuitBreaker(handleAll, { breaker: this.#window, halfOpenAfter: 0 });
  }

  get closed(): boolean {
    return this.#policy.state === Cockatiel.Closed;
  }

  /** Asks for leave to send one attempt; a `probe` must be followed by {@link record}. */
  admit(now: number): Admission {
    if (this.closed) return 'pass';
    if (this.#probe !== undefined || now < this.#openUntil) return 'refused';
    this.#startProbe();
    return 'probe';
  }

  /** Milliseconds until a probe may be sent; 0 when one may be, or is on its way. */
  retryAfterMs(now: number): number {
    return this.closed ? 0 : Math.max(this.#openUntil - now, 0);
  }

  /** Tells how an admitted attempt ended. */
  async record(admission: Admission, outcome: CircuitOutcome, now: number): Promise<void> {
    if (admission === 'probe') {
      await this.#endProbe(outcome, now);
    } else if (!this.closed) {
      // Sent while the circuit was closed, answered after it opened: says nothing new.
    } else if (outcome === 'success') {
      this.#window.succeeded(now);
    } else if (outcome === 'failure') {
      await ignoringProbeFailure(this.#policy.execute(() => Promise.reject(PROBE_FAILED)));
      if (!this.closed) this.#reportOpen(now);
    }
  }

  /** The hot path of {@link record}: a success while the circuit is closed. */
  succeeded(now: number): void {
    this.#window.succeeded(now);
  }

  snapshot(now: number): {
    state: CircuitStateName;
    attempts: number;
    failures: number;
    openForMs: number;
  } {
    const open = !this.closed;
    return {
      state: open ? (now < this.#openUntil ? 'open' : 'half-open') : 'closed',
      ...this.#window.totals(now),
      openForMs: this.retryAfterMs(now),
    };
  }

  #startProbe(): void {
    const decision = Promise.withResolvers<void>();
    const run = ignoringProbeFailure(this.#policy.execute(() => decision.promise));
    this.#probe = (outcome) => {
      if (outcome === 'success') decision.resolve();
      else decision.reject(PROBE_FAILED);
      return run;
    };
    this.#report('half-open');
  }

  async #endProbe(outcome: CircuitOutcome, now: number): Promise<void> {
    const end = this.#probe;
    // cockatiel knows success and failure only. A neutral end is given as a failure, but the time
    // of the next probe stays where it was, so that the circuit neither closes nor opens for it.
    await end?.(outcome === 'success' ? 'success' : 'failure');
    this.#probe = undefined;
    if (outcome === 'failure') this.#reportOpen(now);
    if (outcome === 'success') {
      this.#openings = 0;
      this.#report('closed');
    }
  }

  #reportOpen(now: number): void {
    if (this.#reported === 'open') return;
    const base = Math.min(this.#settings.openMs * 2 ** this.#openings, this.#settings.maxOpenMs);
    const openMs = base * (1 + 0.1 * this.#random());
    this.#openings += 1;
    this.#openUntil = now + openMs;
    this.#report('open', openMs);
  }

  #report(to: CircuitStateName, openMs?: number): void {
    const from = this.#reported;
    this.#reported = to;
    if (from !== to) this.#onChange({ from, to, ...(openMs === undefined ? {} : { openMs }) });
  }
}

async function ignoringProbeFailure(run: Promise<unknown>): Promise<void> {
  try {
    await run;
  } catch (cause) {
    if (cause !== PROBE_FAILED) throw cause;
  }
}
