import { styleText } from 'node:util';
import { duration } from './table.ts';

/** Shows the progress of a step: a line that changes on a terminal, a line at its end elsewhere. */
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
    const mark = faults.length === 0 ? styleText('green', '✓') : styleText('red', '✗');
    this.#write(`  ${mark} ${this.#title}  (${took})\n`);
    for (const fault of faults) process.stdout.write(`      ${fault}\n`);
  }

  #write(text: string): void {
    process.stdout.write(process.stdout.isTTY ? `\r\x1b[K${text}` : text);
  }
}
