import { setImmediate as turn } from 'node:timers/promises';
import { DefenderApiError, failureOf, type Observer } from '@defender-resilience/core';
import { describe, expect, it, vi } from 'vitest';
import { envelope, quick, startServer } from '../../support/real.ts';

const JSON_HEADERS = { 'content-type': 'application/json' };
const gc = globalThis.gc ?? ((): void => undefined);

/** What a fetch rejects with, whatever arguments it is given. */
async function rejectionOf(
  fetch: typeof globalThis.fetch,
  args: readonly unknown[],
): Promise<unknown> {
  try {
    await Reflect.apply(fetch as (...any: readonly unknown[]) => Promise<unknown>, undefined, args);
    return 'no rejection';
  } catch (error) {
    return error;
  }
}

async function bodyOf(request: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request)
    if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

describe('a wrapped fetch', () => {
  it('has the name and the length of fetch', () => {
    const { fetch } = quick('http://127.0.0.1:1');
    expect([fetch.name, fetch.length]).toEqual([globalThis.fetch.name, globalThis.fetch.length]);
  });

  it('is the same function each time', () => {
    const resilience = quick('http://127.0.0.1:1');
    expect(resilience.fetch).toBe(resilience.fetch);
  });

  it('gives the inner fetch the caller’s own input, init and further arguments', async () => {
    const response = new Response('ok');
    const inner = vi.fn((..._args: unknown[]) => Promise.resolve(response));
    const fetch = quick('http://127.0.0.1:1').wrapFetch(inner);
    const input = new URL('http://example.com/x');
    const init = {
      method: 'POST',
      headers: { a: 'b' },
      body: 'text',
      cache: 'no-store',
      integrity: '',
      keepalive: true,
    } as const;
    await expect(Reflect.apply(fetch, undefined, [input, init, 'third'])).resolves.toBe(response);
    const [sentInput, sentInit, third] = inner.mock.calls[0] ?? [];
    expect(sentInput).toBe(input);
    expect(sentInit).toMatchObject(init);
    expect(third).toBe('third');
  });

  it('keeps `this`', async () => {
    const self = { marker: 1 };
    const inner = vi.fn(function (this: unknown) {
      return Promise.resolve(new Response(String(this === self)));
    });
    const fetch = quick('http://127.0.0.1:1').wrapFetch(inner);
    const response = await Reflect.apply(fetch, self, ['http://example.com']);
    await expect(response.text()).resolves.toBe('true');
  });

  it('refuses what is no function', () => {
    const resilience = quick('http://127.0.0.1:1');
    expect((): unknown => Reflect.apply(resilience.wrapFetch, resilience, [undefined])).toThrow(
      'wrapFetch takes a function like fetch',
    );
  });

  it('gives a success untouched: unread, streaming, with its url', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(200, { 'x-own': 'kept', 'content-type': 'text/plain' });
      response.write('first');
      setImmediate(() => response.end('second'));
    });
    const response = await quick(server.url).fetch(`${server.url}/a?b=c`);
    expect(response.bodyUsed).toBe(false);
    expect([
      response.url,
      response.status,
      response.headers.get('x-own'),
      response.type,
      response.redirected,
    ]).toEqual([`${server.url}/a?b=c`, 200, 'kept', 'basic', false]);
    expect(failureOf(response)).toBeUndefined();
    await expect(response.text()).resolves.toBe('firstsecond');
  });

  it('gives a failure as the Response that it is: unread and with its url', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(403, JSON_HEADERS).end(envelope('Forbidden'));
    });
    const response = await quick(server.url).fetch(`${server.url}/api/incidents`);
    expect(failureOf(response)).toMatchObject({ code: 'Forbidden', trackingId: 'tracking-1' });
    expect([response.bodyUsed, response.url]).toEqual([false, `${server.url}/api/incidents`]);
    const copy = response.clone();
    await expect(response.json()).resolves.toMatchObject({ error: { code: 'Forbidden' } });
    await expect(copy.text()).resolves.toContain('Forbidden');
  });

  it('hands on an error body that is longer than what is read of it, whole', async () => {
    const long = JSON.stringify({
      error: { code: 'Forbidden', message: 'x'.repeat(500_000), target: 't' },
    });
    await using server = await startServer((_request, response) => {
      response.writeHead(403, JSON_HEADERS).end(long);
    });
    const response = await quick(server.url).fetch(server.url);
    expect((await response.text()).length).toBe(long.length);
  });

  it('does not wait for an error body that stalls longer than it must', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(403, JSON_HEADERS).write('{"error":');
    });
    const controller = new AbortController();
    const call = quick(server.url).fetch(server.url, { signal: controller.signal });
    const reason = new Error('enough');
    await vi.waitUntil(() => server.requests.length === 1);
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
  });

  it('rejects with the very error that the inner fetch rejects with', async () => {
    const own = new Error('mine');
    const fetch = quick('http://127.0.0.1:1').wrapFetch(() => Promise.reject(own));
    await expect(fetch('http://example.com')).rejects.toBe(own);
  });

  it('throws DefenderApiError for HTTP errors when asked to', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(403, JSON_HEADERS).end(envelope('Forbidden', 'canary-secret'));
    });
    const { fetch } = quick(server.url, { throwHttpErrors: true });
    const error: unknown = await fetch(`${server.url}/api/incidents?secret=canary-secret`).catch(
      (cause: unknown) => cause,
    );
    if (!(error instanceof DefenderApiError)) throw new Error('not a DefenderApiError');
    expect(error).toMatchObject({ code: 'Forbidden', status: 403, trackingId: 'tracking-1' });
    expect(error.message).not.toContain('canary-secret');
    expect(error.cause).toBeInstanceOf(Response);
    expect(failureOf(error)).toBe(error.failure);
  });
});

