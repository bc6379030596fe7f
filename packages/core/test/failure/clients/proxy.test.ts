import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import axios from 'axios';
import got from 'got';
import * as undici from 'undici';
import * as undiciV6 from 'undici-v6';
import * as undiciV7 from 'undici-v7';
import { afterEach, describe, expect, it } from 'vitest';
import { classify } from '../../../src/failure/classify.ts';

const open: { close(): unknown }[] = [];

afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function portOf(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  open.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  // A server that listens on a port has an address of this kind.
  return (server.address() as AddressInfo).port;
}

async function thrownBy(call: () => Promise<unknown>): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error('it succeeded');
}

describe('a proxy that refuses', () => {
  const target = 'https://api.security.microsoft.com/';

  it.each([
    [
      'undici 8',
      (proxy: string) => undici.fetch(target, { dispatcher: new undici.ProxyAgent(proxy) }),
    ],
    [
      'undici 7',
      (proxy: string) => undiciV7.fetch(target, { dispatcher: new undiciV7.ProxyAgent(proxy) }),
    ],
    [
      'undici 6',
      (proxy: string) => undiciV6.fetch(target, { dispatcher: new undiciV6.ProxyAgent(proxy) }),
    ],
    [
      'request of undici 8',
      (proxy: string) => undici.request(target, { dispatcher: new undici.ProxyAgent(proxy) }),
    ],
  ] as const)('is told from an abort of the caller: %s', async (_, send) => {
    const server = createServer().on('connect', (_request, socket) => {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    });
    const proxy = `http://127.0.0.1:${await portOf(server)}`;
    expect(classify(await thrownBy(() => send(proxy)))).toMatchObject({
      code: 'Http407',
      status: 407,
      source: 'gateway',
      verdict: 'terminal',
    });
  });
});

describe('a connection that is closed in its TLS handshake', () => {
  it.each([
    ['fetch', (url: string) => fetch(url)],
    ['axios', (url: string) => axios.get(url)],
    ['got', (url: string) => got(url, { retry: { limit: 0 } })],
    ['undici 7', (url: string) => undiciV7.request(url)],
  ] as const)('sent nothing: %s', async (_, send) => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined).once('data', () => socket.end());
    });
    const url = `https://127.0.0.1:${await portOf(server)}/`;
    const failure = classify(await thrownBy(() => send(url)));
    expect(failure).toMatchObject({ code: 'ECONNRESET', verdict: 'retryable', source: 'network' });
    expect(failure).not.toHaveProperty('ambiguous');
  });
});
