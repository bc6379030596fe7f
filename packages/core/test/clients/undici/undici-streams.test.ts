import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { JSON_HEADERS } from '../../support/clients.ts';
import { envelope, quick, startServer, type TestServer } from '../../support/real.ts';
import { dispatchersOf, isMajor, majors } from '../../support/undici.ts';

const FORBIDDEN = envelope('Forbidden');

describe.each(majors)('$name with the resilient interceptor', ({ undici }) => {
  const { agentFor } = dispatchersOf(undici);

  /** What observers learn of a call that fails. */
  async function failuresOf(server: TestServer): Promise<unknown[]> {
    const failures: unknown[] = [];
    const end = ({ failure }: { failure?: object }): void => void failures.push(failure);
    const resilience = quick(server.url, { observers: [{ call: () => ({ end }) }] });
    const dispatcher = agentFor(server, { resilience });
    const { body } = await undici.request(`${server.url}/api/incidents`, { dispatcher });
    // As a caller who does not know the encoding: the bytes are handed on as they came.
    await body.dump();
    return failures;
  }

  it('streams a success, with back-pressure', async () => {
    let written = 0;
    await using server = await startServer((_request, response) => {
      response.writeHead(200);
      const more = (): void => {
        while (written < 64_000_000) {
          written += 64_000;
          if (!response.write(Buffer.alloc(64_000))) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    const { body } = await undici.request(`${server.url}/x`, { dispatcher: agentFor(server) });
    let before = -1;
    while (written > before) {
      before = written;
      for (let count = 0; count < 50; count += 1) await turn();
    }
    expect(written).toBeLessThan(32_000_000);
    let read = 0;
    for await (const chunk of body) read += (chunk as Buffer).length;
    expect(read).toBe(written);
  });

  it('hands on an error body that is long, whole and with back-pressure', async () => {
    const body = Buffer.alloc(3_000_000, 'e');
    await using server = await startServer((_request, response) => {
      response.writeHead(400, { 'content-type': 'text/plain', 'request-id': 'r-1' }).end(body);
    });
    const response = await undici.request(`${server.url}/x`, { dispatcher: agentFor(server) });
    const chunks: Buffer[] = [];
    for await (const chunk of response.body) {
      chunks.push(chunk as Buffer);
      await turn();
    }
    expect(Buffer.concat(chunks).equals(body)).toBe(true);
  });

  it('hands on an error whose body breaks off', async () => {
    await using server = await startServer((request, response) => {
      response.writeHead(404, { 'content-length': '100' }).write('begun');
      setImmediate(() => request.socket.destroy());
    });
    const response = await undici.request(`${server.url}/x`, { dispatcher: agentFor(server) });
    expect(response.statusCode).toBe(404);
    await expect(response.body.text()).rejects.toThrow();
  });

  it.each([
    ['gzip', gzipSync(FORBIDDEN)],
    ['x-gzip', gzipSync(FORBIDDEN)],
    ['deflate', deflateSync(FORBIDDEN)],
    ['br', brotliCompressSync(FORBIDDEN)],
    ['identity', Buffer.from(FORBIDDEN)],
  ])('reads the code and the ID of an error that is encoded by %s', async (encoding, body) => {
    await using server = await startServer((_request, response) => {
      response.writeHead(403, { ...JSON_HEADERS, 'content-encoding': encoding }).end(body);
    });
    await expect(failuresOf(server)).resolves.toMatchObject([
      { code: 'Forbidden', trackingId: 'tracking-1' },
    ]);
  });

  it.each([
    ['an encoding that it does not know', 'zstd', FORBIDDEN],
    ['an encoding that the body is not of', 'gzip', FORBIDDEN],
    ['more than an error can be, once decoded', 'gzip', gzipSync(Buffer.alloc(3_000_000, ' '))],
  ])('takes the status and the headers alone for %s', async (_what, encoding, body) => {
    await using server = await startServer((_request, response) => {
      const headers = { ...JSON_HEADERS, 'content-encoding': encoding, 'request-id': 'r-1234567' };
      response.writeHead(403, headers).end(body);
    });
    await expect(failuresOf(server)).resolves.toMatchObject([
      { code: 'Http403', trackingId: 'r-1234567' },
    ]);
  });

  it('hands on an answer before the final one', async () => {
    await using server = await startServer((_request, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.writeHead(200).end('done');
    });
    const early: number[] = [];
    const { body } = await undici.request(`${server.url}/x`, {
      dispatcher: agentFor(server),
      onInfo: ({ statusCode }) => early.push(statusCode),
    });
    await expect(body.text()).resolves.toBe('done');
    expect(early).toEqual([103]);
  });

  it.each([
    ['in an attempt', () => undefined],
    [
      'in a wait',
      (response: ServerResponse) => response.writeHead(429, { 'retry-after': '30' }).end(),
    ],
    [
      'while an error body is looked at',
      (response: ServerResponse) => response.writeHead(500).write('begun'),
    ],
  ])('ends at once when its caller aborts %s', async (_when, answer) => {
    await using server = await startServer((_request, response) => void answer(response));
    const controller = new AbortController();
    const dispatcher = agentFor(server);
    const call = undici.request(`${server.url}/x`, { dispatcher, signal: controller.signal });
    await vi.waitFor(() => expect(server.requests.length).toBe(1));
    await turn();
    controller.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    expect(server.requests.length).toBe(1);
  });

  it('can be aborted while its quota is paused, before anything is sent', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(429, { 'retry-after': '30' }).end();
    });
    const dispatcher = agentFor(server, {
      resilience: quick(server.url, { retry: { maxRetries: 0 } }),
    });
    const first = await undici.request(`${server.url}/x`, { dispatcher });
    await first.body.dump();
    const controller = new AbortController();
    const call = undici.request(`${server.url}/x`, { dispatcher, signal: controller.signal });
    await turn();
    controller.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    expect(server.requests.length).toBe(1);
  });

  it('lets an abort reach a body that is still being read', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(200).write('begun');
    });
    const controller = new AbortController();
    const { body } = await undici.request(`${server.url}/x`, {
      dispatcher: agentFor(server),
      signal: controller.signal,
    });
    body.resume();
    const failed = once(body, 'error');
    controller.abort(new Error('enough'));
    expect((await failed)[0]).toMatchObject({ message: 'enough' });
    // undici 6 itself leaves the connection open.
    if (!isMajor(undici, 6)) await vi.waitFor(() => expect(server.sockets.open).toBe(0));
  });
});