describe('arguments that the inner fetch refuses', () => {
  const bad: [string, unknown[]][] = [
    ['no argument', []],
    ['an invalid URL', ['http://']],
    ['a relative URL', ['/api']],
    ['an invalid port', ['http://example.com:99999/']],
    ['a forbidden port', ['http://127.0.0.1:25/']],
    ['credentials in the URL', ['http://user:pass@example.com/']],
    ['an invalid method', ['http://example.com/', { method: 'BAD METHOD' }]],
    ['a forbidden method', ['http://example.com/', { method: 'CONNECT' }]],
    ['an invalid header', ['http://example.com/', { headers: { 'bad header': 'x' } }]],
    ['a body for GET', ['http://example.com/', { body: 'x' }]],
    ['an invalid mode', ['http://example.com/', { redirect: 'nowhere' }]],
    ['an init that is no object', ['http://example.com/', 'init']],
    ['a signal that is none', ['http://example.com/', { signal: {} }]],
    ['a symbol', [Symbol('x')]],
    ['an unknown scheme', ['gopher://example.com/']],
  ];

  it.each(bad)('(%s) are refused in the same words, and never repeated', async (_what, args) => {
    const bare = await rejectionOf(globalThis.fetch, args);
    let retries = 0;
    const observers: Observer[] = [
      {
        call: () => ({
          retry: () => {
            retries += 1;
          },
        }),
      },
    ];
    const { fetch } = quick('http://127.0.0.1:1', { observers });
    const wrapped = await rejectionOf(fetch, args);
    const told = (error: unknown): unknown[] =>
      error instanceof Error
        ? [
            error.name,
            error.message,
            error.cause instanceof Error ? error.cause.message : error.cause,
          ]
        : [error];
    expect(told(wrapped)).toEqual(told(bare));
    expect(retries).toBe(0);
  });

  it.each(['data:text/plain,hello', 'about:blank'])(
    '%s goes to the inner fetch alone',
    async (url) => {
      const { fetch } = quick('http://127.0.0.1:1');
      const told = async (call: Promise<Response>): Promise<unknown> =>
        call.then(
          (response) => response.text(),
          (error: unknown) => String(error),
        );
      expect(await told(fetch(url))).toEqual(await told(globalThis.fetch(url)));
    },
  );

  it('a blob URL is read', async () => {
    const url = URL.createObjectURL(new Blob(['blob text']));
    const response = await quick('http://127.0.0.1:1').fetch(url);
    await expect(response.text()).resolves.toBe('blob text');
  });
});

