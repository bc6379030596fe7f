// Bundles the command into one file: `dist/defender-resilience.mjs`, which needs nothing but Node, or with
// `--executable` `dist/defender-resilience`, which has this Node in it (Linux; elsewhere it must be signed as well).
import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BuildOptions, build } from 'esbuild';

/** What may be missing where it runs: it is loaded only if it is asked for. */
const OPTIONAL = ['@azure/identity', '@opentelemetry/sdk-node'];

const BUNDLE: BuildOptions = {
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node22',
  conditions: ['@defender-resilience/source'],
  external: OPTIONAL,
  logLevel: 'error',
};

/** Bundles the sources of the command into `outfile`. */
export async function buildSingleFile(outfile: string): Promise<void> {
  await build({
    ...BUNDLE,
    entryPoints: ['packages/cli/src/bin.ts'],
    outfile,
    format: 'esm',
    legalComments: 'external',
    // Dependencies that are CommonJS require Node's own modules.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
}

/** Node 24 takes only CommonJS into an executable, which has no top-level `await`. */
const ENTRY = `
import { processContext } from './process-context.ts';
import { run } from './run.ts';
void run(process.argv.slice(2), processContext()).then((code) => {
  process.exitCode = code;
});`;

/** Marks the place in Node's binary that says whether a program was put into it. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** Builds an executable of the Node that runs this, with the sources of the command in it. */
export async function buildExecutable(outfile: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'executable-'));
  const [main, output] = [join(folder, 'main.cjs'), join(folder, 'blob')];
  await build({
    ...BUNDLE,
    stdin: { contents: ENTRY, resolveDir: join(process.cwd(), 'packages/cli/src'), loader: 'ts' },
    outfile: main,
    format: 'cjs',
    define: { 'import.meta.url': 'executableUrl' },
    banner: {
      js: "const executableUrl = require('node:url').pathToFileURL(process.execPath).href;",
    },
  });
  const config = join(folder, 'config.json');
  await writeFile(config, JSON.stringify({ main, output, disableExperimentalSEAWarning: true }));
  const node = async (...args: readonly string[]): Promise<void> =>
    void (await promisify(execFile)(process.execPath, args));
  await node('--experimental-sea-config', config);
  await copyFile(process.execPath, outfile);
  const require = createRequire(import.meta.url);
  const postject = require.resolve('postject/dist/cli.js');
  await node(postject, outfile, 'NODE_SEA_BLOB', output, '--sentinel-fuse', FUSE);
  await chmod(outfile, 0o755);
  await rm(folder, { recursive: true });
}

if (import.meta.main) {
  if (process.argv.includes('--executable')) {
    await buildExecutable('dist/defender-resilience');
    console.log('dist/defender-resilience: needs no Node.');
  } else {
    await buildSingleFile('dist/defender-resilience.mjs');
    console.log('dist/defender-resilience.mjs: run it with Node 22.12 or later.');
  }
}
