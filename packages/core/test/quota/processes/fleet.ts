import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';

/** What a worker is told when it starts. */
export interface Orders {
  /** What it calls. */
  readonly url: string;
  readonly redisPort: number;
  readonly minuteMs: number;
  readonly concurrency: number;
}

/** What a worker tells when it ends. */
export interface Report {
  /** How many calls ended with each status. */
  readonly statuses: Readonly<Record<number, number>>;
  /** What it was told of the store: `lost`, `back`. */
  readonly stores: readonly string[];
}

/** One process of the fleet. */
export class Worker {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(orders: Orders): Promise<Worker> {
    const file = fileURLToPath(new URL('fleet-worker.ts', import.meta.url));
    const child = fork(file, [JSON.stringify(orders)], {
      execArgv: ['--conditions=@defender-resilience/source'],
    });
    await once(child, 'message');
    return new Worker(child);
  }

  go(): void {
    this.#child.send('go');
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async stop(): Promise<Report> {
    const told = once(this.#child, 'message');
    this.#child.send('stop');
    const [report] = (await told) as [Report];
    this.#child.kill('SIGKILL');
    return report;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A Redis of the test's own, which keeps nothing on disk. */
export class RedisServer implements AsyncDisposable {
  readonly port: number;
  #child: ChildProcess | undefined = undefined;

  constructor(port: number) {
    this.port = port;
  }

  async start(): Promise<void> {
    const options = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    this.#child = spawn('redis-server', ['--port', String(this.port), ...options], {
      stdio: 'ignore',
    });
    const client = new Redis({ port: this.port, host: '127.0.0.1', retryStrategy: () => 20 });
    client.on('error', () => undefined);
    await client.ping();
    client.disconnect();
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

/** Whether Redis is installed. CI must have it, whoever else may go without. */
export function hasRedis(): Promise<boolean> {
  const child = spawn('redis-server', ['--version'], { stdio: 'ignore' });
  return new Promise((resolve) => {
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });
}
