// What the proxy adds to a request, beside nginx and haproxy: `node bench/overhead.ts [seconds]`, on a machine that
// does nothing else, for two minutes and a half. Each forwards to the same service over kept connections and is asked
// by the same client, in turns. Linux, with Debian's nginx-light and haproxy.
import { cpus, loadavg } from 'node:os';
import { type Load, measure, type Sample } from './load.ts';
import { DIRECT, PEER, Peers, type Target } from './peers.ts';

const ROUNDS = 3;

interface Case extends Load {
  readonly title: string;
}

const CASES: readonly Case[] = [
  { title: '2 KiB, one request at a time', path: '/api/alerts', lanes: 1 },
  { title: '2 KiB, 32 requests at once', path: '/api/alerts', lanes: 32 },
  { title: '256 KiB, 32 requests at once', path: '/api/machines', lanes: 32 },
];

/** At 32 requests at once each waits for the others, so what is added then says nothing of a single one. */
const columnsOf = ({ lanes }: Load): readonly string[] =>
  lanes === 1
    ? ['p50 ms', 'added p50 ms', 'p99 ms', 'CPU µs', 'CPU ÷ nginx', 'requests/s']
    : ['p50 ms', 'p99 ms', 'CPU µs', 'CPU ÷ nginx', 'requests/s'];

/** The samples of each target, one of each round. */
type Results = ReadonlyMap<string, readonly Sample[]>;

/** In turns, so that what the machine does meanwhile touches all of them. */
async function measureAll(
  targets: readonly Target[],
  load: Load,
  seconds: number,
): Promise<Results> {
  const results = new Map<string, Sample[]>();
  for (const target of targets) await measure(target, load, seconds / 2);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const target of targets) {
      const samples = results.get(target.name) ?? [];
      results.set(target.name, [...samples, await measure(target, load, seconds)]);
    }
  }
  return results;
}

/** The median of what each round says; undefined where a round says nothing. */
function median(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined).toSorted((a, b) => a - b);
  return known.length < values.length ? undefined : known[Math.floor(known.length / 2)];
}

/** Two samples of one round, compared: each round has its own ratio. */
function compared(
  samples: readonly Sample[],
  base: readonly Sample[],
  compare: (sample: Sample, base: Sample) => number | undefined,
): number | undefined {
  return median(
    samples.map((sample, round) => {
      const other = base[round];
      return other && compare(sample, other);
    }),
  );
}

/** What the columns say of a target. */
function cellsOf(name: string, results: Results): Readonly<Record<string, string>> {
  const of = (target: string): readonly Sample[] => results.get(target) ?? [];
  const samples = of(name);
  const cell = (value: number | undefined, digits: number): string => value?.toFixed(digits) ?? '';
  const added = compared(samples, of(DIRECT), (one, direct) => one.p50Ms - direct.p50Ms);
  const cpu = compared(samples, of(PEER), ({ cpuUs }, peer) =>
    cpuUs === undefined || !peer.cpuUs ? undefined : cpuUs / peer.cpuUs,
  );
  return {
    'p50 ms': cell(median(samples.map(({ p50Ms }) => p50Ms)), 2),
    'added p50 ms': name === DIRECT ? '' : cell(added, 2),
    'p99 ms': cell(median(samples.map(({ p99Ms }) => p99Ms)), 2),
    'CPU µs': cell(median(samples.map(({ cpuUs }) => cpuUs)), 0),
    'CPU ÷ nginx': cell(cpu, 1),
    'requests/s': cell(median(samples.map(({ perSecond }) => perSecond)), 0),
  };
}

function print(each: Case, results: Results): void {
  const columns = columnsOf(each);
  console.log(`\n${each.title}\n\n| | ${columns.join(' | ')} |`);
  console.log(`| --- |${' --: |'.repeat(columns.length)}`);
  for (const name of results.keys()) {
    const cells = cellsOf(name, results);
    console.log(`| ${[name, ...columns.map((column) => cells[column] ?? '')].join(' | ')} |`);
  }
}

async function main(): Promise<void> {
  const seconds = Number(process.argv[2] ?? '2');
  const load = loadavg()[0]?.toFixed(1);
  await using peers = await Peers.start();
  for (const each of CASES) {
    print(each, await measureAll(peers.targets, each, seconds));
  }
  await peers.checkQuotas();
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}`;
  console.log(`\n${machine}, load ${load} before, ${ROUNDS} rounds of ${seconds} s`);
}

await main();
