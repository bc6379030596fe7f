import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that is gone when the test is over. */
export interface Folder extends AsyncDisposable {
  readonly path: (name: string) => string;
}

export async function newFolder(): Promise<Folder> {
  const folder = await mkdtemp(join(tmpdir(), 'defender-example-'));
  return {
    path: (name) => join(folder, name),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

/** The rows of a file of JSON lines. Throws where a line is none. */
export async function rowsOf(path: string): Promise<unknown[]> {
  const text = await readFile(path, 'utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line): unknown => JSON.parse(line));
}
