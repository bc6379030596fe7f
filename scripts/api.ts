// Public types as files: an API change is a diff of api/*.d.ts that a person reviews.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const check = process.argv.includes('--check');
const stale: string[] = [];

/** Bundled declarations import chunks with a content hash in their names; those are inlined here. */
async function declarationsOf(folder: string): Promise<Map<string, string>> {
  const files = (await readdir(folder, { recursive: true })).filter((file) =>
    file.endsWith('.d.ts'),
  );
  const texts = new Map<string, string>();
  for (const file of files.toSorted()) {
    const text = await readFile(join(folder, file), 'utf8');
    const stable = text
      .replace(/^\/\/# sourceMappingURL=.*$/m, '')
      .replaceAll(/(-[\w-]{8})(?=\.(?:d\.ts|js)\b)/g, '');
    texts.set(file.replace(/-[\w-]{8}(?=\.d\.ts$)/, ''), `${stable.trimEnd()}\n`);
  }
  return texts;
}

for (const name of (await readdir('packages')).toSorted()) {
  const declarations = await declarationsOf(`packages/${name}/dist`);
  for (const [file, text] of declarations) {
    const path = `api/${name}/${file}`;
    const committed = await readFile(path, 'utf8').catch(() => undefined);
    if (committed === text) continue;
    stale.push(path);
    if (check) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

if (check && stale.length > 0) {
  console.error(
    `The public types changed:\n${stale.map((path) => `  ${path}`).join('\n')}\n` +
      'Run "npx -y pnpm@12.21.0 api:accept", look at the diff of api/, and commit it with the change.',
  );
  process.exit(1);
}
console.log(check ? 'api/ is what the packages export.' : `api/: ${stale.length} files written.`);
