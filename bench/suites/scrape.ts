import { createResilience } from '@defender-resilience/core';
import { promObserver } from '@defender-resilience/prom';
import { Counter, Histogram, Registry } from 'prom-client';
import { number, table } from '../lib/markdown.ts';
import { summarise } from '../lib/stats.ts';
import { by, type Chapter, type Effort } from '../lib/suite.ts';

/** Operations of one tenant, and 20 of each of 100 tenants. */
const SIZES: readonly (readonly [tenants: number, operations: number])[] = [
  [1, 10],
  [1, 100],
  [100, 20],
];
/** What one operation brings: counters and gauges, and three histograms with their buckets. */
const LINES_PER_HISTOGRAM = 13;

/** What a scrape costs, for as many lines of our metrics and of prom-client's own. */
export async function scrape(effort: Effort): Promise<Chapter> {
  const rows: string[][] = [];
  const values: Record<string, number> = {};
  for (const [tenants, operations] of SIZES) {
    const ours = await ourRegistry(tenants, operations);
    const lines = (await ours.metrics()).split('\n').filter((line) => !line.startsWith('#')).length;
    const plain = plainRegistry(lines);
    const [own, theirs] = [await timed(ours, effort, lines), await timed(plain, effort, lines)];
    rows.push([
      `${tenants} × ${operations} operations`,
      number(lines),
      number(own),
      number(theirs),
      number(own / theirs),
    ]);
    values[`scrape of ${tenants} × ${operations} operations, ms`] = own / 1_000;
  }
  return {
    text: table(
      ['tenants × operations', 'lines', 'ours, µs', 'prom-client, as many lines, µs', '÷'],
      rows,
    ),
    values,
  };
}

async function ourRegistry(tenants: number, operations: number): Promise<Registry> {
  const register = new Registry();
  for (let tenant = 0; tenant < tenants; tenant += 1) {
    const constantLabels = { tenant: `tenant-${tenant}` };
    const observer = promObserver({ register, exemplars: false, constantLabels });
    const resilience = createResilience({ observers: [observer] });
    for (let index = 0; index < operations; index += 1) {
      await resilience.execute(`job.${index}`, async () => 1);
    }
  }
  return register;
}

function plainRegistry(lines: number): Registry {
  const register = new Registry();
  const labelNames = ['operation', 'outcome', 'code'];
  const registers = [register];
  const calls = new Counter({ name: 'calls_total', help: 'calls', labelNames, registers });
  const duration = new Histogram({
    name: 'duration_seconds',
    help: 'duration',
    labelNames,
    registers,
  });
  const histograms = Math.floor((lines * 0.8) / LINES_PER_HISTOGRAM);
  for (let index = 0; index < histograms; index += 1) {
    duration.observe({ operation: `job.${index}`, outcome: 'success', code: '' }, 0.1);
  }
  for (let index = histograms * LINES_PER_HISTOGRAM; index < lines; index += 1) {
    calls.inc({ operation: `job.${index}`, outcome: 'success', code: '' });
  }
  return register;
}

async function timed(register: Registry, effort: Effort, lines: number): Promise<number> {
  const samples: number[] = [];
  // As many as fill a sample: CPU time is counted in steps of up to 4 ms.
  const scrapes = Math.ceil(60_000 / lines);
  for (let round = 0; round < by(effort, 15, 5); round += 1) {
    const before = process.threadCpuUsage();
    for (let turn = 0; turn < scrapes; turn += 1) await register.metrics();
    const { user, system } = process.threadCpuUsage(before);
    samples.push((user + system) / scrapes);
  }
  return summarise(samples).median;
}
