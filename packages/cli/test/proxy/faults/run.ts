// Rehearses faults with the proxy in a process of its own, and prints what came of it and how much memory the
// proxy used: `node run.ts [minutes] [seed] [folder]`. With a folder, a real Prometheus scrapes the proxy and keeps
// what it saw there, and `e2e/grafana/run.sh --proxy <folder>` draws it.
import { startSimulator } from '@defender-resilience/simulator';
import { type Memory, ProxyProcess } from './proxy-process.ts';
import { type Report, rehearse } from './rehearse.ts';
import { watch } from './watch.ts';

const [minutes = '10', seed = '1', folder] = process.argv.slice(2);
const durationMs = Number(minutes) * 60_000;
/** How often the memory is read. */
const SAMPLES = 20;

const print = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  const simulator = await startSimulator({ quotas: 'off', record: 'counts', seed: Number(seed) });
  await using proxy = await ProxyProcess.start(simulator.url);
  await using _watch =
    folder === undefined ? undefined : await watch(proxy.admin, folder, durationMs);
  const timer = setInterval(() => void proxy.sampleMemory(), durationMs / SAMPLES);
  const report = await rehearse({ simulator, proxy: proxy.url, durationMs, seed: Number(seed) });
  clearInterval(timer);
  const { calls, attempts, inFlight } = await proxy.totals();
  printReport(report);
  print(`calls of the proxy ${calls}, attempts ${attempts}, in flight ${inFlight}`);
  const mib = (name: keyof Memory): string =>
    proxy.memory.map((sample) => (sample[name] / 1_048_576).toFixed(1)).join(' ');
  print('memory after a collection, MiB');
  for (const name of ['heap', 'heapTotal', 'external', 'rss'] as const)
    print(`  ${name.padEnd(10)} ${mib(name)}`);
  await simulator.close({ ignoreUnconsumed: true });
  const violations = [report.wrong, report.doubled, report.lost].flat().length + inFlight;
  if (violations > 0) process.exitCode = 1;
}

function printReport({ calls, attempts, wrong, doubled, lost, retried, actions }: Report): void {
  const line = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${name}: ${count}`)
      .join(', ');
  print('calls of the clients, by status (0: the answer broke off)');
  for (const [client, counts] of Object.entries(calls))
    print(`  ${client.padEnd(12)} ${line(counts)}`);
  print(`attempts at the service, by answer: ${line(attempts)}`);
  print(`calls that were retried ${retried}, actions ${actions}`);
  print(
    `violations: ${wrong.length} wrong answers, ${doubled.length} doubled and ${lost.length} lost actions`,
  );
  for (const each of [...wrong, ...doubled, ...lost]) print(`  ${each}`);
}

await main();
