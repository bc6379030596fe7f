// Rehearses faults with the proxy in a process of its own, and prints what came of it and how much memory the
// proxy used: `node run.ts [minutes] [seed]`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startSimulator } from '@defender-resilience/simulator';
import { rehearse } from './rehearse.ts';

const [minutes = '10', seed = '1'] = process.argv.slice(2);
const durationMs = Number(minutes) * 60_000;
const CONFIG = fileURLToPath(new URL('proxy.json', import.meta.url));
const BIN = fileURLToPath(new URL('../../../src/bin.ts', import.meta.url));

const simulator = await startSimulator({ quotas: 'off', record: 'counts', seed: Number(seed) });
// Collects garbage first, so that only what is kept counts.
const ON_SIGNAL =
  "process.on('SIGUSR2', () => { gc(); console.error('heap', process.memoryUsage().heapUsed); })";
const child = spawn(
  process.execPath,
  [
    ...['--conditions=@defender-resilience/source', '--expose-gc'],
    ...['--import', `data:text/javascript,${encodeURIComponent(ON_SIGNAL)}`],
    ...[BIN, 'proxy', '--quiet', '--config', CONFIG, '--upstream', simulator.url],
    ...['--listen', '127.0.0.1:0', '--metrics', '127.0.0.1:0'],
  ],
  { stdio: ['ignore', 'inherit', 'pipe'] },
);
const heaps: string[] = [];
const urls: string[] = [];
const lines = createInterface({ input: child.stderr });
lines.on('line', (line) => {
  const [name, bytes] = line.split(' ');
  if (name === 'heap') heaps.push((Number(bytes) / 1_048_576).toFixed(1));
  const url = /http:\/\/\S+?(?=\/metrics|\s|$)/.exec(line)?.[0];
  if (url !== undefined) urls.push(url);
});
while (urls.length < 2) await once(lines, 'line');
const [proxy = '', admin = ''] = urls;

const timer = setInterval(() => child.kill('SIGUSR2'), durationMs / 20);
const report = await rehearse({ simulator, proxy, durationMs, seed: Number(seed) });
clearInterval(timer);
const response = await fetch(`${admin}/snapshot`);
const { resilience, operations } = (await response.json()) as {
  resilience: { inFlight: number };
  operations: readonly { attempts: number; calls: number }[];
};
const sum = (name: 'attempts' | 'calls'): number =>
  operations.reduce((total, operation) => total + operation[name], 0);

const print = (text: string): void => void process.stdout.write(`${text}\n`);
print(JSON.stringify(report, null, 2));
print(`calls ${sum('calls')}, attempts ${sum('attempts')}, in flight ${resilience.inFlight}`);
print(`heap of the proxy after a collection, MiB: ${heaps.join(' ')}`);
child.kill('SIGTERM');
await simulator.close({ ignoreUnconsumed: true });