describe('a body that is sent again', () => {
  const form = new FormData();
  form.set('field', 'form value');
  form.set('file', new File(['file text'], 'a.txt'));
  const bodies: [string, () => NonNullable<RequestInit['body']>, string][] = [
    ['a string', () => 'text', 'text'],
    ['a buffer', () => Buffer.from('text'), 'text'],
    ['an ArrayBuffer', () => new TextEncoder().encode('text').buffer, 'text'],
    ['URLSearchParams', () => new URLSearchParams({ a: 'b' }), 'a=b'],
    ['a Blob', () => new Blob(['text']), 'text'],
    ['a form with a file', () => form, 'file text'],
  ];

  it.each(bodies)('(%s) is whole each time', async (_what, body, expected) => {
    const received: string[] = [];
    await using server = await startServer((request, response, count) => {
      void bodyOf(request).then((text) => {
        received.push(text);
        response.writeHead(count < 3 ? 503 : 200).end();
      });
    });
    const response = await quick(server.url).fetch(`${server.url}/api/indicators`, {
      method: 'POST',
      body: body(),
    });
    expect(response.status).toBe(200);
    expect(received).toHaveLength(3);
    for (const text of received) expect(text).toContain(expected);
  });

  it('(of a Request) is whole each time', async () => {
    const received: string[] = [];
    await using server = await startServer((request, response, count) => {
      void bodyOf(request).then((text) => {
        received.push(`${request.method} ${request.headers['x-own']} ${text}`);
        response.writeHead(count < 4 ? 503 : 200).end();
      });
    });
    const request = new Request(`${server.url}/api/indicators`, {
      method: 'POST',
      body: 'text',
      headers: { 'x-own': 'kept' },
    });
    const response = await quick(server.url).fetch(request);
    expect(response.status).toBe(200);
    expect(received).toEqual(Array.from({ length: 4 }, () => 'POST kept text'));
    expect(request.bodyUsed).toBe(true);
  });

  it('(a one-shot stream) is not sent again, never empty: the first outcome is final', async () => {
    const received: string[] = [];
    await using server = await startServer((request, response) => {
      void bodyOf(request).then((text) => {
        received.push(text);
        response.writeHead(503, JSON_HEADERS).end(envelope('Http503'));
      });
    });
    const body = new Blob(['streamed']).stream();
    const init = { method: 'PUT', body, duplex: 'half' } as const;
    const response = await quick(server.url).fetch(server.url, init);
    expect(response.status).toBe(503);
    expect(received).toEqual(['streamed']);
    await expect(response.text()).resolves.toContain('Http503');
  });

  it('(a stream that errors half-way) rejects as the bare fetch does', async () => {
    await using server = await startServer((request) => request.resume());
    const own = new Error('half-way');
    const stream = (): ReadableStream =>
      new ReadableStream({
        pull(controller) {
          controller.enqueue(new Uint8Array(10));
          controller.error(own);
        },
      });
    const attempt = (fetch: typeof globalThis.fetch): Promise<unknown> => {
      const init = { method: 'PUT', body: stream(), duplex: 'half' } as const;
      return fetch(server.url, init).catch((error: unknown) =>
        error instanceof Error ? [error.name, error.message, error.cause] : error,
      );
    };
    expect(await attempt(quick(server.url).fetch)).toEqual(await attempt(globalThis.fetch));
  });
});

