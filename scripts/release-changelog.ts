// After "changeset version": what stood under "Unreleased" in CHANGELOG.md belongs to the new version.
import { readFile, writeFile } from 'node:fs/promises';

const { version } = JSON.parse(await readFile('packages/core/package.json', 'utf8')) as {
  readonly version: string;
};
const text = await readFile('CHANGELOG.md', 'utf8');
const heading = /^## Unreleased$/m;
if (!heading.test(text)) throw new Error('CHANGELOG.md has no heading "Unreleased"');
const today = new Date().toISOString().slice(0, 10);
await writeFile('CHANGELOG.md', text.replace(heading, `## Unreleased\n\n## ${version} (${today})`));
