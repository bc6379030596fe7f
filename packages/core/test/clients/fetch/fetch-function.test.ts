/** The wrapped fetch as a function: how it looks, how it is called, and how many of its calls go at once. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createResilience, failureOf } from '@defender-resilience/core';
import { describe, expect, it } from 'vitest';
import { callWith, compareWithBare, type Fetch, see } from '../../support/differential.ts';
import { guardProcess } from '../../support/guard.ts';
import { quick, startServer } from '../../support/real.ts';

guardProcess();

const NOWHERE = 'http://127.0.0.1:1';

describe('the function', () => {
  const { fetch, wrapFetch } = createResilience();

  it.each([
    ['the built-in one', fetch],
    ['the built-in one, wrapped by hand', wrapFetch(globalThis.fetch)],
  ])('has the own properties of %s', (_name, wrapped) => {
    const of = (one: Fetch): unknown =>
      Object.entries(Object.getOwnPropertyDescriptors(one)).map(([key, descriptor]) => [
        key,
        // The prototype of a function is an object of its own.
        key === 'prototype' ? { ...descriptor, value: {} } : descriptor,
      ]);
    expect(of(wrapped)).toEqual(of(globalThis.fetch));
    expect(typeof wrapped).toBe('function');
    expect(Object.getPrototypeOf(wrapped)).toBe(Object.getPrototypeOf(globalThis.fetch));
  });

  it('can be put in place of the global one', async () => {
    await using server = await startServer((_request, response) => response.end('answer'));
    const own = Object.getOwnPropertyDescriptor(globalThis, 'fetch');
    globalThis.fetch = quick(server.url).wrapFetch(globalThis.fetch);
    try {
      expect(await (await globalThis.fetch(server.url)).text()).toBe('answer');
      expect(Object.getOwnPropertyDescriptor(globalThis, 'fetch')).toMatchObject({
        configurable: true,
        enumerable: true,
        writable: true,
      });
    } finally {
      if (own !== undefined) Object.defineProperty(globalThis, 'fetch', own);
    }
  });

  it.each([
    [
      'at once',
      (own: Fetch): Fetch =>
        (input, init) =>
          own(input, init),
    ],
    [
      'after it has waited',
      (own: Fetch): Fetch =>
        async (input, init) => {
          await Promise.resolve();
          return own(input, init);
        },
    ],
    [
      'after a timer',
      (own: Fetch): Fetch =>
        async (input, init) => {
          await new Promise((resolve) => setTimeout(resolve, 1));
          return own(input, init);
        },
    ],
  ])('may be called %s by what is in place of the global one', async (_, calling) => {
    await using server = await startServer((_request, response, count) => {
      response.writeHead(count === 1 ? 503 : 200, { 'retry-after': '0' }).end('answer');
    });
    const bare = globalThis.fetch;
    const { fetch } = quick(server.url);
    globalThis.fetch = calling(fetch);
    try {
      expect(await (await globalThis.fetch(server.url)).text()).toBe('answer');
      // What it once called is no longer under way.
      expect(await (await fetch(server.url)).text()).toBe('answer');
      expect(server.requests.length).toBe(3);
    } finally {
      globalThis.fetch = bare;
    }
  });

  it('gives a promise at once, whatever it is given', async () => {
    const given: readonly (readonly unknown[])[] = [[], [NOWHERE], ['x'], [Symbol('x')], [{}, 1]];
    for (const args of given) {
      const call = callWith(fetch, ...args);
      expect(call).toBeInstanceOf(Promise);
      await call.catch(() => undefined);
    }
  });

  compareWithBare([
    { name: 'called without `this`', call: (fetch, { url }) => fetch.call(undefined, url) },
    { name: 'called on null', call: (fetch, { url }) => fetch.call(null as never, url) },
    { name: 'called on an object', call: (fetch, { url }) => ({ fetch }).fetch(url) },
    { name: 'called on globalThis', call: (fetch, { url }) => fetch.apply(globalThis, [url]) },
    { name: 'bound', call: (fetch, { url }) => fetch.bind({}, url)() },
    { name: 'mapped over', call: (fetch, { url }) => Promise.all([url, url].map(fetch as never)) },
    {
      name: 'called with new',
      call: (fetch, { url }) => Reflect.construct(fetch, [url]) as unknown,
    },
    {
      name: 'called with the arguments of apply',
      call: (fetch, { url }) => fetch(...([url] as const)),
    },
  ]);
});

describe('a rejection', () => {
  async function callersOf(fetch: Fetch): Promise<string> {
    return fetch(NOWHERE).then(
      () => 'none',
      (error: unknown) => (error instanceof Error ? (error.stack ?? '') : ''),
    );
  }

  async function theCaller(fetch: Fetch): Promise<string> {
    try {
      await fetch(NOWHERE);
      return 'none';
    } catch (error) {
      return error instanceof Error ? (error.stack ?? '') : '';
    }
  }

  const failing: Fetch = async () => {
    await Promise.resolve();
    throw new Error('mine');
  };

  it.each([0, 2])('names its callers in its stack, after %i retries too', async (maxRetries) => {
    const { wrapFetch } = quick(NOWHERE, { retry: { maxRetries } });
    expect(await theCaller(failing)).toContain('theCaller');
    expect(await theCaller(wrapFetch(failing))).toContain('theCaller');
    expect(await callersOf(wrapFetch(failing))).toContain('mine');
  });

  it('names its callers in its stack where each attempt fails', async () => {
    const { wrapFetch } = quick(NOWHERE, { retry: { maxRetries: 2 } });
    const stacks: string[] = [];
    const resetting: Fetch = async () => {
      await Promise.resolve();
      const error = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
      stacks.push(error.stack ?? '');
      throw error;
    };
    await theCaller(wrapFetch(resetting));
    expect(stacks.map((stack) => stack.includes('theCaller'))).toEqual([true, true, true]);
  });

  it('that nobody handles is told once, as it is of the bare fetch', async () => {
    const told: unknown[] = [];
    const before = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', (reason) => told.push(reason));
    try {
      const { fetch } = createResilience({ retry: { maxRetries: 0 } });
      for (const one of [globalThis.fetch, fetch]) {
        void one('http://');
        void one(NOWHERE);
        void one(NOWHERE, { signal: AbortSignal.abort() });
        await theCaller(one);
        await new Promise((resolve) => setTimeout(resolve, 20));
        expect(told.splice(0)).toHaveLength(3);
      }
    } finally {
      process.removeAllListeners('unhandledRejection');
      for (const listener of before) process.on('unhandledRejection', listener);
    }
  });

  it('for an abort is explained to who asks', async () => {
    const controller = new AbortController();
    const { fetch } = createResilience();
    controller.abort();
    const error: unknown = await fetch(NOWHERE, { signal: controller.signal }).catch(
      (reason: unknown) => reason,
    );
    expect(failureOf(error)).toMatchObject({ source: 'cancelled', verdict: 'terminal' });
  });
});

describe('a fetch of the caller’s own', () => {
  const { wrapFetch } = quick(NOWHERE, { retry: { maxRetries: 0 } });
  const response = new Response('answer');
  const init = { signal: new AbortController().signal };
  const ways: [string, () => unknown, unknown][] = [
    ['gives no promise', () => response, response],
    [
      'gives a thenable',
      // biome-ignore lint/suspicious/noThenProperty: that it is one is what is tested
      () => ({ then: (to: (value: unknown) => void) => to(response) }),
      response,
    ],
    ['gives nothing', () => undefined, undefined],
    ['gives null', () => Promise.resolve(null), null],
    ['gives what is no Response', () => Promise.resolve({ status: 200 }), { status: 200 }],
    [
      'gives a body that is none',
      () => Promise.resolve({ status: 200, body: 'x' }),
      { status: 200, body: 'x' },
    ],
  ];

  it.each(ways)('that %s', async (_way, inner, expected) => {
    const wrapped = wrapFetch(inner as Fetch);
    expect(await callWith(wrapped, NOWHERE)).toEqual(expected);
    expect(await callWith(wrapped, NOWHERE, init)).toEqual(expected);
  });

  it.each([
    ['throws at once', new Error('mine')],
    ['throws what is no error', 'mine'],
    ['throws null', null],
  ])('that %s', async (_way, thrown) => {
    const signal = AbortSignal.abort(thrown);
    const wrapped = wrapFetch(() => {
      signal.throwIfAborted();
      return Promise.resolve(response);
    });
    const end: unknown = await wrapped(NOWHERE).then(
      () => 'no rejection',
      (error: unknown) => [error],
    );
    expect(end).toEqual([thrown]);
  });

  it('that ignores the signal is not waited for when the caller aborts', async () => {
    const controller = new AbortController();
    const wrapped = wrapFetch(() => new Promise(() => undefined));
    const call = wrapped(NOWHERE, { signal: controller.signal });
    controller.abort(new Error('mine'));
    await expect(call).rejects.toThrow('mine');
  });

  it('is called in the asynchronous context of its caller, at each attempt', async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const inner: Fetch = () => {
      seen.push(storage.getStore());
      return Promise.resolve(new Response('', { status: seen.length < 3 ? 503 : 200 }));
    };
    const wrapped = quick(NOWHERE).wrapFetch(inner);
    await storage.run('mine', () => wrapped(NOWHERE));
    expect(seen).toEqual(['mine', 'mine', 'mine']);
  });
});

describe('five hundred calls at once', () => {
  it('all end as they would without the wrapper', async () => {
    const count = 500;
    const seeAll = (make: () => Fetch): Promise<unknown> =>
      see(
        {
          name: 'all',
          call: async (fetch, { url }) => {
            const { signal } = new AbortController();
            const calls = Array.from({ length: count }, async (_, index) => {
              const response = await fetch(`${url}/${index}`, { signal });
              return [response.status, await response.text()];
            });
            return Promise.all(calls);
          },
          answer: (request, response) => {
            const code = Number(request.url?.slice(1)) % 2 === 0 ? 200 : 404;
            response.writeHead(code).end(request.url);
          },
        },
        make,
      );
    const sorted = (seen: unknown): unknown => JSON.stringify(seen).length;
    const bare = await seeAll(() => globalThis.fetch);
    const resilience = createResilience();
    const wrapped = await seeAll(() => resilience.fetch);
    expect(Reflect.get(Object(wrapped), 'end')).toEqual(Reflect.get(Object(bare), 'end'));
    expect(sorted(wrapped)).toBe(sorted(bare));
    expect(resilience.snapshot().inFlight).toBe(0);
  });
});
