import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { manifest } from '../scripts/generate/project-files.ts';
import { placeholdersIn } from '../scripts/placeholders.ts';
import { faultsOf, type Project } from '../scripts/project.ts';

const NOTHING: Project = {
  repository: '',
  docs: '',
  npmScope: '',
  contact: '',
  codeOwners: '',
};
const KNOWN: Project = {
  repository: 'https://github.com/owner/name',
  docs: 'https://owner.github.io/name',
  npmScope: '@scope',
  contact: 'conduct@owner.dev',
  codeOwners: '@owner/team @somebody',
};

describe('the facts of the project', () => {
  it('are complete when every field is filled in', () => {
    expect(faultsOf(KNOWN)).toEqual([]);
  });

  it('name each field that is empty', () => {
    const names = faultsOf(NOTHING).map((fault) => fault.split(' ')[0]);
    expect(names).toEqual(Object.keys(NOTHING));
  });

  it('name a field that cannot be right', () => {
    expect(faultsOf({ ...KNOWN, repository: 'github.com/owner/name' })).toEqual([
      expect.stringContaining('repository is "github.com/owner/name"'),
    ]);
  });
});

describe('a package.json', () => {
  const bare = '{\n  "name": "@scope/core",\n  "license": "MIT",\n  "files": []\n}\n';

  it('carries no link that nobody knows', () => {
    expect(manifest(bare, 'core', NOTHING)).toBe(bare);
  });

  it('carries the links of the repository, and loses them again', () => {
    const linked = manifest(bare, 'core', KNOWN);
    expect(JSON.parse(linked)).toEqual({
      name: '@scope/core',
      homepage: 'https://owner.github.io/name',
      bugs: 'https://github.com/owner/name/issues',
      repository: {
        type: 'git',
        url: 'git+https://github.com/owner/name.git',
        directory: 'packages/core',
      },
      license: 'MIT',
      files: [],
    });
    expect(manifest(linked, 'core', KNOWN)).toBe(linked);
    expect(manifest(linked, 'core', NOTHING)).toBe(bare);
  });
});

it('finds placeholders, and not the addresses that are meant', () => {
  const text = 'see https://wiki.example/page, http://localhost:3000/d and "workspace:^"; TODO';
  expect(placeholdersIn(text, 'prom')).toEqual([
    'https://wiki.example',
    'http://localhost:3000',
    '"workspace:^"',
    'TODO',
  ]);
  expect(placeholdersIn('http://localhost:4318 https://owner.github.io', 'otel')).toEqual([]);
});

it('runs no action of somebody else’s by a tag that can be moved', async () => {
  const files = ['workflows/ci.yml', 'workflows/release.yml', 'actions/setup/action.yml'];
  const texts = await Promise.all(files.map((file) => readFile(`.github/${file}`, 'utf8')));
  const used = texts.flatMap((text) => [...text.matchAll(/uses: (.*)/g)].map(([, name]) => name));
  expect(used.length).toBeGreaterThan(0);
  for (const name of used) {
    expect(name).toMatch(/^\.\/\.github\/|^[\w-]+\/[\w./-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/);
  }
});
