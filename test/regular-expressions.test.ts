import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { checkSync } from 'recheck';
import { parseAst } from 'rolldown/parseAst';
import { expect, it } from 'vitest';

// Without its native checkers, which are not installed.
process.env['RECHECK_BACKEND'] = 'pure';

const PACKAGES = ['cli', 'core', 'otel', 'prom', 'simulator'];
/** Files that connect, listen or need a peer when they are loaded have no expressions made of strings. */
const MODULES = ['core', 'prom', 'simulator'];

const TIMEOUT_MS = 500;

/** What reads no input from outside: the frame of a stack of our own. */
const OWN_INPUT: ReadonlySet<string> = new Set([
  String.raw`\(?((?:file:\/\/)?[^\s()]*[/\\])(?:pipeline[/\\])?[^/\\]*$`,
]);

async function sourcesOf(name: string): Promise<string[]> {
  const folder = resolve('packages', name, 'src');
  const files = await readdir(folder, { recursive: true });
  return files.filter((file) => file.endsWith('.ts')).map((file) => join(folder, file));
}

type Found = Map<string, { readonly source: string; readonly flags: string; readonly at: string }>;

function add(found: Found, source: string, flags: string, at: string): void {
  found.set(`/${source}/${flags}`, { source, flags, at });
}

/** A program would run when it is loaded. */
function isModule(file: string): boolean {
  return !file.endsWith('/defender-rules.ts');
}

/** The expressions that are written as such. */
function literalsIn(node: unknown, visit: (pattern: string, flags: string) => void): void {
  if (typeof node !== 'object' || node === null) return;
  const regex: unknown = Reflect.get(node, 'regex');
  if (typeof regex === 'object' && regex !== null) {
    visit(String(Reflect.get(regex, 'pattern')), String(Reflect.get(regex, 'flags')));
  }
  for (const part of Object.values(node)) literalsIn(part, visit);
}

/** Loads modules, and gives the expressions that they make of strings. */
async function madeOf(files: readonly string[], found: Found): Promise<void> {
  const Native = globalThis.RegExp;
  globalThis.RegExp = new Proxy(Native, {
    construct(target, args: [pattern: RegExp | string, flags?: string], newTarget) {
      const made = Reflect.construct(target, args, newTarget) as RegExp;
      const { stack = '' } = new Error('place');
      const at = /packages\/[\w-]+\/src\/[\w/.-]+/.exec(stack)?.[0];
      if (at !== undefined) add(found, made.source, made.flags, at);
      return made;
    },
  });
  try {
    for (const file of files) await import(file);
    // The templates of messages are compiled when a code is met.
    const { catalogue, classify } = await import('@defender-resilience/core');
    for (const { code, status } of catalogue) {
      classify({ status, body: { error: { code, message: 'said' } } });
    }
  } finally {
    globalThis.RegExp = Native;
  }
}

it('no regular expression of the sources takes more than linear time', {
  timeout: 120_000,
}, async () => {
  const found: Found = new Map();
  for (const name of PACKAGES) {
    for (const file of await sourcesOf(name)) {
      const ast: unknown = parseAst(await readFile(file, 'utf8'), { lang: 'ts' });
      literalsIn(ast, (source, flags) => add(found, source, flags, file));
    }
  }
  expect(found.size).toBeGreaterThan(80);
  const literals = found.size;
  const modules = await Promise.all(MODULES.map(sourcesOf));
  await madeOf(modules.flat().filter(isModule), found);
  // The templates of messages and the formats of dates.
  expect(found.size).toBeGreaterThan(literals + 5);
  const slow: string[] = [];
  for (const { source, flags, at } of found.values()) {
    // Where that time is not enough to decide, the bounded length of what is read must do: 1,024 characters.
    const answer = checkSync(source, flags, { timeout: TIMEOUT_MS });
    if (answer.status !== 'vulnerable' || OWN_INPUT.has(source)) continue;
    slow.push(`${at}: /${source}/${flags} is ${answer.complexity.summary}`);
  }
  expect(slow).toEqual([]);
});
