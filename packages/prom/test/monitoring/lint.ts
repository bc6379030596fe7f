import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outcomeOf } from './tools.ts';

/** What promtool says of a rule file, every lint included: empty when it says nothing against it. */
export async function lintOf(promtool: string, text: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'lint-'));
  try {
    const path = join(directory, 'rules.yaml');
    await writeFile(path, text);
    const args = ['check', 'rules', '--lint=all', '--lint-fatal', path];
    const { ok, output } = await outcomeOf(promtool, args);
    return ok ? '' : output;
  } finally {
    await rm(directory, { recursive: true });
  }
}
