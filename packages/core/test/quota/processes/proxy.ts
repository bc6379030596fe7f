import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between the processes and their store: delays what passes, and cuts connections. */
export class DelayProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Milliseconds in each direction. */
  #delayMs: number;

  private constructor(server: Server, delayMs: number) {
    this.#server = server;
    this.#delayMs = delayMs;
  }

  /** @param roundTripMs - how much longer an answer takes than without the proxy. */
  static async start(target: number, roundTripMs: number): Promise<DelayProxy> {
    const server = createServer();
    const proxy = new DelayProxy(server, roundTripMs / 2);
    server.on('connection', (near) => proxy.#join(near, connect(target, '127.0.0.1')));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    const { port } = this.#server.address() as AddressInfo;
    return port;
  }

  #join(near: Socket, far: Socket): void {
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.setNoDelay(true);
      from.on('data', (data) => this.#later(() => to.write(data)));
      from.on('close', () => {
        this.#sockets.delete(from);
        this.#later(() => to.destroy());
      });
      // Its end is noticed by `close`.
      from.on('error', () => undefined);
    }
  }

  #later(act: () => void): void {
    if (this.#delayMs === 0) act();
    else setTimeout(act, this.#delayMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
