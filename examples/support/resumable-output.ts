import { type FileHandle, open, readFile, rename, stat } from 'node:fs/promises';
import { field } from './json.ts';

/** What a job remembers from run to run: plain data. */
export interface Kind<State> {
  /** The state before anything is done. */
  readonly initial: State;
  /** Reads a state that was saved; undefined when it is none of this job's. */
  parse(saved: unknown): State | undefined;
}

/**
 * A file of JSON lines, and beside it a state that says how far the job has come and how long the file
 * was then. Lines are written first, the state after them, at once and whole (a new file, renamed).
 * Whatever a killed job wrote after its last state is cut off at the next start, so that each line is
 * there exactly once. For one process at a time.
 */
export class ResumableOutput<State> {
  readonly #file: FileHandle;
  readonly #statePath: string;
  #bytes: number;
  #state: State;

  private constructor(file: FileHandle, statePath: string, bytes: number, state: State) {
    this.#file = file;
    this.#statePath = statePath;
    this.#bytes = bytes;
    this.#state = state;
  }

  /** @throws Error when the file and the state do not fit together */
  static async open<State>(path: string, kind: Kind<State>): Promise<ResumableOutput<State>> {
    const statePath = `${path}.state.json`;
    const saved = await readState(statePath, kind);
    const bytes = await sizeOf(path);
    if (saved === undefined && bytes > 0) {
      throw new Error(`${path} exists, but ${statePath} does not. Name another --output.`);
    }
    if (saved !== undefined && bytes < saved.bytes) {
      throw new Error(
        `${path} is shorter than ${statePath} says, so somebody changed it. Restore it, or remove both to begin anew.`,
      );
    }
    const file = await open(path, bytes === 0 ? 'w' : 'r+');
    await file.truncate(saved?.bytes ?? 0);
    const { bytes: kept, state } = saved ?? { bytes: 0, state: kind.initial };
    const output = new ResumableOutput(file, statePath, kept, state);
    // From the first line on there is a state to go back to.
    if (saved === undefined) await output.commit([], state);
    return output;
  }

  get state(): State {
    return this.#state;
  }

  /** Adds lines and the state that comes with them: both or neither. */
  async commit(rows: readonly unknown[], state: State): Promise<void> {
    const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    const bytes = this.#bytes + (await this.#write(Buffer.from(text)));
    const next = await open(`${this.#statePath}.new`, 'w');
    try {
      await next.writeFile(`${JSON.stringify({ bytes, state })}\n`);
      await next.sync();
    } finally {
      await next.close();
    }
    await rename(`${this.#statePath}.new`, this.#statePath);
    this.#bytes = bytes;
    this.#state = state;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #write(data: Buffer): Promise<number> {
    let done = 0;
    while (done < data.length) {
      const { bytesWritten } = await this.#file.write(data, done, null, this.#bytes + done);
      done += bytesWritten;
    }
    // On the disk before the state that counts on it.
    if (done > 0) await this.#file.datasync();
    return done;
  }
}

interface Saved<State> {
  readonly bytes: number;
  readonly state: State;
}

async function readState<State>(
  path: string,
  { parse }: Kind<State>,
): Promise<Saved<State> | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  const saved = parseJson(text);
  const bytes = field(saved, 'bytes');
  const state = parse(field(saved, 'state'));
  if (typeof bytes === 'number' && state !== undefined) return { bytes, state };
  throw new Error(`${path} is no state of this job. Remove it and its output to begin anew.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
