import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Published } from './release.ts';

const README = join(import.meta.dirname, '../../README.md');

/** Answers for api.security.microsoft.com, and says at the end how often it was asked. */
const RUN_EXAMPLE = `import { startSimulator } from '@defender-resilience/simulator';
const simulator = await startSimulator({ script: ['InternalServerError', 200] });
const direct = globalThis.fetch;
globalThis.fetch = (url, init) =>
  direct(String(url).replace('https://api.security.microsoft.com', simulator.url), init);
process.env.DEFENDER_TOKEN = 'a-token';
await (await import(process.argv[2])).default; // of a CommonJS module, a promise
console.log('answered ' + simulator.requests.map(({ answered }) => answered));
await simulator.close();
`;

/** The first block of TypeScript in the README. It has no types, so that it is JavaScript as well. */
export async function readmeExample(): Promise<string> {
  const [, code] = /^```ts\n([\s\S]*?)^```$/m.exec(await readFile(README, 'utf8')) ?? [];
  if (code === undefined) throw new Error('README.md has no block of TypeScript');
  return code;
}

/** The same program for a project of CommonJS modules. */
export function asCommonJs(code: string): string {
  const body = code.replaceAll(/^import (\{[^}]*\}) from ('[^']*');$/gm, 'const $1 = require($2);');
  if (/^import /m.test(body)) throw new Error(`an import of README.md has another form:\n${body}`);
  return `module.exports = (async () => {\n${body}})();\n`;
}

/** Every entry of every package, loaded both ways: both must give the same names. One may have types alone. */
function entriesProgram(packages: readonly Published[]): string {
  const entries = packages.flatMap(({ name, exports = {} }) =>
    Object.keys(exports)
      .filter((path) => path !== './package.json')
      .map((path) => join(name, path)),
  );
  return `import { createRequire } from 'node:module';
import assert from 'node:assert/strict';
const require = createRequire(import.meta.url);
for (const entry of ${JSON.stringify(entries)}) {
  const names = (module) => Object.keys(module).filter((name) => name !== '__esModule').sort();
  const imported = names(await import(entry));
  assert.deepEqual(names(require(entry)), imported, entry);
}
console.log('${entries.length} entries');
`;
}

/** The programs of a project, by what each must print at its end. */
export async function writePrograms(
  folder: string,
  packages: readonly Published[],
): Promise<ReadonlyMap<readonly string[], RegExp>> {
  const code = await readmeExample();
  const files: Readonly<Record<string, string>> = {
    'run-example.mjs': RUN_EXAMPLE,
    'readme.mjs': code,
    'readme.cjs': asCommonJs(code),
    'entries.mjs': entriesProgram(packages),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return new Map([
    [['run-example.mjs', './readme.mjs'], /^answered 500,200$/m],
    [['run-example.mjs', './readme.cjs'], /^answered 500,200$/m],
    [['entries.mjs'], /^\d+ entries$/m],
  ]);
}
