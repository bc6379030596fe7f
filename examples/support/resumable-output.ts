import { type FileHandle, open, readFile, rename, stat } from 'node:fs/promises';
import { field } from './json.ts';

/** How to read and start a job's state, which is plain data. */
export interface Kind<State> {
  /** The state of a new job. */
  readonly initial: State;
  /** Reads a saved state; undefined if it is not one of this job. */
  parse(saved: unknown): State | undefined;
}

/**
 * A file of JSON lines, and beside it a file with the job's state and the length of the output at that state. Lines are
 * written first, then the state, as a new file that is renamed. At the next start, whatever a killed job wrote after its
 * last state is cut off, so each line is there exactly once. For one process at a time.
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

  /** @throws Error if the output and the state do not belong together */
  static async open<State>(path: string, kind: Kind<State>): Promise<ResumableOutput<State>> {
    const statePath = `${path}.state.json`;
    const saved = await readState(statePath, kind);
    const bytes = await sizeOf(path);
    if (saved === undefined && bytes > 0) {
      throw new Error(`${path} exists, but ${statePath} does not. Choose another --output.`);
    }
    if (saved !== undefined && bytes < saved.bytes) {
      throw new Error(
        `${path} is shorter than ${statePath} says, so it was changed. Restore it, or remove both files to start again.`,
      );
    }
    const file = await open(path, bytes === 0 ? 'w' : 'r+');
    await file.truncate(saved?.bytes ?? 0);
    const { bytes: kept, state } = saved ?? { bytes: 0, state: kind.initial };
    const output = new ResumableOutput(file, statePath, kept, state);
    // There must be a state to return to before the first line is written.
    if (saved === undefined) await output.commit([], state);
    return output;
  }

  get state(): State {
    return this.#state;
  }

  /** Adds lines together with the new state. */
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
    // The lines must be on the disk before the state that counts them.
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
  throw new Error(`${path} is not a state of this job. Remove it and its output to start again.`);
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
