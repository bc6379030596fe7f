import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A comment that names a file, or a region of it, and the block of code below, which shows it. */
const SNIPPET =
  /^<!-- ([\w./-]+\.(?:ts|mts|mjs|cjs|js|ya?ml))(?:#([\w-]+))? -->\n```(\w+)\n[\s\S]*?^```$/gm;

/** What stands between `// #region name` and the next `// #endregion`, without the indentation of its first line. */
function regionOf(text: string, name: string): string | undefined {
  const lines = text.split('\n');
  const begin = lines.findIndex((line) => line.trim() === `// #region ${name}`);
  const length = lines.slice(begin + 1).findIndex((line) => line.trim() === '// #endregion');
  if (begin < 0 || length < 0) return undefined;
  const region = lines.slice(begin + 1, begin + 1 + length);
  const indent = /^ */.exec(region[0] ?? '')?.[0].length ?? 0;
  return `${region.map((line) => line.slice(Math.min(indent, line.search(/\S|$/)))).join('\n')}\n`;
}

/** The code that a page shows, as it stands in the file. */
function codeOf(page: string, path: string, region: string | undefined): string {
  const text = readFileSync(path, 'utf8');
  const code = region === undefined ? text : regionOf(text, region);
  if (code === undefined) throw new Error(`${page} shows the region ${region} of ${path}: none`);
  return code;
}

/** The pages with the code of the files that they name. `generated`: files that are not yet written. */
export function pagesWithSnippets(
  generated: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'];
  const paths = execFileSync('git', list, { encoding: 'utf8' }).split('\n');
  const files: Record<string, string> = {};
  for (const path of paths.filter((name) => name !== '')) {
    const text = generated[path] ?? readFileSync(path, 'utf8');
    const written = text.replaceAll(SNIPPET, (block, file: string, region?: string) => {
      const fence = /```\w+/.exec(block)?.[0] ?? '```ts';
      const head = block.slice(0, block.indexOf('\n'));
      return `${head}\n${fence}\n${codeOf(path, file, region)}\`\`\``;
    });
    if (text.search(SNIPPET) >= 0) files[path] = written;
  }
  return files;
}
