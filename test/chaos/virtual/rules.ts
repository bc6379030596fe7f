import type { Schedule, Step } from './schedule.ts';

/** What one attempt ended with, as far as the rules go. */
export interface Verdict {
  readonly success?: true;
  /** Whether sending it again can help. */
  readonly retryable?: boolean;
  /** Whether it may have been carried out. */
  readonly ambiguous?: boolean;
  /** What it says about the service's health. */
  readonly health: 'good' | 'bad' | 'nothing';
  readonly throttled?: boolean;
  /** Whether a new token may help. */
  readonly refused?: boolean;
  readonly retryAfterMs?: number | undefined;
}

export const TIMED_OUT: Verdict = { retryable: true, ambiguous: true, health: 'bad' };

/** The table of verdicts, as DESIGN and docs/reliability.md word it. */
export function verdictOf({ kind, status = 0, envelope = false, retryAfterMs }: Step): Verdict {
  if (kind === 'ok') return { success: true, health: 'good' };
  if (kind === 'refused') return { retryable: true, health: 'bad' };
  if (kind === 'reset') return TIMED_OUT;
  if (status < 500) {
    const retryable = [408, 425, 429].includes(status);
    const kinds = { throttled: status === 429, refused: status === 401 };
    // A wait is read where waiting can help.
    return { retryable, health: 'nothing', ...kinds, ...(retryable ? { retryAfterMs } : {}) };
  }
  if (status === 501) return { retryable: false, health: 'nothing' };
  const gatewayGaveUp = status === 502 || status === 504;
  const provesNothing = retryAfterMs === undefined && !(status === 500 && envelope);
  return {
    retryable: true,
    ambiguous: gatewayGaveUp || provesNothing,
    health: 'bad',
    retryAfterMs,
  };
}

/** Decorrelated jitter, as Polly defines it: the wait number `index`, from 0. */
export function backoffMs(index: number, firstMs: number, maxMs: number, random: number): number {
  const sum = (at: number): number => 2 ** at * Math.tanh(Math.sqrt(4 * at));
  const before = index === 0 ? 0 : sum(index - 1 + random);
  return Math.min((Math.max(0, sum(index + random) - before) / 1.4) * firstMs, maxMs);
}

/** The wait that the service asked for, with up to 10 % of jitter, 2 s at most. */
export function askedMs(retryAfterMs: number, random: number): number {
  return retryAfterMs + random * Math.min(retryAfterMs * 0.1, 2_000);
}

/** How often something happened in a window that slides in sixtieths of its length. */
export class Count {
  readonly #sliceMs: number;
  #times: number[] = [];
  #now = 0;

  constructor(windowMs: number) {
    this.#sliceMs = windowMs / 60;
  }

  add(now: number): void {
    this.#now = Math.max(this.#now, now);
    this.#times.push(this.#now);
  }

  total(now: number): number {
    this.#now = Math.max(this.#now, now);
    const slice = (time: number): number => Math.floor(time / this.#sliceMs);
    return this.#times.filter((time) => slice(this.#now) - slice(time) <= 60).length;
  }

  clear(): void {
    this.#times = [];
  }
}

/** A circuit: closed, or open until a time, when one probe decides. */
export class CircuitModel {
  readonly #settings: Schedule['circuit'];
  readonly #random: number;
  readonly successes: Count;
  readonly failures: Count;
  closed = true;
  probing = false;
  openUntil = 0;
  #opened = 0;

  constructor({ circuit, random }: Schedule) {
    this.#settings = circuit;
    this.#random = random;
    this.successes = new Count(circuit.windowMs);
    this.failures = new Count(circuit.windowMs);
  }

  refuses(now: number): boolean {
    return !this.closed && (this.probing || now < this.openUntil);
  }

  record(health: Verdict['health'], probe: boolean, now: number): void {
    if (probe) {
      this.probing = false;
      if (health === 'bad') this.#open(now);
      if (health === 'good') this.#close();
    } else if (this.closed && health !== 'nothing') {
      (health === 'good' ? this.successes : this.failures).add(now);
      const failures = this.failures.total(now);
      const attempts = failures + this.successes.total(now);
      const { minimumAttempts, failureRatio } = this.#settings;
      const enough = attempts >= minimumAttempts && failures >= attempts * failureRatio;
      if (health === 'bad' && enough) this.#open(now);
    }
  }

  #open(now: number): void {
    const { openMs, maxOpenMs } = this.#settings;
    this.closed = false;
    this.openUntil =
      now + Math.min(openMs * 2 ** this.#opened, maxOpenMs) * (1 + 0.1 * this.#random);
    this.#opened += 1;
  }

  #close(): void {
    this.closed = true;
    this.#opened = 0;
    this.successes.clear();
    this.failures.clear();
  }
}
