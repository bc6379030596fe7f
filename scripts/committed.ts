import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Whether this run only looks, or writes. */
export const check: boolean = process.argv.includes('--check');

/** Writes the files that are not as they should be, or only looks with `--check`; gives their paths. */
export async function updateCommitted(
  files: Iterable<readonly [path: string, text: string]>,
): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const [path, text] of files) {
    const committed = await readFile(path, 'utf8').catch(() => undefined);
    if (committed === text) continue;
    stale.push(path);
    if (check) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  return stale;
}
