import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from './command.ts';

const ROOT = join(import.meta.dirname, '../..');

export interface Published {
  readonly name: string;
  readonly version: string;
  readonly exports?: Readonly<Record<string, unknown>>;
}

/** Copies what a commit of the tree as it is would contain, and links what is installed. */
export async function copyTree(target: string): Promise<void> {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const files = await run('git', list, { cwd: ROOT, env: process.env });
  for (const file of files.split('\0').filter((path) => path !== '')) {
    await mkdir(dirname(join(target, file)), { recursive: true });
    // A file that git still lists may have been deleted.
    await cp(join(ROOT, file), join(target, file)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
  const packages = (await readdir(join(target, 'packages'))).map((name) => `packages/${name}`);
  for (const folder of ['.', ...packages]) await linkInstalled(folder, target);
}

/** Links what is installed; the packages of the workspace link to each other in the copy, as an install would do it. */
async function linkInstalled(folder: string, target: string): Promise<void> {
  const installed = join(ROOT, folder, 'node_modules');
  const links = join(target, folder, 'node_modules');
  for (const name of await readdir(installed)) {
    const isScope = name.startsWith('@');
    for (const path of isScope ? await readdir(join(installed, name)) : ['']) {
      const ours = name === '@defender-resilience' && path !== '';
      await mkdir(dirname(join(links, name, path)), { recursive: true });
      await symlink(
        ours ? join(target, 'packages', path) : join(installed, name, path),
        join(links, name, path),
      );
    }
  }
}

/** Makes the copy a repository of one commit: changesets names the commit that added a change. */
export async function commitTree(target: string, env: NodeJS.ProcessEnv): Promise<void> {
  const git = (...args: readonly string[]): Promise<string> =>
    run('git', ['-c', 'user.name=rehearsal', '-c', 'user.email=rehearsal@localhost', ...args], {
      cwd: target,
      env,
    });
  await git('init', '--quiet', '--initial-branch=main');
  // The links to installed packages are no folders, so .gitignore does not cover them.
  await writeFile(join(target, '.git/info/exclude'), 'node_modules\n');
  await git('add', '--all');
  await git('commit', '--quiet', '--no-verify', '--message=Rehearse a release');
}

/** The steps of the release workflow: versions, changelogs, build, publication. */
export async function release(target: string, env: NodeJS.ProcessEnv): Promise<Published[]> {
  const node = (...args: readonly string[]): Promise<string> =>
    run(process.execPath, args, { cwd: target, env });
  const changeset = join(ROOT, 'node_modules/@changesets/cli/bin.js');
  await node(changeset, 'version');
  await node('scripts/release-changelog.ts');
  await run(join(target, 'node_modules/.bin/tsdown'), [], { cwd: target, env });
  await node(changeset, 'publish');
  return Promise.all(
    (await readdir(join(target, 'packages'))).toSorted().map(async (folder) => {
      const text = await readFile(join(target, 'packages', folder, 'package.json'), 'utf8');
      return JSON.parse(text) as Published;
    }),
  );
}
