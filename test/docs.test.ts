import { execFile } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** Every Markdown page of the repository, by its path. */
async function pages(): Promise<Map<string, string>> {
  const { stdout } = await promisify(execFile)('git', [
    'ls-files',
    '--cached',
    '--others',
    '--exclude-standard',
    '*.md',
  ]);
  const paths = stdout.split('\n').filter((path) => path !== '' && !path.startsWith('.changeset/'));
  const texts = await Promise.all(
    paths.map(async (path) => [path, await readFile(path, 'utf8')] as const),
  );
  return new Map(texts);
}

const withoutCode = (text: string): string => text.replaceAll(/^```[\s\S]*?^```/gm, '');

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, title = ''] of withoutCode(text).matchAll(/^#+ +(.+)$/gm)) {
    const plain = title.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    anchors.add(
      plain
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(/\s/g, '-'),
    );
  }
  for (const [, id = ''] of text.matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(id);
  return anchors;
}

it('links only to files and headings that exist', async () => {
  const all = await pages();
  const dead: string[] = [];
  for (const [path, text] of all) {
    const links = withoutCode(text)
      .replaceAll(/`[^`\n]*`/g, '')
      .matchAll(/\]\(([^)\s]+)\)/g);
    for (const [, link = ''] of links) {
      if (/^[a-z]+:/i.test(link)) continue;
      const [address = '', anchor] = link.split('#');
      const file = address.replace(/\?.*/, '');
      const target = file === '' ? path : normalize(join(dirname(path), file)).replace(/\/$/, '');
      const found = await access(target).then(
        () => true,
        () => false,
      );
      const page = all.get(target);
      const hasAnchor = anchor === undefined || page === undefined || anchorsOf(page).has(anchor);
      if (!found || !hasAnchor) dead.push(`${path}: ${link}`);
    }
  }
  expect(dead).toEqual([]);
});

it('links from a package’s README only to whole addresses, which work on the registry’s page', async () => {
  const relative: string[] = [];
  for (const [path, text] of await pages()) {
    if (!/^packages\/\w+\/README\.md$/.test(path)) continue;
    for (const [link] of withoutCode(text).matchAll(/\]\((?!https?:|#)[^)]*\)/g)) {
      relative.push(`${path}: ${link}`);
    }
  }
  expect(relative).toEqual([]);
});

it('names in the README the two commands that package.json has', async () => {
  const manifest = JSON.parse(await readFile('package.json', 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const readme = await readFile('README.md', 'utf8');
  const commands = [...readme.matchAll(/^npx -y pnpm@12\.21\.0 ([\w:]+)/gm)].map(
    ([, name]) => name,
  );
  expect(commands).toEqual(['demo', 'test']);
  for (const command of commands) expect(manifest.scripts).toHaveProperty([String(command)]);
});
