import type { ServerResponse } from 'node:http';
import { type Fetch, failureOf } from '@defender-resilience/core';
import makeFetchHappen from 'make-fetch-happen';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import nodeFetch from 'node-fetch';
import nodeFetch2 from 'node-fetch-v2';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FAILED, JSON_HEADERS } from '../../support/clients.ts';
import { quick, startServer } from '../../support/real.ts';

/** The fetches of others, whose bodies are no streams of the web. */
const fetches: readonly (readonly [name: string, fetch: unknown])[] = [
  ['node-fetch 3', nodeFetch],
  ['node-fetch 2', nodeFetch2],
  ['make-fetch-happen', makeFetchHappen.defaults({ retry: false, cache: 'no-store' })],
];

describe.each(fetches)('%s, wrapped', (_name, own) => {
  // They are called as fetch is; their types are their own.
  const inner = own as Fetch;

  it('knows the code and the tracking ID of a failure, and leaves it unread', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(403, JSON_HEADERS).end(FAILED.replace('InternalServerError', 'Forbidden'));
    });
    const warning = vi.spyOn(process, 'emitWarning');
    const response = await quick(server.url).wrapFetch(inner)(`${server.url}/api/incidents`);
    expect(failureOf(response)).toMatchObject({ code: 'Forbidden', trackingId: 'tracking-7' });
    await expect(response.json()).resolves.toMatchObject({ error: { code: 'Forbidden' } });
    expect(warning).not.toHaveBeenCalled();
  });

  it('repeats a failure, and releases the one before', async () => {
    await using server = await startServer((_request, response, count) => {
      response.writeHead(count < 3 ? 500 : 200, JSON_HEADERS).end(count < 3 ? FAILED : '{}');
    });
    const response = await quick(server.url).wrapFetch(inner)(`${server.url}/api/incidents`);
    await expect(response.json()).resolves.toEqual({});
    expect(server.requests.length).toBe(3);
    await vi.waitFor(() => expect(server.sockets.open).toBeLessThanOrEqual(1));
  });

  it.each([
    [
      'a page in parts',
      (response: ServerResponse) => {
        response.write('<html><title>Bad Gateway</title>');
        setImmediate(() => response.end('</html>'));
      },
      'Bad Gateway',
    ],
    ['a long text', (response: ServerResponse) => response.end('e'.repeat(300_000)), 'eee'],
  ])('reads the beginning of %s, and hands on all of it', async (_what, write, message) => {
    await using server = await startServer((_request, response) => {
      write(response.writeHead(404, { 'content-type': 'text/html' }));
    });
    const response = await quick(server.url).wrapFetch(inner)(`${server.url}/api/incidents`);
    expect(failureOf(response)?.message).toContain(message);
    const { length } = await response.text();
    expect([300_000, '<html><title>Bad Gateway</title></html>'.length]).toContain(length);
  });
});

describe('the fetch that is global', () => {
  const original = globalThis.fetch;
  afterEach(() => {
    globalThis.fetch = original;
  });

  it.each([
    ['the wrapped one', (fetch: Fetch): Fetch => fetch],
    [
      'a function that calls it',
      (fetch: Fetch): Fetch =>
        (...args) =>
          fetch(...args),
    ],
    ['the wrapped one, bound', (fetch: Fetch): Fetch => fetch.bind(undefined)],
  ])('may be %s', async (_what, make) => {
    await using server = await startServer((_request, response, count) => {
      response.writeHead(count === 1 ? 500 : 200, JSON_HEADERS).end(count === 1 ? FAILED : '{}');
    });
    globalThis.fetch = make(quick(server.url).fetch);
    expect((await fetch(`${server.url}/api/incidents`)).status).toBe(200);
    expect(server.requests.length).toBe(2);
  });

  it('may be that of another wrapper, around the first', async () => {
    await using server = await startServer((_request, response) => void response.end('{}'));
    const first = quick(server.url);
    globalThis.fetch = first.fetch;
    const second = quick(server.url);
    globalThis.fetch = second.fetch;
    expect((await fetch(server.url)).status).toBe(200);
    expect((await first.fetch(server.url)).status).toBe(200);
    expect(server.requests.length).toBe(2);
  });

  it('is called where it is put in place later, as a mock is', async () => {
    const { fetch: wrapped } = quick('http://127.0.0.1:1');
    const mock = vi.fn(() => Promise.resolve(new Response('mocked')));
    globalThis.fetch = mock;
    await expect((await wrapped('http://127.0.0.1:1/')).text()).resolves.toBe('mocked');
    expect(mock).toHaveBeenCalledTimes(1);
  });
});

it('repeats a GET to which MSW answers with a network error', async () => {
  let count = 0;
  const mocks = setupServer(
    http.get('http://mocked.example/api/incidents', () => {
      count += 1;
      return count < 3 ? HttpResponse.error() : HttpResponse.json({ value: [] });
    }),
  );
  mocks.listen();
  try {
    const { fetch } = quick('http://mocked.example');
    const response = await fetch('http://mocked.example/api/incidents');
    await expect(response.json()).resolves.toEqual({ value: [] });
    expect(count).toBe(3);
  } finally {
    mocks.close();
  }
});

it.each([
  ['a buffer', (bytes: Uint8Array<ArrayBuffer>) => bytes.buffer],
  ['a view', (bytes: Uint8Array<ArrayBuffer>) => bytes],
])('sends an empty body for %s that was detached, as fetch does', async (_what, bodyOf) => {
  const lengths: unknown[] = [];
  await using server = await startServer((request, response) => {
    lengths.push(request.headers['content-length']);
    response.writeHead(200, JSON_HEADERS).end('{}');
  });
  const bytes = new Uint8Array(8);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  const request = { method: 'POST', body: bodyOf(bytes) };
  const bare = await fetch(server.url, request).then(({ status }) => status, String);
  const wrapped = await quick(server.url)
    .fetch(server.url, request)
    .then(({ status }) => status, String);
  expect(wrapped).toBe(bare);
  expect(lengths[1]).toBe(lengths[0]);
});
