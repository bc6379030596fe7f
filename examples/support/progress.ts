import type { Failure, Observer } from '@defender-resilience/core';

/** Where progress is shown: standard output, or something like it. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Shorter waits are not worth a line. */
const SHOWN_WAIT_MS = 5_000;
const HOUR_MS = 3_600_000;

/**
 * Shows the progress of a job: on a terminal in one line that changes, elsewhere in a line after every few steps. As an
 * observer of the wrapper it counts requests, retries, waits and tokens, and shows long waits.
 */
export class JobProgress {
  readonly #screen: Screen;
  readonly #every: number;
  #steps = 0;
  #text = '';
  #wait: { readonly until: number; readonly why: string } | undefined;
  #requests = 0;
  #retries = 0;
  #waits = 0;
  #waitedMs = 0;
  #tokens = 0;
  readonly #ticker: NodeJS.Timeout | undefined;

  /** @param every - without a terminal: print a line after this many steps */
  constructor({ screen = process.stdout, every = 10 }: { screen?: Screen; every?: number } = {}) {
    this.#screen = screen;
    this.#every = every;
    if (screen.isTTY) this.#ticker = setInterval(() => this.#draw(), 1_000).unref();
  }

  readonly observer: Observer = {
    call: () => ({
      attempt: () => {
        this.#requests += 1;
        this.#wait = undefined;
        return undefined;
      },
      retry: ({ delayMs, source, failure }) => {
        if (source === 'token-refresh') this.#tokens += 1;
        else this.#retries += 1;
        if (source !== 'token-refresh') this.#waiting(delayMs, reasonOf(failure));
      },
      throttled: ({ delayMs, reason }) => {
        this.#waiting(delayMs, reason === 'pause' ? 'the service asked for a pause' : 'quota');
      },
    }),
  };

  /** One step is done. */
  step(text: string): void {
    this.#text = text;
    this.#steps += 1;
    if (this.#screen.isTTY) this.#draw();
    else if (this.#steps % this.#every === 0) this.line(text);
  }

  /** A line that stays. */
  line(text: string): void {
    this.#screen.write(this.#screen.isTTY ? `\r\x1b[K${text}\n` : `${text}\n`);
    if (this.#screen.isTTY && this.#text !== '') this.#draw();
  }

  /** Removes the changing line and returns what the job cost. */
  end(): string {
    clearInterval(this.#ticker);
    if (this.#screen.isTTY) this.#screen.write('\r\x1b[K');
    this.#text = '';
    return [
      count(this.#requests, 'request'),
      count(this.#retries, 'retry', 'retries'),
      count(this.#tokens, 'new token'),
      `${count(this.#waits, 'wait')} (${duration(this.#waitedMs)})`,
    ].join(', ');
  }

  #waiting(ms: number, why: string): void {
    if (ms <= 0) return;
    this.#waits += 1;
    this.#waitedMs += ms;
    this.#wait = { until: Date.now() + ms, why };
    if (this.#screen.isTTY) this.#draw();
    else if (ms >= SHOWN_WAIT_MS) this.line(this.#waitText(this.#wait));
  }

  #draw(): void {
    const wait = this.#wait && this.#waitText(this.#wait);
    const text = [wait, this.#text].filter((part) => part !== undefined && part !== '').join(' · ');
    this.#screen.write(`\r\x1b[K${text.slice(0, (this.#screen.columns ?? 80) - 1)}`);
  }

  #waitText({ until, why }: { readonly until: number; readonly why: string }): string {
    const left = Math.max(until - Date.now(), 0);
    return `waits ${duration(left)} until ${clockTime(until)} (${why})`;
  }
}

function reasonOf({ code, status }: Failure): string {
  return status === undefined ? code : `${status} ${code}`;
}

/** The local time of day. */
export function clockTime(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}

/** A duration for people. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 120 * 60_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 48 * HOUR_MS ? `${Math.round(ms / HOUR_MS)} h` : `${Math.round(ms / 24 / HOUR_MS)} d`;
}

/** `1 page`, `2 pages`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
