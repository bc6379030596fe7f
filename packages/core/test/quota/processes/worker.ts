// One process of a fleet: its wrappers call a service as fast as the quota, shared through Redis, lets them.
import { once } from 'node:events';
import { setTimeout as passed } from 'node:timers/promises';
import {
  createResilience,
  type Observer,
  type QuotaOptions,
  ThrottledError,
} from '@defender-resilience/core';
import { redisQuotaStore } from '@defender-resilience/core/redis';
import { Redis } from 'ioredis';
import type { Orders, Report } from './fleet.ts';
import { Starvation } from './starvation.ts';

const orders = JSON.parse(process.argv[2] ?? '{}') as Orders;
const { minuteMs, skewMs, storePort } = orders;

/** A clock that may be hours off: nothing depends on what two machines think the time is. */
const clock = {
  now: () => performance.now() + skewMs,
  epoch: () => Date.now() + skewMs,
  timer(callback: () => void, delayMs: number) {
    const timer = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};

const clients: Redis[] = [];
const starvation = new Starvation();

function connected(port: number): Redis {
  const client = new Redis({ port, host: '127.0.0.1', retryStrategy: () => minuteMs / 60 });
  // Without a listener, ioredis prints that it has lost its connection.
  client.on('error', () => undefined);
  clients.push(client);
  return client;
}

/** A wrapper, and what it has to say. */
class Caller {
  readonly statuses: Record<number, number> = {};
  readonly durations: number[] = [];
  readonly stores: string[] = [];
  readonly reasons: string[] = [];
  throttled = 0;
  failed = 0;
  #stopped = false;
  readonly #fetch: typeof fetch;

  constructor() {
    const observer: Observer = {
      quota: (change) => {
        if (change.kind !== 'store') return;
        this.stores.push(change.state);
        if (change.error instanceof Error) this.reasons.push(change.error.message);
      },
    };
    const quota: QuotaOptions = {
      minuteMs,
      groups: { alerts: { perMinute: orders.limit } },
      ...(storePort === undefined ? {} : { store: redisQuotaStore(connected(storePort)) }),
    };
    const hosts = { [new URL(orders.url).host]: 'all' } as const;
    this.#fetch = createResilience({ hosts, quota, observers: [observer], clock }).fetch;
  }

  go(): void {
    for (let index = 0; index < orders.concurrency; index += 1) void this.#callOn();
  }

  stop(): void {
    this.#stopped = true;
  }

  report(): Report {
    const { statuses, durations, throttled, failed, stores, reasons } = this;
    const { share: starved } = starvation;
    return { statuses, durations, throttled, failed, starved, stores, reasons };
  }

  async #callOn(): Promise<void> {
    while (!this.#stopped) {
      await this.#call();
      if (orders.everyMs !== undefined) await passed(orders.everyMs);
    }
  }

  async #call(): Promise<void> {
    const startedAt = performance.now();
    try {
      const response = await this.#fetch(orders.url);
      await response.arrayBuffer();
      this.statuses[response.status] = (this.statuses[response.status] ?? 0) + 1;
      this.durations.push(performance.now() - startedAt);
    } catch (error) {
      if (error instanceof ThrottledError) this.throttled += 1;
      else this.failed += 1;
      await passed(minuteMs / 60);
    }
  }
}

const callers = Array.from({ length: orders.wrappers }, () => new Caller());

process.on('disconnect', () => process.exit());
process.on('message', (order: 'go' | 'report' | 'stop') => {
  if (order === 'go') starvation.restart();
  for (const caller of callers) {
    if (order === 'go') caller.go();
    if (order === 'stop') caller.stop();
  }
  if (order !== 'go') process.send?.(callers.map((caller) => caller.report()));
});
// Where the store can be reached, what is measured begins with a connection to it.
const ready = Promise.all(clients.map((client) => once(client, 'ready')));
await Promise.race([ready.catch(() => undefined), passed(minuteMs / 10)]);
process.send?.('ready');
