// One HTTP client in a process of its own: answers each load that it is sent with what the load cost.
// `node http-client.ts <name> <origin>`, with an IPC channel.
import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { HttpSample, Load } from '../lib/http-client.ts';
import { quantile } from '../lib/stats.ts';
import { httpClients } from '../peers/http-clients.ts';

const [name = '', origin = ''] = process.argv.slice(2);
const make = httpClients[name];
if (make === undefined) throw new Error(`There is no HTTP client "${name}"`);
const client = await make(origin);
const url = `${origin}/api/incidents/924518`;

const collected = { count: 0, us: 0 };
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) {
    collected.count += 1;
    collected.us += duration * 1_000;
  }
}).observe({ entryTypes: ['gc'] });

process.on('message', (load) => void answer(load as Load));
process.on('disconnect', () => process.exit());
process.send?.('ready');

async function answer(load: Load): Promise<void> {
  process.send?.(await sampleOf(load));
}

async function sampleOf({ requests, lanes }: Load): Promise<HttpSample> {
  globalThis.gc?.();
  await settled();
  const garbage = { ...collected };
  const spansBefore = client.spans?.() ?? 0;
  const latencies: number[] = new Array<number>(requests).fill(0);
  let left = requests;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const index = left;
      const sentAt = performance.now();
      await client.get(url);
      latencies[index] = performance.now() - sentAt;
    }
  };
  const heapBefore = process.memoryUsage().heapUsed;
  const cpuBefore = process.cpuUsage();
  const mainBefore = process.threadCpuUsage();
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: lanes }, lane));
  const seconds = (performance.now() - startedAt) / 1_000;
  const main = process.threadCpuUsage(mainBefore);
  const cpu = process.cpuUsage(cpuBefore);
  const heap = process.memoryUsage().heapUsed - heapBefore;
  await settled();
  checkSpans((client.spans?.() ?? 0) - spansBefore, requests);
  latencies.sort((a, b) => a - b);
  return {
    cpuUs: (cpu.user + cpu.system) / requests,
    mainUs: (main.user + main.system) / requests,
    gcUs: (collected.us - garbage.us) / requests,
    bytes: collected.count === garbage.count ? heap / requests : Number.NaN,
    perSecond: requests / seconds,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
  };
}

// A client that is compared for its spans and makes none would look cheap.
function checkSpans(made: number, requests: number): void {
  const expected = requests * (client.spansPerRequest ?? 0);
  if (made !== expected) {
    throw new Error(
      `"${name}" made ${made} spans for ${requests} requests in place of ${expected}`,
    );
  }
}

// What was collected is reported some turns later.
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await nextTurn();
}
