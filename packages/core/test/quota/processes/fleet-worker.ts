// One process of a fleet: calls the simulator as fast as its quota, shared through Redis, lets it.
import { createResilience, type QuotaChange } from '@defender-resilience/core';
import { Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import type { Orders, Report } from './fleet.ts';

const orders = JSON.parse(process.argv[2] ?? '{}') as Orders;
const client = new Redis({ port: orders.redisPort, host: '127.0.0.1', retryStrategy: () => 100 });
// Without a listener, ioredis prints that it has lost its connection.
client.on('error', () => undefined);
const limiter = new RateLimiterRedis({
  storeClient: client,
  points: 1,
  duration: 1,
  keyPrefix: 'contoso',
});
const stores: string[] = [];
const noteStore = (change: QuotaChange): void => {
  if (change.kind === 'store') stores.push(change.state);
};
const { fetch } = createResilience({
  hosts: { [new URL(orders.url).host]: 'all' },
  quota: { limiter, minuteMs: orders.minuteMs, transitMs: 1_000 },
  observers: [{ quota: noteStore }],
});

const statuses: Record<number, number> = {};
let stopped = false;

async function callOn(): Promise<void> {
  while (!stopped) {
    const response = await fetch(orders.url);
    await response.arrayBuffer();
    statuses[response.status] = (statuses[response.status] ?? 0) + 1;
  }
}

process.on('disconnect', () => process.exit());
process.on('message', (order: 'go' | 'stop') => {
  if (order === 'go') {
    for (let index = 0; index < orders.concurrency; index += 1) void callOn();
    return;
  }
  stopped = true;
  const report: Report = { statuses, stores };
  process.send?.(report);
});
process.send?.('ready');
