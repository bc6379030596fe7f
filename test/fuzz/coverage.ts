import { type Profiler, Session } from 'node:inspector';

/**
 * Which blocks of the code have run, as V8 itself counts them. Modules that are loaded before it starts
 * are followed by function only.
 */
export class Coverage {
  readonly #session = new Session();
  readonly #known = new Set<string>();

  start(): void {
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** How many blocks are known. */
  get size(): number {
    return this.#known.size;
  }

  /** The blocks that have run since it was last asked, and never before that. */
  newBlocks(): ReadonlySet<string> {
    const found = new Set<string>();
    for (const block of this.#taken()) if (!this.#known.has(block)) found.add(block);
    return found;
  }

  learn(blocks: Iterable<string>): void {
    for (const block of blocks) this.#known.add(block);
  }

  *#taken(): Generator<string> {
    let taken: Profiler.ScriptCoverage[] = [];
    // Answers before it returns.
    this.#session.post('Profiler.takePreciseCoverage', (_error, { result }) => {
      taken = result;
    });
    for (const { url, functions } of taken) {
      if (!/\/packages\/\w+\/src\//.test(url)) continue;
      for (const { ranges } of functions) {
        for (const { startOffset, endOffset, count } of ranges) {
          if (count > 0) yield `${url} ${startOffset} ${endOffset}`;
        }
      }
    }
  }
}
