import type { QuotaState } from '@defender-resilience/core';
import { duration, type Screen } from '../support/progress.ts';

interface Parts {
  /** How many there are to export. */
  readonly total: number;
  readonly minuteMs: number;
  /** The quota's current state. */
  readonly state: () => QuotaState | undefined;
  readonly screen?: Screen;
}

const REDRAWN_MS = 200;

/**
 * Shows an export at the limit: its progress, how much of the quota is used, how many calls wait, and when it will end. On
 * a terminal in one line that changes, elsewhere in one line for each of the quota's minutes.
 */
export class ExportLine {
  readonly #parts: Parts;
  readonly #screen: Screen;
  readonly #startedAt = performance.now();
  readonly #ticker: NodeJS.Timeout;
  #done = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#screen = parts.screen ?? process.stdout;
    const everyMs = this.#screen.isTTY ? REDRAWN_MS : parts.minuteMs;
    this.#ticker = setInterval(() => this.#draw(), everyMs);
  }

  done(count: number): void {
    this.#done = count;
  }

  /** Removes the line and prints the result. */
  end(lines: readonly string[]): void {
    clearInterval(this.#ticker);
    if (this.#screen.isTTY) this.#screen.write('\r\x1b[K');
    const minutes = this.#minutes();
    const rate = Math.round(this.#done / Math.max(minutes, 1));
    const took = `in ${minutes.toFixed(1)} of the quota's minutes (${duration(minutes * this.#parts.minuteMs)})`;
    for (const line of [...lines, `${took}, ${rate} calls a minute`]) {
      this.#screen.write(`${line}\n`);
    }
  }

  #minutes(): number {
    return (performance.now() - this.#startedAt) / this.#parts.minuteMs;
  }

  #draw(): void {
    const text = this.#text();
    this.#screen.write(
      this.#screen.isTTY
        ? `\r\x1b[K${text.slice(0, (this.#screen.columns ?? 80) - 1)}`
        : `${text}\n`,
    );
  }

  #text(): string {
    const { total, minuteMs, state } = this.#parts;
    const [window] = state()?.windows ?? [];
    const limit = window?.limit ?? 0;
    // The rest is sent in rounds, one a minute.
    const rounds = limit === 0 ? 0 : Math.ceil((total - this.#done) / limit);
    const waiting = state()?.waiting ?? 0;
    return [
      `${this.#done}/${total}`,
      `${window?.used ?? 0} of ${limit} a minute`,
      ...(waiting === 0
        ? []
        : [`${waiting} waiting, next in ${duration(state()?.nextFreeMs ?? 0)}`]),
      `${duration(rounds * minuteMs)} left`,
    ].join(' · ');
  }
}