describe('a Request', () => {
  it('gives its method, headers and signal', async () => {
    await using server = await startServer((request, response) => {
      response.end(`${request.method} ${request.headers['x-own']}`);
    });
    const request = new Request(server.url, { method: 'DELETE', headers: { 'x-own': 'kept' } });
    const response = await quick(server.url).fetch(request);
    await expect(response.text()).resolves.toBe('DELETE kept');
  });

  it('is overruled by the init', async () => {
    await using server = await startServer((request, response) => {
      void bodyOf(request).then((text) => response.end(`${request.method} ${text}`));
    });
    const request = new Request(server.url, { method: 'POST', body: 'old' });
    const response = await quick(server.url).fetch(request, { method: 'PUT', body: 'new' });
    await expect(response.text()).resolves.toBe('PUT new');
  });

  it('whose body was used is refused as the bare fetch refuses it', async () => {
    const used = (): Request => new Request('http://127.0.0.1:1/', { method: 'POST', body: 'x' });
    const told = async (fetch: typeof globalThis.fetch): Promise<string> => {
      const request = used();
      await request.text();
      return fetch(request).then(
        () => 'sent',
        (error: unknown) => String(error),
      );
    };
    expect(await told(quick('http://127.0.0.1:1').fetch)).toBe(await told(globalThis.fetch));
  });
});

