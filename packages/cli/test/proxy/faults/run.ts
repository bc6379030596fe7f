// Rehearses faults with the proxy in a process of its own, and prints what came of it and how much memory the
// proxy used: `node run.ts [minutes] [seed]`.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startSimulator } from '@defender-resilience/simulator';
import { rehearse } from './rehearse.ts';

const [minutes = '10', seed = '1'] = process.argv.slice(2);
const durationMs = Number(minutes) * 60_000;
const BIN = fileURLToPath(new URL('../../../src/bin.ts', import.meta.url));

const simulator = await startSimulator({ quotas: 'off', record: 'counts', seed: Number(seed) });
const child = spawn(
  process.execPath,
  [
    ...['--conditions=@defender-resilience/source', BIN, 'proxy', '--quiet'],
    ...['--listen', '127.0.0.1:0', '--metrics', '127.0.0.1:0', '--upstream', simulator.url],
    ...['--config', fileURLToPath(new URL('proxy.json', import.meta.url))],
  ],
  { stdio: ['ignore', 'inherit', 'pipe'] },
);
const urls: string[] = [];
for await (const line of createInterface({ input: child.stderr })) {
  const url = /http:\/\/\S+?(?=\/metrics|\s|$)/.exec(line)?.[0];
  if (url !== undefined) urls.push(url);
  if (urls.length === 2) break;
}
const [proxy = '', admin = ''] = urls;

const samples: number[] = [];
const sample = async (): Promise<void> => {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  samples.push(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024);
};
const timer = setInterval(() => void sample(), durationMs / 20);
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
print(`memory of the proxy, MiB: ${samples.map(Math.round).join(' ')}`);
child.kill('SIGTERM');
await simulator.close({ ignoreUnconsumed: true });
