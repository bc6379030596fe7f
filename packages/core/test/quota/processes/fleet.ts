import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as passed } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Simulator, startSimulator } from '@defender-resilience/simulator';
import { RedisServer } from '../stores/redis-server.ts';
import { DelayProxy } from './proxy.ts';
import { counted } from './watch.ts';

/** What a process is to do. */
export interface Orders {
  /** What it calls. */
  readonly url: string;
  /** Where its store listens; undefined: it counts alone. */
  readonly storePort: number | undefined;
  readonly minuteMs: number;
  /** How many calls a minute allows. */
  readonly limit: number;
  /** How many wrappers it makes, each with a connection of its own. */
  readonly wrappers: number;
  /** How many calls at a time each makes. */
  readonly concurrency: number;
  /** How long it rests after each call; undefined: it does not. */
  readonly everyMs: number | undefined;
  readonly skewMs: number;
}

/** What a process says when it ends. */
export interface Report {
  /** How many calls ended with each status. */
  readonly statuses: Readonly<Record<number, number>>;
  readonly durations: readonly number[];
  readonly throttled: number;
  readonly failed: number;
  /** For which share of the time it was kept from running. */
  readonly starved: number;
  /** What it heard of the store: `lost`, `back`. */
  readonly stores: readonly string[];
  readonly reasons: readonly string[];
}

/** Real minutes, or shortened ones with fewer calls, of wrappers that share a process. */
export interface Scale {
  readonly minuteMs: number;
  readonly limit: number;
  /** Starts the fleets of several rows one after the other, and lets all begin together. */
  readonly begin?: <T>(start: () => Promise<T>) => Promise<T>;
}

export const REAL: Scale = { minuteMs: 60_000, limit: 100 };
export const SHORT: Scale = { minuteMs: 6_000, limit: 40 };

/** How a fleet is set up; what is not given is a Redis without delay, and processes that never rest. */
export interface FleetOptions extends Scale {
  readonly processes: number;
  /** Must be processes of their own, also in shortened minutes. */
  readonly apart?: boolean;
  readonly roundTripMs?: number;
  readonly redisOptions?: readonly string[];
  /** `none`: each counts alone; `closed`: nobody listens where the store should be. */
  readonly store?: 'none' | 'closed';
  readonly concurrency?: number;
  readonly everyMs?: number;
  readonly skewMs?: (process: number) => number;
  /** How long the service takes to answer. */
  readonly latencyMs?: number;
}

/** Several processes, the service that they call, and the Redis that they share. */
export class ProcessFleet implements AsyncDisposable {
  readonly scale: Scale;
  readonly simulator: Simulator;
  readonly redis: RedisServer;
  readonly #proxy: DelayProxy;
  readonly children: readonly ChildProcess[];

  private constructor(
    scale: Scale,
    simulator: Simulator,
    redis: RedisServer,
    proxy: DelayProxy,
    children: readonly ChildProcess[],
  ) {
    this.scale = scale;
    this.simulator = simulator;
    this.redis = redis;
    this.#proxy = proxy;
    this.children = children;
  }

  static async start(options: FleetOptions): Promise<ProcessFleet> {
    const { minuteMs, limit, processes, apart = minuteMs >= 60_000, store } = options;
    const { latencyMs = 0 } = options;
    const quotas = { alerts: { perMinute: limit } };
    const simulator = await startSimulator({ minuteMs, quotas, incidents: 1, record: 'counts' });
    if (latencyMs > 0) simulator.faults({ probability: 0, latencyMs });
    const redis = await RedisServer.start(options.redisOptions);
    const proxy = await DelayProxy.start(redis.port, options.roundTripMs ?? 0);
    if (store === 'closed') await proxy[Symbol.asyncDispose]();
    const children = await Promise.all(
      Array.from({ length: apart ? processes : 1 }, (_, process) =>
        started({
          url: `${simulator.url}/api/alerts?$top=1`,
          storePort: store === 'none' ? undefined : store === 'closed' ? 1 : proxy.port,
          minuteMs,
          limit,
          wrappers: apart ? 1 : processes,
          concurrency: options.concurrency ?? Math.ceil((0.4 * limit) / processes),
          everyMs: options.everyMs,
          skewMs: options.skewMs?.(process) ?? 0,
        }),
      ),
    );
    return new ProcessFleet(options, simulator, redis, proxy, children);
  }

  /** Lets every process begin. */
  go(): void {
    for (const child of this.children) child.send('go');
  }

  pass(minutes: number): Promise<void> {
    return passed(minutes * this.scale.minuteMs);
  }

  /** Calls that were let through and refused until now. */
  counted(): { allowed: number; refused: number } {
    return counted(this.simulator);
  }

  /** Which share of the limit is used while so many minutes pass. Calls come in bursts: take whole ones. */
  async used(minutes: number, limit: number = this.scale.limit): Promise<number> {
    const before = this.counted().allowed;
    const startedAt = performance.now();
    await this.pass(minutes);
    const took = (performance.now() - startedAt) / this.scale.minuteMs;
    return (this.counted().allowed - before) / (limit * took);
  }

  /** How long the calls took that have ended. */
  async durations(): Promise<readonly number[]> {
    const reports = await this.#ask('report');
    return reports.flatMap(({ durations }) => durations);
  }

  /** Ends the processes that are left, and gives what they say. */
  async stop(): Promise<readonly Report[]> {
    const reports = await this.#ask('stop');
    for (const child of this.children) child.kill('SIGKILL');
    return reports;
  }

  async #ask(order: 'report' | 'stop'): Promise<readonly Report[]> {
    const living = this.children.filter(({ connected }) => connected);
    const reports = await Promise.all(
      living.map(async (child) => {
        const said = once(child, 'message');
        child.send(order);
        const [each] = (await said) as [Report[]];
        return each;
      }),
    );
    return reports.flat();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.children) child.kill('SIGKILL');
    await this.#proxy[Symbol.asyncDispose]();
    await this.redis[Symbol.asyncDispose]();
    await this.simulator.close();
  }
}

async function started(orders: Orders): Promise<ChildProcess> {
  const file = fileURLToPath(new URL('worker.ts', import.meta.url));
  const child = fork(file, [JSON.stringify(orders)], {
    execArgv: ['--conditions=@defender-resilience/source'],
  });
  await once(child, 'message');
  return child;
}
