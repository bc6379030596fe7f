// What is published, as files: a change of the public types is a diff of api/*.d.ts that a person reviews, and a
// change of what a package contains one of its files.txt.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { check, updateCommitted } from './committed.ts';
import { tarballs } from './tarball.ts';

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

const files: (readonly [path: string, text: string])[] = [];
const faults: string[] = [];
for (const name of (await readdir('packages')).toSorted()) {
  for (const [file, text] of await declarationsOf(`packages/${name}/dist`)) {
    files.push([`api/${name}/${file}`, text]);
  }
}
for (const [name, tarball] of await tarballs()) {
  files.push([`api/${name}/files.txt`, tarball.listing]);
  faults.push(...tarball.faults);
}
if (faults.length > 0) {
  console.error(`These would be published:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  process.exit(1);
}
const stale = await updateCommitted(files);

if (check && stale.length > 0) {
  console.error(
    `What is published changed:\n${stale.map((path) => `  ${path}`).join('\n')}\n` +
      'Run "npx -y pnpm@12.21.0 api:accept", look at the diff of api/, and commit it with the change.',
  );
  process.exit(1);
}
console.log(check ? 'api/ is what the packages export.' : `api/: ${stale.length} files written.`);
