import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { conditions, runFile } from '../lib/child.ts';
import { number, spread, table } from '../lib/markdown.ts';
import { type Summary, summarise } from '../lib/stats.ts';
import { by, type Chapter, type Effort } from '../lib/suite.ts';

/** What is imported cold, and bundled. */
const MODULES: readonly string[] = [
  '@defender-resilience/core',
  '@defender-resilience/prom',
  '@defender-resilience/otel',
  'cockatiel',
  'opossum',
  'p-retry',
  'ky',
  'axios',
  '@azure/core-rest-pipeline',
  '@microsoft/microsoft-graph-client',
  'prom-client',
  '@opentelemetry/api',
];

/** What a package has for a peer is no part of its own size. */
const OTHERS = [
  '@defender-resilience/core',
  'prom-client',
  '@opentelemetry/sdk-node',
  '@opentelemetry/api',
];

const CONDITIONS = conditions().map((flag) => flag.replace('--conditions=', ''));

/** Time of a cold import, and size of a bundle. */
export async function load(effort: Effort): Promise<Chapter> {
  const times = await importTimes(by(effort, 9, 2));
  const sizes = new Map<string, number>();
  for (const name of effort.quick ? [] : MODULES) {
    sizes.set(name, await bundledSize(name, `export * as all from '${name}';`));
  }
  const classify = await bundledSize(
    '@defender-resilience/core',
    `export { classify } from '@defender-resilience/core';`,
  );
  const empty = times.get('')?.median ?? 0;
  const cost = (name: string): number => (times.get(name)?.median ?? Number.NaN) - empty;
  const rows = MODULES.map((name) => [
    name,
    number(cost(name)),
    number(cost(name) / cost('cockatiel')),
    number((sizes.get(name) ?? Number.NaN) / 1_024),
  ]);
  rows.push(['core: classify alone', '', '', number(classify / 1_024)]);
  return {
    text: `${table(['module', 'cold import, ms', '÷ cockatiel', 'min + gzip, KiB'], rows)}\n\nAn empty module takes ${spread(times.get('') ?? summarise([]))} ms, which is taken off. Each import in a process of its own; the files are in the page cache.`,
    values: {
      'import ÷ cockatiel': cost('@defender-resilience/core') / cost('cockatiel'),
      'classify alone, min + gzip, KiB': classify / 1_024,
    },
  };
}

async function importTimes(rounds: number): Promise<Map<string, Summary>> {
  const samples = new Map<string, number[]>(['', ...MODULES].map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, times] of samples) {
      times.push(Number(await runFile('processes/import.ts', [name])));
    }
  }
  return new Map([...samples].map(([name, times]) => [name, summarise(times)]));
}

/** Bytes of a program, with what it needs of its modules, minified and compressed. */
async function bundledSize(name: string, program: string): Promise<number> {
  const bundle = await rolldown({
    input: 'program',
    platform: 'node',
    logLevel: 'silent',
    external: OTHERS.filter((peer) => peer !== name),
    resolve: { conditionNames: [...CONDITIONS, 'import', 'node', 'default'] },
    plugins: [
      {
        name: 'program',
        resolveId: (id) =>
          id === 'program' ? fileURLToPath(new URL('../program.js', import.meta.url)) : null,
        load: (id) => (id.endsWith('/program.js') ? program : null),
      },
    ],
  });
  const { output } = await bundle.generate({ format: 'esm', minify: true });
  await bundle.close();
  const code = output.map((chunk) => (chunk.type === 'chunk' ? chunk.code : '')).join('');
  return gzipSync(code, { level: 9 }).byteLength;
}
