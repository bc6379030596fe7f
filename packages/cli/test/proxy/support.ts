import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import {
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '@defender-resilience/simulator';
import { onTestFinished } from 'vitest';
import type { ProxyOptions } from '../../src/proxy/options.ts';
import { type ProxyParts, type ReverseProxy, startProxy } from '../../src/proxy/proxy.ts';

/** Waits that are as short as they can be, and circuits that stay closed. */
const FAST: ProxyOptions['resilience'] = {
  retry: { initialDelayMs: 1, maxDelayMs: 2, throttleInitialDelayMs: 1, throttleMaxDelayMs: 2 },
  circuit: false,
};

export type TestOptions = Partial<ProxyOptions> & ProxyParts;

/** A proxy on a free port; closed when the test ends. */
export async function proxyTo(
  upstream: string | readonly string[],
  { observers, tokens, ...options }: TestOptions = {},
): Promise<ReverseProxy & { readonly url: string }> {
  const proxy = await startProxy(
    {
      listen: '127.0.0.1:0',
      metrics: '127.0.0.1:0',
      upstreams: [upstream].flat(),
      ...options,
      resilience: { ...FAST, ...options.resilience },
    },
    { ...(observers && { observers }), tokens },
  );
  onTestFinished(async () => {
    void proxy.close();
    await proxy.close();
  });
  return Object.assign(proxy, { url: proxy.urls[0] ?? '' });
}

/** A simulator; closed when the test ends. */
export async function simulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const started = await startSimulator({ quotas: 'off', ...options });
  onTestFinished(() => started.close({ ignoreUnconsumed: true }));
  return started;
}

/** A server of the test's own, as an upstream; closed when the test ends. */
export async function upstream(
  handle: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<string> {
  const server: Server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A connection to a proxy over which a test writes whatever it likes. */
export class RawClient {
  readonly socket: Socket;
  /** Resolves with all that came, when the connection ends. */
  readonly received: Promise<string>;
  #text = '';
  #waiting: (() => void)[] = [];

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.socket = connect({ host: hostname, port: Number(port) });
    this.socket.setEncoding('latin1');
    this.socket.on('error', () => undefined);
    this.socket.on('data', (chunk: string) => {
      this.#text += chunk;
      for (const check of this.#waiting) check();
    });
    this.received = new Promise((resolve) => {
      this.socket.on('close', () => resolve(this.#text));
    });
    onTestFinished(() => {
      this.socket.destroy();
    });
  }

  get text(): string {
    return this.#text;
  }

  write(...lines: readonly string[]): this {
    this.socket.write(lines.join('\r\n'), 'latin1');
    return this;
  }

  /** Resolves when what came contains a text. */
  until(part: string): Promise<string> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (this.#text.includes(part)) resolve(this.#text);
      };
      this.#waiting.push(check);
      check();
    });
  }
}

/** Sends a text over a connection of its own; resolves with the answer, when the connection ends. */
export function raw(url: string, ...lines: readonly string[]): Promise<string> {
  return new RawClient(url).write(...lines).received;
}
