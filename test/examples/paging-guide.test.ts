import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const GUIDE = 'docs/guide/paging-and-hunting.md';
const FOLDERS = ['examples/export', 'examples/hunting', 'examples/support'];

async function sources(): Promise<string[]> {
  const paths = await Promise.all(
    FOLDERS.map(async (folder) => (await readdir(folder)).map((file) => join(folder, file))),
  );
  return Promise.all(paths.flat().map((path) => readFile(path, 'utf8')));
}

/** The lines without the indentation that all of them have. */
function dedented(lines: readonly string[]): string {
  const filled = lines.filter((line) => line.trim() !== '');
  const margin = Math.min(...filled.map((line) => line.length - line.trimStart().length));
  return lines.map((line) => line.slice(margin)).join('\n');
}

/** Whether consecutive lines of a source are a snippet, at whatever indentation. */
function holds(source: string, snippet: string): boolean {
  const wanted = dedented(snippet.split('\n'));
  const length = wanted.split('\n').length;
  const lines = source.split('\n');
  return lines.some((_, at) => dedented(lines.slice(at, at + length)) === wanted);
}

it('shows no code that the examples do not have', async () => {
  const guide = await readFile(GUIDE, 'utf8');
  const snippets = [...guide.matchAll(/^```ts\n([\s\S]*?)\n```$/gm)].map(([, code = '']) => code);
  expect(snippets.length).toBeGreaterThan(5);
  const all = await sources();
  expect(snippets.filter((code) => !all.some((source) => holds(source, code)))).toEqual([]);
});

it('names no option that the examples do not have', async () => {
  const guide = await readFile(GUIDE, 'utf8');
  const all = (await sources()).join('\n');
  const options = [...guide.matchAll(/`(--[a-z-]+)/g)].map(([, option = '']) => option);
  expect(options.length).toBeGreaterThan(3);
  expect(options.filter((option) => option !== '--help' && !all.includes(option))).toEqual([]);
});
