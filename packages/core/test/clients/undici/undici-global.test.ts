import type { IncomingMessage } from 'node:http';
import { failureOf } from '@defender-resilience/core';
import { undiciInterceptor } from '@defender-resilience/core/undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FAILED, statuses } from '../../support/clients.ts';
import { quick, startServer, type TestServer } from '../../support/real.ts';
import { majors } from '../../support/undici.ts';

describe.each(majors)('setGlobalDispatcher of $name', ({ undici }) => {
  const slots = [1, 2].map((version) => Symbol.for(`undici.globalDispatcher.${version}`));
  let before: unknown[] = [];

  beforeEach(() => {
    before = slots.map((slot): unknown => Reflect.get(globalThis, slot));
  });

  afterEach(() => {
    for (const [index, slot] of slots.entries()) Reflect.set(globalThis, slot, before[index]);
  });

  async function install(server: TestServer): Promise<AsyncDisposable> {
    await fetch('data:,').then((response) => response.text());
    const agent = new undici.Agent();
    undici.setGlobalDispatcher(agent.compose(undiciInterceptor(quick(server.url))));
    return { [Symbol.asyncDispose]: () => agent.destroy() };
  }

  it('makes the fetch that is built into Node resilient, bodies included', async () => {
    await using server = await startServer(statuses(500, 200, 503));
    await using _agent = await install(server);
    const got = await fetch(`${server.url}/x`);
    await expect(got.json()).resolves.toEqual({ sent: '' });
    const put = await fetch(`${server.url}/x`, { method: 'PUT', body: JSON.stringify({ a: 1 }) });
    await expect(put.json()).resolves.toEqual({ sent: '{"a":1}' });
    expect(server.requests.length).toBe(4);
  });

  it('leaves an error answer to be read, and rejects as fetch does', async () => {
    await using server = await startServer((request: IncomingMessage, response, count) => {
      if (request.url === '/reset') request.socket.destroy();
      else void statuses(403)(request, response, count);
    });
    await using _agent = await install(server);
    const refused = await fetch(`${server.url}/api/incidents`);
    await expect(refused.text()).resolves.toBe(FAILED);
    expect([refused.status, refused.url]).toEqual([403, `${server.url}/api/incidents`]);
    const error: unknown = await fetch(`${server.url}/reset`, { method: 'POST' }).catch(
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(TypeError);
    expect(failureOf(error)).toMatchObject({ source: 'network', ambiguous: true });
  });

  it.each([200, 500])(
    'rejects as fetch does where the body of a %i breaks off each time',
    async (status) => {
      await using server = await startServer((_request, response) => {
        response.writeHead(status, { 'content-type': 'application/json', 'content-length': '100' });
        response.write('{"value":', () => response.destroy());
      });
      await using _agent = await install(server);
      for (const send of [fetch, undici.fetch as unknown as typeof fetch]) {
        const read = send(`${server.url}/x`).then((response) => response.text());
        await expect(read).rejects.toMatchObject({ name: 'TypeError', message: 'terminated' });
      }
      expect(server.requests.length).toBe(8);
    },
  );

  it('follows redirects, streams uploads and hears an abort as fetch does', async () => {
    await using server = await startServer((request, response, count) => {
      if (request.url === '/a') response.writeHead(307, { location: '/b' }).end();
      else if (request.url === '/hang') response.writeHead(200).write('begun');
      else void statuses()(request, response, count);
    });
    await using _agent = await install(server);
    const followed = await fetch(`${server.url}/a`, { method: 'POST', body: 'text' });
    expect([followed.redirected, await followed.json()]).toEqual([true, { sent: 'text' }]);
    const body = ReadableStream.from(['te', 'xt'].map((part) => Buffer.from(part)));
    const streamed = await fetch(`${server.url}/x`, {
      method: 'POST',
      body,
      duplex: 'half',
    } as RequestInit);
    await expect(streamed.json()).resolves.toEqual({ sent: 'text' });
    const controller = new AbortController();
    const hanging = await fetch(`${server.url}/hang`, { signal: controller.signal });
    const read = hanging.text();
    controller.abort(new Error('enough'));
    await expect(read).rejects.toThrow('enough');
  });
});
