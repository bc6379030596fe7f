// What it costs Prometheus to evaluate the rules: `node --conditions=@defender-resilience/source
// packages/prom/bench/rules.ts [tenants] [operations] [days]`, with PROMETHEUS for another one than that which is
// installed. Takes four minutes and prints a table.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { seconds } from '../monitoring/duration.ts';
import { type RuleGroup, ruleGroups } from '../monitoring/index.ts';
import { parseOpenMetrics } from '../test/monitoring/lab/history/open-metrics.ts';
import type { Sample } from '../test/monitoring/lab/history/sample.ts';
import { startPrometheus } from '../test/monitoring/lab/lab.ts';
import { pause } from '../test/monitoring/lab/processes.ts';
import { find, outcomeOf } from '../test/monitoring/tools.ts';
import { type Clients, type Size, startClients } from './clients.ts';
import { writePast } from './past.ts';

/** How often each group is evaluated here; what one evaluation costs does not depend on it. */
const EVERY = '15s';
const SCRAPE = '20s';
/** Until the rules have a minute of scrapes to compare with. */
const WARM_MS = 90_000;
const MEASURED_MS = 75_000;
const LOOK_MS = 2_000;

const [tenants = 100, operations = 20, days = 3] = process.argv.slice(2).map(Number);

/** Prometheus's own metrics. */
async function ownMetrics(url: string): Promise<readonly Sample[]> {
  return parseOpenMetrics(await (await fetch(`${url}/metrics`)).text());
}

const valueIn = (samples: readonly Sample[], name: string, group?: string): number =>
  samples.find(
    ({ labels }) =>
      labels['__name__'] === name &&
      (group === undefined || labels['rule_group']?.endsWith(`;${group}`)),
  )?.value ?? Number.NaN;

/** Gives Prometheus its targets and its rules: only now, since they would make the past too old to be written. */
async function configure(url: string, folder: string, clients: Clients): Promise<void> {
  const groups = ruleGroups().map((group) => ({ ...group, interval: EVERY }));
  await writeFile(join(folder, 'rules', 'rules.json'), JSON.stringify({ groups }));
  const file = join(folder, 'prometheus.yml');
  const config = parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, stringify({ ...config, scrape_configs: [clients.scrapeConfig] }));
  const { ok, status } = await fetch(`${url}/-/reload`, { method: 'POST' });
  if (!ok) throw new Error(`Prometheus does not take its configuration: ${status}`);
}

/** How long each evaluation of each group took, in seconds, by the number of the evaluation. */
type Durations = ReadonlyMap<string, Map<number, number>>;

async function measure(url: string, groups: readonly RuleGroup[]): Promise<Durations> {
  const durations: Durations = new Map(groups.map(({ name }) => [name, new Map()]));
  const until = performance.now() + MEASURED_MS;
  while (performance.now() < until) {
    const samples = await ownMetrics(url);
    for (const [name, found] of durations) {
      const iteration = valueIn(samples, 'prometheus_rule_group_iterations_total', name);
      found.set(iteration, valueIn(samples, 'prometheus_rule_group_last_duration_seconds', name));
    }
    await pause(LOOK_MS);
  }
  return durations;
}

const two = (value: number): string => value.toPrecision(2);

function row({ name, interval, rules }: RuleGroup, durations: Durations, end: readonly Sample[]) {
  const sorted = [...(durations.get(name)?.values() ?? [])].toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return {
    median,
    share: median / seconds(interval),
    cells: [
      name,
      interval,
      String(rules.length),
      String(valueIn(end, 'prometheus_rule_group_last_evaluation_samples', name)),
      String(sorted.length),
      `${two(median)} s`,
      `${two(sorted.at(-1) ?? Number.NaN)} s`,
      `${two((100 * median) / seconds(interval))}%`,
    ],
  };
}

function print(durations: Durations, end: readonly Sample[]): void {
  const rows = ruleGroups().map((group) => row(group, durations, end));
  const head = [
    'group',
    'interval',
    'rules',
    'series',
    'evaluations',
    'median',
    'longest',
    'share',
  ];
  const lines = [head, head.map(() => '---'), ...rows.map(({ cells }) => cells)];
  process.stdout.write(`${lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('')}\n`);
  const share = rows.reduce((sum, one) => sum + one.share, 0);
  const memory = valueIn(end, 'process_resident_memory_bytes') / 2 ** 20;
  process.stdout.write(
    `all groups: ${two(100 * share)}% of their time; Prometheus: ${valueIn(end, 'prometheus_tsdb_head_series')} series, ` +
      `${Math.round(memory)} MiB resident\n`,
  );
}

async function run(program: string, size: Size): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'rules-bench-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const clients = stack.use(await startClients(size));
  const { url } = stack.use(
    await startPrometheus(program, folder, {
      scrapeConfigs: [],
      rules: {},
      alertmanager: undefined,
      global: { scrape_interval: SCRAPE },
      args: ['--web.enable-remote-write-receiver', '--web.enable-lifecycle'],
    }),
  );
  const startedAt = performance.now();
  const written = await writePast(url, size, days);
  const took = (performance.now() - startedAt) / 1_000;
  process.stdout.write(`${written} samples of the past written in ${Math.round(took)} s\n`);
  await configure(url, folder, clients);
  await pause(WARM_MS);
  const durations = await measure(url, ruleGroups());
  print(durations, await ownMetrics(url));
}

const program = await find('prometheus');
if (program === undefined) throw new Error('Prometheus is not installed');
const { output } = await outcomeOf(program, ['--version']);
process.stdout.write(
  `${output.split('\n')[0]}\n${availableParallelism()} × ${cpus()[0]?.model}, Node ${process.version}\n` +
    `${tenants} tenants × ${operations} operations, ${days} days\n`,
);
await run(program, { tenants, operations });
