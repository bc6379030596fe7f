// Runs every suite in a process of its own, and writes RESULTS.md and the charts:
// `node main.ts [--quick] [suite …]`. Named suites are printed and written nowhere.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { aimTable } from './aims.ts';
import { drawCharts } from './charts.ts';
import { runFile } from './lib/child.ts';
import { table } from './lib/markdown.ts';
import type { Chapter, Point } from './lib/suite.ts';
import { suites } from './suites/index.ts';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const quick = process.argv.includes('--quick');
const named = process.argv.slice(2).filter((name) => !name.startsWith('--'));
const chosen = Object.entries(suites).filter(([name, { slow = false }]) =>
  named.length === 0 ? !(quick && slow) : named.includes(name),
);

const values: Record<string, number> = {};
const series: Record<string, readonly Point[]> = {};
const chapters: string[] = [];
const startedAt = performance.now();
for (const [name, { title, flags = [] }] of chosen) {
  const suiteAt = performance.now();
  const output = await runFile('suite.ts', [name, ...(quick ? ['--quick'] : [])], flags);
  // suite.ts prints a chapter.
  const chapter = JSON.parse(output) as Chapter;
  Object.assign(values, chapter.values);
  Object.assign(series, chapter.series);
  chapters.push(`## ${title}\n\n${chapter.text}`);
  console.log(`${name.padEnd(16)} ${((performance.now() - suiteAt) / 1_000).toFixed(1)} s`);
}

if (named.length > 0) {
  console.log(`\n${chapters.join('\n\n')}`);
} else {
  const minutes = (performance.now() - startedAt) / 60_000;
  const text = [
    '# Side by side with the peers',
    `${setting()} ${quick ? 'A quick run, good for a first look only. ' : ''}It took ${minutes.toFixed(1)} minutes.`,
    await readFile(path('reading.md'), 'utf8'),
    '## What was aimed at',
    aimTable(values),
    await readFile(path('verdict.md'), 'utf8'),
    ...chapters,
    '## Versions',
    await versions(),
  ];
  const file = quick ? 'QUICK.md' : 'RESULTS.md';
  await writeFile(path(file), `${text.map((part) => part.trim()).join('\n\n')}\n`);
  if (!quick) {
    await mkdir(path('../docs/images'), { recursive: true });
    await drawCharts(series, path('../docs/images'));
  }
  console.log(`bench/${file} written after ${minutes.toFixed(1)} minutes`);
}

function setting(): string {
  const [cpu] = os.cpus();
  return `Measured on ${new Date().toISOString().slice(0, 10)} under Node ${process.versions.node} (V8 ${process.versions.v8}) on ${os.cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, load ${os.loadavg()[0]?.toFixed(1)} at the end.`;
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
}

async function versions(): Promise<string> {
  const manifest = JSON.parse(await readFile(path('package.json'), 'utf8')) as Manifest;
  const rows = Object.entries(manifest.dependencies)
    .filter(([, version]) => !version.startsWith('workspace:'))
    .map(([name, version]) => [name, version]);
  return table(['module', 'version'], rows);
}
