import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Bundle, Target } from './bundlers.ts';

/** What the bundle's `check` gives in a Node process of its own. */
export async function runInNode(
  { bundler, shape }: Target,
  { code }: Bundle,
  folder: string,
  url: string,
): Promise<string> {
  const path = join(folder, `${bundler}.${shape === 'commonjs' ? 'cjs' : 'mjs'}`);
  await writeFile(path, code);
  const load =
    shape === 'commonjs'
      ? `Promise.resolve(require(${JSON.stringify(path)}))`
      : `import(${JSON.stringify(path)})`;
  const program = `${load}
    .then(({ check }) => check(${JSON.stringify(url)}))
    .then((result) => console.log(JSON.stringify(result)));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program]);
  return stdout.trim();
}
