/** How answers and bodies stream through the wrapped fetch, and what is left of those that nobody reads. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { createResilience } from '@defender-resilience/core';
import { describe, expect, it, vi } from 'vitest';
import { callWith, compareWithBare, type Fetch } from '../../support/differential.ts';
import { guardProcess } from '../../support/guard.ts';
import { quick, startServer } from '../../support/real.ts';

guardProcess();

const MIB = 1024 * 1024;
const gc = globalThis.gc ?? ((): void => undefined);

describe('what streams', () => {
  compareWithBare([
    {
      name: 'comes as it is sent, before the answer has ended',
      call: async (fetch, { url }) => {
        const log: string[] = [];
        const response = await fetch(url);
        const decoder = new TextDecoder();
        for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
          log.push(decoder.decode(chunk));
          // Each part is sent only when the one before has been read.
          await fetch(`${url}/next`);
        }
        return log;
      },
      answer: (() => {
        const parts: (() => void)[] = [];
        return (request, response) => {
          if (request.url === '/next') {
            parts.shift()?.();
            response.end();
            return;
          }
          parts.push(
            () => response.write('two'),
            () => response.write('three'),
            () => response.end(),
          );
          response.write('one');
        };
      })(),
    },
    {
      name: 'is sent as it comes, and answered before it has ended',
      call: async (fetch, { url }) => {
        let more: ReadableStreamDefaultController<Uint8Array> | undefined;
        const body = new ReadableStream<Uint8Array>({
          start: (controller) => {
            more = controller;
            controller.enqueue(new TextEncoder().encode('one'));
          },
        });
        const response = await callWith(fetch, url, { method: 'PUT', body, duplex: 'half' });
        const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
        const first = await reader?.read();
        more?.enqueue(new TextEncoder().encode('two'));
        const second = await reader?.read();
        more?.close();
        return [first, second, await reader?.read()];
      },
      answer: (request, response) => void request.pipe(response),
    },
    {
      name: 'waits for the one who reads',
      call: async (fetch, { url, sockets }) => {
        const response = await fetch(url);
        // The server can write until the buffers on the way are full; then nothing moves.
        let before = -1;
        await vi.waitFor(
          () => {
            const written = sockets[0]?.bytesWritten ?? 0;
            const still = written === before;
            before = written;
            expect(still).toBe(true);
          },
          { interval: 50 },
        );
        const all = await response.arrayBuffer();
        return [before < 32 * MIB, all.byteLength];
      },
      answer: (_request, response) => void response.end(Buffer.alloc(32 * MIB)),
    },
  ]);
});

/** A server that sends so many MiB without holding them. */
async function flood(mib: number, status: number): Promise<AsyncDisposable & { url: string }> {
  const chunk = Buffer.alloc(MIB, 'x');
  const server: Server = createServer((_request, response) => {
    response.writeHead(status);
    let left = mib;
    const send = (): void => {
      while (left > 0) {
        left -= 1;
        if (!response.write(chunk)) return void response.once('drain', send);
      }
      response.end();
    };
    send();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function memory(): number {
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What is held in memory after half of a large transfer: the least of several looks, since buffers go late. */
class Held {
  readonly #total: number;
  readonly #before = memory();
  #looked = 0;
  least = Number.POSITIVE_INFINITY;

  constructor(total: number) {
    this.#total = total;
    this.#looked = total / 2;
  }

  look(transferred: number): void {
    if (transferred < this.#looked) return;
    this.#looked += this.#total / 16;
    this.least = Math.min(this.least, memory() - this.#before);
  }
}

describe('an answer larger than memory', () => {
  it.each([200, 404])('(with status %i) goes through it piece by piece', async (status) => {
    await using server = await flood(200, status);
    const { fetch } = createResilience();
    const { signal } = new AbortController();
    const held = new Held(200 * MIB);
    const response = await fetch(server.url, { signal });
    let received = 0;
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      received += chunk.byteLength;
      held.look(received);
    }
    expect(received).toBe(200 * MIB);
    expect(held.least).toBeLessThan(50 * MIB);
  });

  it('is not read by the wrapper when it is the last of several failures', async () => {
    await using server = await flood(200, 503);
    const before = memory();
    const response = await quick(server.url).fetch(server.url);
    expect(response.status).toBe(503);
    expect(memory() - before).toBeLessThan(50 * MIB);
    await response.body?.cancel();
  });
});

describe('an answer that nobody reads', () => {
  /** How many of five answers that were dropped a server could end, or was told to end. */
  async function dropped(read: (url: string) => Promise<unknown>, status: number): Promise<number> {
    let ended = 0;
    await using server = await startServer((_request, response) => {
      response.on('close', () => {
        ended += 1;
      });
      response.writeHead(status).end(Buffer.alloc(20 * MIB));
    });
    for (let call = 0; call < 5; call += 1) await read(server.url);
    for (let round = 0; round < 50 && ended < 5; round += 1) {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return ended;
  }

  const { signal } = new AbortController();
  const ways: [string, number, (fetch: Fetch) => (url: string) => Promise<unknown>][] = [
    ['plain', 200, (fetch) => (url) => fetch(url)],
    ['a refusal', 404, (fetch) => (url) => fetch(url)],
    ['with a signal that lives on', 200, (fetch) => (url) => fetch(url, { signal })],
    ['a refusal, with a signal that lives on', 404, (fetch) => (url) => fetch(url, { signal })],
    ['cloned', 200, (fetch) => async (url) => (await fetch(url)).clone()],
  ];

  it.each(ways)(
    '(%s) gives its connection back when it is collected',
    async (_way, status, make) => {
      const bare = await dropped(make(globalThis.fetch), status);
      const wrapped = await dropped(make(createResilience().fetch), status);
      expect({ bare, wrapped }).toEqual({ bare: 5, wrapped: 5 });
    },
  );

  it('does not keep what was sent, nor the one who reads, in a signal that lives on', async () => {
    await using server = await startServer((_request, response) => response.end('text'));
    const { fetch } = createResilience();
    const { signal } = new AbortController();
    let kept = 0;
    const registry = new FinalizationRegistry(() => {
      kept -= 1;
    });
    const call = async (): Promise<void> => {
      const url = new URL(server.url);
      const headers = { own: '1' };
      kept += 3;
      const response = await fetch(url, { signal, headers });
      for (const thing of [url, headers, response]) registry.register(thing, undefined);
      await response.text();
    };
    for (let count = 0; count < 20; count += 1) await call();
    for (let round = 0; round < 50 && kept > 0; round += 1) {
      gc();
      await turn();
    }
    expect(kept).toBe(0);
    expect(signal.aborted).toBe(false);
  });
});
