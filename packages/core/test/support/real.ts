import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import {
  createResilience,
  type Resilience,
  type ResilienceOptions,
} from '@defender-resilience/core';

/** A wrapper in real time that does not wait, so that what is counted is what is sent. */
export function quick(url: string, options: ResilienceOptions = {}): Resilience {
  return createResilience(quickOptions(url, options));
}

/** The options of {@link quick}. */
export function quickOptions(url: string, options: ResilienceOptions = {}): ResilienceOptions {
  return {
    hosts: { [new URL(url).host]: 'all' },
    ...options,
    retry: {
      initialDelayMs: 0,
      maxDelayMs: 0,
      throttleInitialDelayMs: 0,
      throttleMaxDelayMs: 0,
      ...options.retry,
    },
  };
}

/** A bare server on loopback. */
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly IncomingMessage[];
  /** The connections that are open now, and how many were ever opened. */
  readonly sockets: { readonly open: number; readonly opened: number };
}

export async function startServer(
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => void,
): Promise<TestServer> {
  const requests: IncomingMessage[] = [];
  const open = new Set<Socket>();
  let opened = 0;
  const server: Server = createServer((request, response) => {
    requests.push(request);
    answer(request, response, requests.length);
  });
  server.on('connection', (socket) => {
    opened += 1;
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    get sockets() {
      return { open: open.size, opened };
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** The error body that the Defender APIs document. */
export function envelope(code: string, message = 'said', target = 'tracking-1'): string {
  return JSON.stringify({ error: { code, message, target } });
}
