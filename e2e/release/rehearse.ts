// Rehearses a release on this machine: nothing leaves it, and nothing of it stays.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { followPages } from './newcomer.ts';
import { ALL, EACH_ONCE, NODES, tryProject } from './projects.ts';
import { Registry } from './registry.ts';
import { commitTree, copyTree, release } from './release.ts';

const started = performance.now();
function say(text: string): void {
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  console.log(`${seconds.padStart(6)} s  ${text}`);
}

/** A home of its own: no cache, store or configuration of the machine's is read or changed. */
async function homeFor(folder: string, registry: Registry): Promise<NodeJS.ProcessEnv> {
  const home = join(folder, 'home');
  await mkdir(home, { recursive: true });
  // The registry takes packages from anybody, but the clients publish only with a token.
  await writeFile(
    join(home, '.npmrc'),
    `registry=${registry.url}\n${registry.url.replace(/^http:/, '')}:_authToken=rehearsal\n`,
  );
  const outer = Object.entries(process.env).filter(([name]) => !/^(?:p?npm|yarn|xdg)_/i.test(name));
  return {
    ...Object.fromEntries(outer),
    HOME: home,
    PATH: [join(import.meta.dirname, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
    npm_config_registry: registry.url,
    npm_config_update_notifier: 'false',
    YARN_NPM_REGISTRY_SERVER: registry.url,
    YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
    YARN_ENABLE_TELEMETRY: '0',
    // A lock file is new in an empty project, which CI would refuse.
    YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
    // Yarn does not take what was published within the last day.
    YARN_NPM_MINIMAL_AGE_GATE: '0',
  };
}

async function rehearse(folder: string): Promise<void> {
  await using registry = await Registry.start(folder);
  say(`a registry listens at ${registry.url}`);
  const env = await homeFor(folder, registry);
  const tree = join(folder, 'tree');
  await copyTree(tree);
  await commitTree(tree, env);
  const packages = await release(tree, env);
  const [first] = packages;
  const changelog = await readFile(join(tree, 'packages/core/CHANGELOG.md'), 'utf8');
  if (first === undefined || !changelog.includes(`## ${first.version}`)) {
    throw new Error(`CHANGELOG.md of core does not name its version:\n${changelog.slice(0, 500)}`);
  }
  if (!first.version.startsWith('0.')) {
    throw new Error(
      `a changeset asks for ${first.version}: before 1.0, what breaks is a minor version`,
    );
  }
  say(`published ${packages.map(({ name, version }) => `${name} ${version}`).join(', ')}`);

  for (const chosen of process.argv.includes('--all') ? ALL : EACH_ONCE) {
    const project = join(folder, `${chosen.manager}-${chosen.node}`);
    const printed = await tryProject({ ...chosen, folder: project, packages, env });
    say(`${chosen.manager} on Node ${chosen.node}: ${printed.join(' · ')}`);
  }
  say(`docs/start: ${await followPages(join(folder, 'newcomer'), NODES[24], env)}`);
}

const keep = process.argv.includes('--keep');
const folder = await mkdtemp(join(tmpdir(), 'release-rehearsal-'));
try {
  await rehearse(folder);
  say('the release can be published');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  if (keep) say(`left ${folder}`);
  else await rm(folder, { recursive: true, force: true });
}
