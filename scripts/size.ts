// Holds what each entry of the built packages, and the command, costs to the limits in size-limits.ts: the size of a
// bundle, and the bytes that Node reads from disk to import it.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { buildSingleFile } from './single-file.ts';
import { commandLimits, type SizeLimit, sizeLimits } from './size-limits.ts';

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
  return compressedKib(code);
}

function compressedKib(code: string | Buffer): number {
  return gzipSync(code, { level: 9 }).byteLength / 1_024;
}

/** The size in KiB of the command as one file. */
async function singleFileSize(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'size-'));
  const file = join(folder, 'command.mjs');
  await buildSingleFile(file);
  const size = compressedKib(readFileSync(file));
  await rm(folder, { recursive: true });
  return size;
}

interface ImportCost {
  readonly modules: number;
  readonly kib: number;
}

/** What Node loads to import an entry, dependencies and peers that it imports at once included. */
function importCost(entry: string): ImportCost {
  const [folder = '', ...rest] = entry.split('/');
  const { exports } = manifest(folder);
  const target = exports[['.', ...rest].join('/')] as { readonly default: string };
  return loaded(resolve('packages', folder, target.default));
}

/** What Node loads to run a file. */
function loaded(file: string, ...args: readonly string[]): ImportCost {
  const output = execFileSync(process.execPath, ['scripts/import-counter.ts', file, ...args]);
  const counted = String(output).split('\n').at(-1) ?? '';
  const { modules, bytes } = JSON.parse(counted) as { modules: number; bytes: number };
  return { modules, kib: bytes / 1_024 };
}

interface Manifest {
  readonly exports: Readonly<Record<string, unknown>>;
}

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(`packages/${folder}/package.json`, 'utf8')) as Manifest;
}

/** What users can import: `core`, `core/axios`, … */
function entries(): string[] {
  return readdirSync('packages').flatMap((folder) => {
    return Object.keys(manifest(folder).exports)
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

function row(name: string, size: number, limit: number, extra = ''): void {
  const exceeds = size > limit;
  if (exceeds) tooLarge.push(`${name}: ${size.toFixed(1)} KiB, allowed ${limit}`);
  const cells = [size.toFixed(1).padStart(6), limit.toFixed(1).padStart(6)];
  console.log(`${name.padEnd(28)} ${cells.join('  ')}${extra}${exceeds ? '   too large' : ''}`);
}

console.log(`${'bundle, minified, gzip'.padEnd(28)}    KiB   limit`);
for (const limit of sizeLimits) row(limit.name, await sizeOf(limit), limit.limitKib);
row('cli: single file', await singleFileSize(), commandLimits.singleFileKib);
console.log(`\n${'loaded by an import'.padEnd(28)}    KiB   limit  modules`);
for (const { name, importKib } of sizeLimits) {
  if (importKib === undefined) continue;
  const { modules, kib } = importCost(name);
  row(name, kib, importKib, String(modules).padStart(9));
}
const help = loaded(resolve('packages/cli/dist/bin.js'), '--help');
row('cli: --help', help.kib, commandLimits.helpKib, String(help.modules).padStart(9));
if (tooLarge.length > 0) {
  console.error(
    `More than scripts/size-limits.ts allows:\n  ${tooLarge.join('\n  ')}\n` +
      'Make it smaller, or raise the limit in the same commit and say what the bytes buy.',
  );
  process.exit(1);
}
