// Says what is missing before the packages can be published: facts of project.json, and placeholders in what
// would be published. Needs the build.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { placeholdersIn } from './placeholders.ts';
import { faultsOf, project } from './project.ts';

const run = promisify(execFile);
const BINARY = /\.(?:map|png)$/;
const REQUIRED = ['LICENSE', 'README.md', 'package.json'];

interface Manifest {
  readonly name: string;
  readonly version: string;
}

/** Packs a package as publishing it would, and returns the unpacked folder. */
async function packed(folder: string, into: string): Promise<string> {
  const target = join(into, folder);
  await run('npx', ['-y', 'pnpm@12.21.0', 'pack', '--pack-destination', target], {
    cwd: `packages/${folder}`,
  });
  const [archive = ''] = await readdir(target);
  await run('tar', ['-xzf', archive], { cwd: target });
  return join(target, 'package');
}

async function filesFaults(name: string, folder: string): Promise<string[]> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name));
  const faults = REQUIRED.filter((required) => !files.includes(join(folder, required))).map(
    (required) => `${required} is missing`,
  );
  if (!files.some((file) => file.startsWith(join(folder, 'dist/')))) {
    faults.push('dist/ is missing: run "npx -y pnpm@12.21.0 run build"');
  }
  for (const file of files.filter((path) => !BINARY.test(path))) {
    for (const found of placeholdersIn(await readFile(file, 'utf8'), name)) {
      faults.push(`${file.slice(folder.length + 1)} carries ${found}`);
    }
  }
  return faults;
}

async function manifestFaults(folder: string, pending: boolean): Promise<string[]> {
  const text = await readFile(join(folder, 'package.json'), 'utf8');
  const { name, version } = JSON.parse(text) as Manifest;
  const faults: string[] = [];
  if (project.npmScope !== '' && !name.startsWith(`${project.npmScope}/`)) {
    faults.push(`${name} is not in the scope ${project.npmScope}: RELEASING.md says how to rename`);
  }
  if (version === '0.0.0' && !pending) {
    faults.push('version 0.0.0: add a changeset and run "changeset version"');
  }
  return faults;
}

const faults = faultsOf(project).map((fault) => `project.json: ${fault}`);
const pending = (await readdir('.changeset')).some((name) => name.endsWith('.md'));
const folder = await mkdtemp(join(tmpdir(), 'release-check-'));
for (const name of (await readdir('packages')).toSorted()) {
  const content = await packed(name, folder);
  const found = [
    ...(await manifestFaults(content, pending)),
    ...(await filesFaults(name, content)),
  ];
  faults.push(...found.map((fault) => `packages/${name}: ${fault}`));
}
await rm(folder, { recursive: true });

if (faults.length > 0) {
  console.error(`Not ready to be published:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  process.exit(1);
}
console.log('Ready to be published.');
