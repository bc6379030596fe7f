/** What is sent again is what fetch was called with, whatever became of the caller's objects meanwhile. */
import { createServer } from 'node:http';
import { createResilience } from '@defender-resilience/core';
import { manualClock } from '@defender-resilience/core/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { callWith, type Fetch } from '../../support/differential.ts';
import { guardProcess } from '../../support/guard.ts';
import { quick, startServer } from '../../support/real.ts';

guardProcess();

interface Case {
  readonly name: string;
  /** The arguments, and what the caller does with them as soon as fetch has been called. */
  readonly make: (url: string) => { args: unknown[]; change: () => void };
}

const encoder = new TextEncoder();

const cases: readonly Case[] = [
  {
    name: 'a URL',
    make: (base) => {
      const url = new URL('/path?page=1', base);
      return { args: [url], change: () => url.searchParams.set('page', '2') };
    },
  },
  {
    name: 'an object of headers',
    make: (url) => {
      const headers: Record<string, string> = { 'X-Own': '1' };
      return {
        args: [url, { headers }],
        change: () => {
          headers['X-Own'] = '2';
          headers['other'] = '3';
        },
      };
    },
  },
  {
    name: 'a Headers',
    make: (url) => {
      const headers = new Headers({ 'X-Own': '1' });
      return { args: [url, { headers }], change: () => headers.set('X-Own', '2') };
    },
  },
  {
    name: 'a list of headers',
    make: (url) => {
      const pair = ['X-Own', '1'];
      const headers = [pair];
      return {
        args: [url, { headers }],
        change: () => {
          pair[1] = '2';
          headers.push(['other', '3']);
        },
      };
    },
  },
  {
    name: 'an iterator of headers',
    make: (url) => ({
      args: [url, { headers: [['X-Own', '1']].values() }],
      change: () => undefined,
    }),
  },
  {
    name: 'an init',
    make: (url) => {
      const init: Record<string, unknown> = { method: 'PUT', body: 'text', headers: { own: '1' } };
      return {
        args: [url, init],
        change: () => {
          Object.assign(init, { method: 'DELETE', body: 'other', headers: {}, redirect: 'error' });
        },
      };
    },
  },
  {
    name: 'a buffer',
    make: (url) => {
      const body = encoder.encode('text');
      return { args: [url, { method: 'PUT', body }], change: () => void body.fill(0) };
    },
  },
  {
    name: 'an ArrayBuffer that is given away',
    make: (url) => {
      const body = encoder.encode('text').buffer;
      return {
        args: [url, { method: 'PUT', body }],
        change: () => structuredClone(undefined, { transfer: [body] }),
      };
    },
  },
  {
    name: 'URLSearchParams',
    make: (url) => {
      const body = new URLSearchParams({ own: '1' });
      return { args: [url, { method: 'PUT', body }], change: () => body.set('own', '2') };
    },
  },
  {
    name: 'a form',
    make: (url) => {
      const body = new FormData();
      body.set('own', '1');
      return {
        args: [url, { method: 'PUT', body }],
        change: () => {
          body.set('own', '2');
          body.append('other', '3');
        },
      };
    },
  },
  {
    name: 'a Request',
    make: (url) => {
      const request = new Request(url, { headers: { 'X-Own': '1' } });
      return { args: [request], change: () => request.headers.set('X-Own', '2') };
    },
  },
  {
    name: 'a Request with a body',
    make: (url) => {
      const request = new Request(url, { method: 'PUT', body: 'text', headers: { 'X-Own': '1' } });
      return { args: [request], change: () => request.headers.set('X-Own', '2') };
    },
  },
];

/** A server that fails each first, second and third time, and tells all that it received. */
async function received(call: (fetch: Fetch, url: string) => Promise<unknown>): Promise<string[]> {
  const requests: string[] = [];
  await using server = await startServer((request, response, count) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const all = [request.method, request.url, request.rawHeaders, body];
      requests.push(JSON.stringify(all).replace(/formdata-undici-\d+/g, 'BOUNDARY'));
      response.writeHead(count < 4 ? 503 : 200).end();
    });
  });
  await call(quick(server.url).fetch, server.url);
  return requests;
}

describe('after a failure', () => {
  it.each(cases)('$name is sent as it was', async ({ make }) => {
    const requests = await received(async (fetch, url) => {
      const { args, change } = make(url);
      const call = callWith(fetch, ...args);
      change();
      expect(await call).toMatchObject({ status: 200 });
    });
    expect(requests).toHaveLength(4);
    expect(new Set(requests).size).toBe(1);
    expect(requests[0]).toMatch(/own|text|page=1/i);
    expect(requests[0]).not.toMatch(/other|DELETE/);
  });

  it('a stream of the caller’s in a Request is not sent again: it is not kept', async () => {
    const requests = await received(async (fetch, url) => {
      const body = new ReadableStream({
        start: (controller) => {
          controller.enqueue(encoder.encode('streamed'));
          controller.close();
        },
      });
      const init = { method: 'PUT', body, duplex: 'half' };
      const request: unknown = Reflect.construct(Request, [url, init]);
      expect(await callWith(fetch, request)).toMatchObject({ status: 503 });
    });
    expect(requests).toHaveLength(1);
    expect(requests[0]).toContain('streamed');
  });
});

describe('after a wait for the quota', () => {
  it.each(cases)('$name is sent as it was', async ({ make }) => {
    const url = 'http://127.0.0.1:1';
    const clock = manualClock();
    const sent: string[] = [];
    const inner: Fetch = async (input, init) => {
      if (String(input).endsWith('/first')) {
        return new Response('', { status: 429, headers: { 'retry-after': '10' } });
      }
      const request = new Request(input, init);
      const text = await request.text();
      sent.push(
        JSON.stringify([request.method, request.url, [...request.headers], text]).replace(
          /formdata-undici-\d+/g,
          'BOUNDARY',
        ),
      );
      return new Response('');
    };
    const { wrapFetch } = createResilience({ clock, retry: { maxRetries: 0 } });
    const wrapped = wrapFetch(inner);
    await callWith(inner, ...make(url).args);
    await wrapped(`${url}/first`);
    const { args, change } = make(url);
    const call = callWith(wrapped, ...args);
    change();
    expect(sent).toHaveLength(1);
    await clock.advance(60_000);
    await call;
    expect(sent).toHaveLength(2);
    expect(sent[1]).toBe(sent[0]);
  });
});

it('an early answer does not stop a body from being sent again whole', async () => {
  let requests = 0;
  const whole: number[] = [];
  const server = createServer((request, response) => {
    const first = ++requests === 1;
    let size = 0;
    if (first) response.writeHead(503).end();
    request.on('data', (chunk: Buffer) => {
      size += chunk.byteLength;
    });
    request.on('end', () => {
      if (first) return;
      whole.push(size);
      response.end();
    });
  });
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const body = new Uint8Array(1_000_000);
  const response = await quick(url).fetch(new Request(url, { method: 'PUT', body }));
  expect([response.status, requests, whole]).toEqual([200, 2, [1_000_000]]);
});
