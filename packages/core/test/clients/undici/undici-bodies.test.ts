import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { FAILED, resets, statuses } from '../../support/clients.ts';
import { startServer } from '../../support/real.ts';
import { dispatchersOf, majors } from '../../support/undici.ts';

describe.each(majors)('$name with the resilient interceptor', ({ undici }) => {
  const { agentFor } = dispatchersOf(undici);

  it.each([
    ['a string', () => 'text'],
    ['a buffer', () => Buffer.from('text')],
    ['a view', () => new Uint8Array(Buffer.from('text'))],
  ])('sends %s again', async (_what, body) => {
    await using server = await startServer(statuses(500));
    const options = { method: 'PUT', body: body(), dispatcher: agentFor(server) } as const;
    const response = await undici.request(`${server.url}/x`, options);
    await expect(response.body.json()).resolves.toEqual({ sent: 'text' });
    expect(server.requests.length).toBe(2);
  });

  it.each([
    ['a stream', () => Readable.from(['te', 'xt'])],
    ['a generator', () => generate('te', 'xt')],
  ])('does not send %s again, and gives the first outcome', async (_what, body) => {
    await using server = await startServer(statuses(500));
    const options = {
      method: 'PUT',
      body: body() as Readable,
      dispatcher: agentFor(server),
    } as const;
    const response = await undici.request(`${server.url}/x`, options);
    expect([response.statusCode, server.requests.length]).toEqual([500, 1]);
    await expect(response.body.text()).resolves.toBe(FAILED);
  });

  it('sends a generator of known length again from its copy, though the first attempt broke off half-way', async () => {
    await using server = await startServer((request, response, count) => {
      if (count === 1) return request.once('data', () => request.socket.destroy());
      return void statuses()(request, response, count);
    });
    const big = Buffer.alloc(100_000, 'a');
    let ended = false;
    const body = generator(big, big, big, () => {
      ended = true;
    });
    const options = {
      method: 'PUT',
      headers: { 'content-length': '300000' },
      body,
      dispatcher: agentFor(server),
    } as const;
    const response = await undici.request(`${server.url}/x`, options);
    const { sent } = (await response.body.json()) as { sent: string };
    expect([sent.length, sent === 'a'.repeat(300_000), ended]).toEqual([300_000, true, true]);
  });

  it('does not keep a long body', async () => {
    await using server = await startServer(statuses(500));
    const chunk = Buffer.alloc(600_000);
    const headers = { 'content-length': '1200000' };
    const options = {
      method: 'PUT',
      headers,
      body: generator(chunk, chunk),
      dispatcher: agentFor(server),
    } as const;
    const response = await undici.request(`${server.url}/x`, options);
    await response.body.dump();
    expect([response.statusCode, server.requests.length]).toEqual([500, 1]);
  });

  it('ends a generator that nobody reads on', async () => {
    await using server = await startServer(resets(9));
    let ended = false;
    const body = generator('a', 'b', () => {
      ended = true;
    });
    const headers = { 'content-length': '2' };
    const options = { method: 'POST', headers, body, dispatcher: agentFor(server) } as const;
    await expect(undici.request(`${server.url}/x`, options)).rejects.toThrow();
    await vi.waitFor(() => expect(ended).toBe(true));
  });
});

type Part = string | Uint8Array | (() => void);

async function* generate(...parts: readonly Part[]): AsyncGenerator<Uint8Array> {
  await turn();
  try {
    for (const part of parts) if (typeof part !== 'function') yield Buffer.from(part);
  } finally {
    for (const part of parts) if (typeof part === 'function') part();
  }
}

/** undici takes any asynchronous iterable, though its types do not say so. */
function generator(...parts: readonly Part[]): Readable {
  return generate(...parts) as unknown as Readable;
}
