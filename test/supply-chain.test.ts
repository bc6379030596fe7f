import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly license: string;
  readonly files: readonly string[];
  readonly scripts?: Readonly<Record<string, string>>;
}

/** What each package publishes, beside its manifest, its README and its licence. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  '@defender-resilience/core': ['dist', 'src'],
  '@defender-resilience/otel': ['dist', 'src'],
  '@defender-resilience/prom': ['dist', 'src', 'monitoring', 'dashboards', 'alerts'],
  '@defender-resilience/simulator': ['dist', 'src'],
  'defender-resilience': ['dist', 'src', 'schema'],
};

/** Licences that ask for no more than their text. */
const LICENCES = [
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
];

async function manifests(): Promise<readonly Manifest[]> {
  const names = await readdir('packages');
  const texts = names.map((name) => readFile(`packages/${name}/package.json`, 'utf8'));
  return (await Promise.all(texts)).map((text) => JSON.parse(text) as Manifest);
}

it('each package publishes the folders that are meant to be published, under the MIT licence', async () => {
  const published = (await manifests()).filter((manifest) => manifest.private !== true);
  expect(Object.fromEntries(published.map(({ name, files }) => [name, files]))).toEqual(FILES);
  expect(published.filter(({ license }) => license !== 'MIT')).toEqual([]);
});

it('no package runs a script when it is installed', async () => {
  const hooks = ['preinstall', 'install', 'postinstall', 'prepare'];
  for (const { name, scripts = {} } of await manifests()) {
    expect(
      hooks.filter((hook) => hook in scripts),
      name,
    ).toEqual([]);
  }
});

it('of the dependencies, none but Node itself runs a script when it is installed', async () => {
  const workspace = await readFile('pnpm-workspace.yaml', 'utf8');
  const builds = /allowBuilds:\n((?: {2}.+\n)+)/.exec(workspace)?.[1] ?? '';
  expect([...builds.matchAll(/ {2}(\S+): true/g)].map(([, name]) => name)).toEqual(['node']);
});

it('every dependency is locked with the hash of its content', async () => {
  const lockfile = await readFile('pnpm-lock.yaml', 'utf8');
  const packages = /\npackages:\n([\s\S]*?)\nsnapshots:/.exec(lockfile)?.[1] ?? '';
  const resolutions = [...packages.matchAll(/resolution: (.*)/g)].map(([, one = '']) => one);
  expect(resolutions.length).toBeGreaterThan(500);
  expect(resolutions.filter((one) => !/^{integrity: sha512-[\w+/=]+}$/.test(one))).toEqual([]);
});

it('what users install has a licence that asks for no more than its text', async () => {
  const args = [
    '-y',
    'pnpm@12.21.0',
    '--filter',
    './packages/*',
    'licenses',
    'list',
    '--prod',
    '--json',
  ];
  const { stdout } = await promisify(execFile)('npx', args, { maxBuffer: 16 * 2 ** 20 });
  const found = JSON.parse(stdout) as Readonly<Record<string, readonly unknown[]>>;
  expect(Object.keys(found)).toContain('MIT');
  expect(Object.keys(found).filter((licence) => !LICENCES.includes(licence))).toEqual([]);
});
