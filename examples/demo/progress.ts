import { duration } from './table.ts';

/** Tells how far a step is: on a terminal in one line that changes, elsewhere in one line at its end. */
export class Progress {
  readonly #startedAt = performance.now();
  readonly #title: string;

  constructor(title: string) {
    this.#title = title;
    this.at(0, 0);
  }

  at(done: number, of: number): void {
    if (process.stdout.isTTY) this.#write(`  … ${this.#title}${of === 0 ? '' : `  ${done}/${of}`}`);
  }

  end(faults: readonly string[]): void {
    const took = duration(performance.now() - this.#startedAt);
    this.#write(`  ${faults.length === 0 ? '✓' : '✗'} ${this.#title}  (${took})\n`);
    for (const fault of faults) process.stdout.write(`      ${fault}\n`);
  }

  #write(text: string): void {
    process.stdout.write(process.stdout.isTTY ? `\r\x1b[K${text}` : text);
  }
}
