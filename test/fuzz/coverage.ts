import { type Profiler, Session } from 'node:inspector';

/** A character of the code: the number of its file, times this, and its offset. */
const MAX_FILE = 2 ** 24;

/**
 * Which characters of the code have run, as V8 itself counts them. Its ranges are no measure: they depend on
 * how often each of them ran. Modules that are loaded before it starts are followed by function only.
 */
export class Coverage {
  readonly #session = new Session();
  /** Of each file: 1 where a character has run. */
  readonly #known = new Map<string, Uint8Array>();
  /** How many characters are known to have run. */
  size = 0;

  start(): void {
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** The characters that have run since it was last asked, and are not known. */
  newCode(): ReadonlySet<number> {
    const found = new Set<number>();
    for (const { url, functions } of this.#taken()) {
      const known = this.#knownOf(url, functions);
      const file = [...this.#known.keys()].indexOf(url) * MAX_FILE;
      const covered = paint(functions, known.length);
      for (let at = 0; at < covered.length; at += 1) {
        if (covered[at] === 1 && known[at] === 0) found.add(file + at);
      }
    }
    return found;
  }

  learn(code: Iterable<number>): void {
    const files = [...this.#known.values()];
    for (const place of code) {
      const known = files[Math.floor(place / MAX_FILE)];
      if (known === undefined || known[place % MAX_FILE] === 1) continue;
      known[place % MAX_FILE] = 1;
      this.size += 1;
    }
  }

  #knownOf(url: string, functions: readonly Profiler.FunctionCoverage[]): Uint8Array {
    const found = this.#known.get(url);
    if (found !== undefined) return found;
    const ends = functions.flatMap(({ ranges }) => ranges.map(({ endOffset }) => endOffset));
    const known = new Uint8Array(Math.max(...ends));
    this.#known.set(url, known);
    return known;
  }

  #taken(): readonly Profiler.ScriptCoverage[] {
    let taken: Profiler.ScriptCoverage[] = [];
    // Answers before it returns.
    this.#session.post('Profiler.takePreciseCoverage', (_error, { result }) => {
      taken = result;
    });
    return taken.filter(({ url }) => /\/packages\/\w+\/src\//.test(url));
  }
}

/** 1 where a character has run: a range lies over those that it is in, which come before it. */
function paint(functions: readonly Profiler.FunctionCoverage[], length: number): Uint8Array {
  const covered = new Uint8Array(length);
  for (const { ranges } of functions) {
    for (const { startOffset, endOffset, count } of ranges) {
      covered.fill(Math.min(count, 1), startOffset, endOffset);
    }
  }
  return covered;
}
