/**
 * Two workers that make calls and a primary that prints what a scrape of all of them shows. Started by
 * the tests as a process of its own: `cluster.ts prom-client` or `cluster.ts @prometheus-io/client`.
 */
import cluster from 'node:cluster';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as next from '@prometheus-io/client';
import prom from 'prom-client';
import { metricsHandler, promObserver } from '../../src/index.ts';
import { call, failure } from './drive.ts';

const WORKERS = 2;
const [, , name = 'prom-client', type = 'text'] = process.argv;
const client = name === 'prom-client' ? prom : next;

if (cluster.isPrimary) await printScrape();
else work();

async function printScrape(): Promise<void> {
  const aggregator = new client.AggregatorRegistry();
  if (type === 'openmetrics') aggregator.setContentType(client.openMetricsContentType);
  const workers = Array.from({ length: WORKERS }, () => cluster.fork());
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const handler = metricsHandler({
    contentType: aggregator.contentType,
    metrics: () => aggregator.clusterMetrics(),
  });
  const server = createServer((request, response) => handler(request, response)).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  process.stdout.write(`${response.headers.get('content-type')}\n${await response.text()}`);
  server.close();
  for (const worker of workers) worker.kill();
}

function work(): void {
  // Its making is what lets a worker answer the primary.
  new client.AggregatorRegistry();
  const observer = promObserver({ client, exemplars: false });
  call(observer);
  call(observer, { failure: failure('Forbidden', 403) });
  observer.circuit?.({ circuit: 'host op', operation: 'op', from: 'closed', to: 'open' });
  process.send?.('ready');
}