describe('the caller’s signal', () => {
  it('aborted before the call sends nothing', async () => {
    await using server = await startServer((_request, response) => response.end());
    const reason = new Error('enough');
    await expect(
      quick(server.url).fetch(server.url, { signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
    expect(server.requests).toHaveLength(0);
  });

  it('ends a body that is being read, as with the bare fetch', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(200).write('first');
    });
    const controller = new AbortController();
    const response = await quick(server.url).fetch(server.url, { signal: controller.signal });
    const reading = response.text();
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });

  it('keeps no listener of a finished call, however long it lives', async () => {
    await using server = await startServer((_request, response) => response.end('text'));
    const { fetch } = quick(server.url);
    const controller = new AbortController();
    const { signal } = controller;
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    for (let call = 0; call < 50; call += 1) await (await fetch(server.url, { signal })).text();
    for (
      let round = 0;
      round < 20 && removed.mock.calls.length < added.mock.calls.length;
      round += 1
    ) {
      gc();
      await turn();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(added.mock.calls.length).toBeGreaterThan(0);
    expect(removed.mock.calls.length).toBe(added.mock.calls.length);
  });

  it('raises no warning about listeners with many calls at once', async () => {
    const warnings: string[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning.name);
    process.on('warning', onWarning);
    await using server = await startServer((_request, response) => response.end('text'));
    const { fetch } = quick(server.url);
    const { signal } = new AbortController();
    await Promise.all(
      Array.from({ length: 100 }, async () => (await fetch(server.url, { signal })).text()),
    );
    await turn();
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });
});

describe('sockets', () => {
  it('go back to their pool when the answers of failed attempts are discarded', async () => {
    await using server = await startServer((_request, response, count) => {
      response
        .writeHead(count % 4 === 0 ? 200 : 503, JSON_HEADERS)
        .end(JSON.stringify({ filler: 'x'.repeat(65_536) }));
    });
    const { fetch } = quick(server.url, { circuit: false, budget: { minPerMinute: 1_000 } });
    for (let call = 0; call < 50; call += 1) {
      const response = await fetch(server.url);
      expect(response.status).toBe(200);
      await response.arrayBuffer();
    }
    expect(server.requests).toHaveLength(200);
    expect(server.sockets.opened).toBeLessThanOrEqual(4);
  });

  it('do not stay open for an answer that comes after the caller has gone', async () => {
    let late: (() => void) | undefined;
    await using server = await startServer((_request, response) => {
      late = () => response.end('late');
    });
    const controller = new AbortController();
    const call = quick(server.url).fetch(server.url, { signal: controller.signal });
    await vi.waitUntil(() => late !== undefined);
    controller.abort(new Error('gone'));
    await expect(call).rejects.toThrow('gone');
    late?.();
    // The pool of Node 22 opens another one at once, for whatever comes next.
    await vi.waitUntil(() => server.requests[0]?.socket.destroyed);
    expect(server.requests).toHaveLength(1);
  });
});

describe('observers of a fetch', () => {
  it('learn the method, the host, the route and a URL without secrets', async () => {
    await using server = await startServer((_request, response) => response.end());
    const seen: unknown[] = [];
    const observers: Observer[] = [
      {
        call: ({ operation, request, client }) => {
          seen.push([operation, client, request?.method, request?.template, request?.url]);
          return undefined;
        },
      },
    ];
    const { fetch } = quick(server.url, { observers });
    await fetch(
      `${server.url}/api/incidents?$top=5&$filter=assignedTo+eq+'canary'&sig=canary&flag`,
    );
    expect(seen).toEqual([
      [
        'incidents.list',
        'fetch',
        'GET',
        '/api/incidents',
        `${server.url}/api/incidents?$top=5&$filter=REDACTED&sig=REDACTED&REDACTED`,
      ],
    ]);
  });

  it('may add headers, without disturbing the caller’s', async () => {
    await using server = await startServer((_request, response) => response.end());
    const observers: Observer[] = [
      {
        call: () => ({
          attempt: () => ({ headers: (headers) => headers.set('traceparent', 'trace') }),
        }),
      },
    ];
    const { fetch } = quick(server.url, { observers });
    const headers = new Headers({ 'x-own': 'kept' });
    await fetch(server.url, { headers });
    expect(server.requests[0]?.headers).toMatchObject({ traceparent: 'trace', 'x-own': 'kept' });
    expect(headers.has('traceparent')).toBe(false);
  });

  it('learn the status of each attempt', async () => {
    await using server = await startServer((_request, response, count) =>
      response.writeHead(count < 3 ? 503 : 204).end(),
    );
    const statuses: unknown[] = [];
    const observers: Observer[] = [
      {
        call: () => ({
          attempt: () => ({
            end: ({ attempt, status, failure }) => statuses.push([attempt, status, failure?.code]),
          }),
        }),
      },
    ];
    await quick(server.url, { observers }).fetch(`${server.url}/api/incidents`);
    expect(statuses).toEqual([
      [1, 503, 'Http503'],
      [2, 503, 'Http503'],
      [3, 204, undefined],
    ]);
  });
});

it('leaves a process with nothing to do free to end', async () => {
  await using server = await startServer((_request, response) => response.end('text'));
  const { spawn } = await import('node:child_process');
  const code = `
    import { createResilience } from '@defender-resilience/core';
    const { fetch } = createResilience();
    console.log(await (await fetch('${server.url}/api/incidents')).text());
  `;
  const child = spawn(
    process.execPath,
    ['--conditions=@defender-resilience/source', '--input-type=module', '-e', code],
    { cwd: 'packages/core' },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const exit: unknown = await new Promise((resolve) => child.on('exit', resolve));
  expect([exit, output.trim()]).toEqual([0, 'text']);
});

describe('a function that gives a Response', () => {
  it('is judged by its error body, and not held by one that stalls when its caller aborts', async () => {
    await using server = await startServer((request, response) => {
      response.writeHead(403, JSON_HEADERS);
      if (request.url === '/stalls') response.write('{"error":');
      else response.end(envelope('Forbidden'));
    });
    const resilience = quick(server.url);
    const refused = await resilience.execute('incidents.list', () => globalThis.fetch(server.url));
    expect(failureOf(refused)).toMatchObject({ code: 'Forbidden', trackingId: 'tracking-1' });
    await expect(refused.json()).resolves.toMatchObject({ error: { code: 'Forbidden' } });
    const controller = new AbortController();
    const stalls = resilience.execute(
      'incidents.list',
      () => globalThis.fetch(`${server.url}/stalls`),
      {
        signal: controller.signal,
      },
    );
    await vi.waitUntil(() => server.requests.length === 2);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(stalls).rejects.toBe(reason);
  });
});
