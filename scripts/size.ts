// Bundles each entry of the built packages and holds its size to the limit in size-limits.ts.
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { type SizeLimit, sizeLimits } from './size-limits.ts';

/**
 * Not counted: Node's own modules, peers, which the user has anyway, and the server of the simulator. Other
 * dependencies are part of what an entry costs.
 */
const EXTERNAL = [
  /^node:/,
  /^@opentelemetry\/(?!semantic-conventions)/,
  /^(prom-client|@prometheus-io\/client|fastify)$/,
];
const CORE = /^@defender-resilience\/core/;

/** The bundle's size in KiB. A package resolves its own name, so its program stands in its folder. */
async function sizeOf({ name, program }: SizeLimit): Promise<number> {
  const folder = /^\w+/.exec(name)?.[0] ?? name;
  const path = resolve(`packages/${folder}/program.js`);
  const bundle = await rolldown({
    input: path,
    platform: 'node',
    logLevel: 'silent',
    external: folder === 'core' ? EXTERNAL : [...EXTERNAL, CORE],
    plugins: [
      {
        name: 'program',
        resolveId: (id) => (id === path ? id : null),
        load: (id) => (id === path ? program : null),
      },
    ],
  });
  const { output } = await bundle.generate({ format: 'esm', minify: true });
  await bundle.close();
  const code = output.map((chunk) => (chunk.type === 'chunk' ? chunk.code : '')).join('');
  return gzipSync(code, { level: 9 }).byteLength / 1_024;
}

/** What users can import: `core`, `core/axios`, … */
function entries(): string[] {
  return readdirSync('packages').flatMap((folder) => {
    const text = readFileSync(`packages/${folder}/package.json`, 'utf8');
    const { exports } = JSON.parse(text) as { readonly exports: Readonly<Record<string, unknown>> };
    return Object.keys(exports)
      .filter((entry) => entry !== './package.json')
      .map((entry) => `${folder}${entry.slice(1)}`);
  });
}

const limited = new Set(sizeLimits.map(({ name }) => name));
const unlimited = entries().filter((entry) => !limited.has(entry));
if (unlimited.length > 0) {
  console.error(`Without a limit in scripts/size-limits.ts: ${unlimited.join(', ')}`);
  process.exit(1);
}

const tooLarge: string[] = [];
console.log(`${'entry'.padEnd(28)}  KiB    limit   (minified, gzip)`);
for (const limit of sizeLimits) {
  const size = await sizeOf(limit);
  const exceeds = size > limit.limitKib;
  if (exceeds) tooLarge.push(`${limit.name}: ${size.toFixed(1)} KiB, allowed ${limit.limitKib}`);
  const cells = [size.toFixed(1).padStart(5), limit.limitKib.toFixed(1).padStart(5)];
  console.log(`${limit.name.padEnd(28)} ${cells.join('   ')}${exceeds ? '   too large' : ''}`);
}
if (tooLarge.length > 0) {
  console.error(
    `Larger than scripts/size-limits.ts allows:\n  ${tooLarge.join('\n  ')}\n` +
      'Make it smaller, or raise the limit in the same commit and say what the bytes buy.',
  );
  process.exit(1);
}
