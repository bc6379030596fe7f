// Bundles the command into one file that needs nothing but Node: dist/defender-resilience.mjs.
import { build } from 'esbuild';

/** What may be missing where it runs: it is loaded only if it is asked for. */
const OPTIONAL = ['@azure/identity', '@opentelemetry/sdk-node'];

/** Bundles the sources of the command into `outfile`. */
export async function buildSingleFile(outfile: string): Promise<void> {
  await build({
    entryPoints: ['packages/cli/src/bin.ts'],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    conditions: ['@defender-resilience/source'],
    external: OPTIONAL,
    legalComments: 'external',
    // Dependencies that are CommonJS require Node's own modules.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
}

if (import.meta.main) {
  await buildSingleFile('dist/defender-resilience.mjs');
  console.log('dist/defender-resilience.mjs: run it with Node 22.12 or later.');
}
