import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as passed } from 'node:timers/promises';

/** A port that nobody listens at. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Resolves as soon as somebody listens at a port. */
async function listening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const open = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    await passed(10);
  }
}

/** A Redis of a test's own, which keeps nothing on disk. */
export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly #options: readonly string[];
  #child: ChildProcess | undefined = undefined;

  private constructor(port: number, options: readonly string[]) {
    this.port = port;
    this.#options = options;
  }

  static async start(options: readonly string[] = []): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), options);
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const options = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...this.#options];
    this.#child = spawn('redis-server', ['--port', String(this.port), ...options], {
      stdio: 'ignore',
    });
    await listening(this.port);
  }

  /** Ends it at once; what it held is lost. */
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
export async function hasRedis(): Promise<boolean> {
  const child = spawn('redis-server', ['--version'], { stdio: 'ignore' });
  const present = await new Promise<boolean>((resolve) => {
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });
  if (!present && process.env['CI'] === 'true') throw new Error('CI needs redis-server');
  if (!present) process.emitWarning('redis-server is not installed: shared quotas are not tested');
  return present;
}
