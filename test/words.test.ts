import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { words } from './words/list.ts';

// Run alone: npx -y pnpm@12.21.0 exec vitest run test/words.test.ts

/** What is read, by the folder that mends it. */
const AREAS: Readonly<Record<string, readonly string[]>> = {
  'packages/core': ['packages/core/src', 'packages/core/README.md'],
  'packages/otel': ['packages/otel/src', 'packages/otel/README.md'],
  'packages/prom': ['packages/prom'],
  'packages/simulator': ['packages/simulator/src', 'packages/simulator/README.md'],
  'packages/cli': ['packages/cli/src', 'packages/cli/README.md'],
  docs: ['docs'],
  examples: ['examples'],
  'the root': [':(glob)*.md', '.github', 'scripts', ':!CHANGELOG.md'],
};
const TESTS = /^packages\/\w+\/test\//;
const READ = /\.(?:ts|js|md|ya?ml|json|svg)$/;

async function filesOf(area: readonly string[]): Promise<string[]> {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', ...area];
  const { stdout } = await promisify(execFile)('git', list);
  return stdout.split('\n').filter((path) => READ.test(path) && !TESTS.test(path));
}

/** One line for each banned word of a file: where it stands, and what to write. */
function hitsIn(path: string, text: string): string[] {
  const banned = words.filter(({ within }) => within?.test(path) ?? true);
  return text.split('\n').flatMap((line, index) =>
    banned.flatMap(({ find, write }) => {
      const [hit] = find.exec(line) ?? [];
      return hit === undefined ? [] : [`${path}:${index + 1}: "${hit}" → ${write}`];
    }),
  );
}

it.each(Object.entries(AREAS))(
  'uses the field’s words and plain English in %s',
  async (_, area) => {
    const hits: string[] = [];
    for (const path of await filesOf(area)) {
      // A file that git still lists may have been deleted.
      hits.push(...hitsIn(path, await readFile(path, 'utf8').catch(() => '')));
    }
    expect(hits.length, `\n${hits.join('\n')}\n`).toBe(0);
  },
);
