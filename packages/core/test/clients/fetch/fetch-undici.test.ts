/** The fetch of other copies of undici, and their parts in the hands of the built-in one, wrapped and bare. */
import { createResilience } from '@defender-resilience/core';
import * as undici8 from 'undici';
import * as undici6 from 'undici-v6';
import * as undici7 from 'undici-v7';
import { afterAll, describe, expect, it } from 'vitest';
import {
  callWith,
  compareWithBare,
  type Fetch,
  type Scenario,
} from '../../support/differential.ts';
import { guardProcess } from '../../support/guard.ts';
import { quick, startServer } from '../../support/real.ts';

guardProcess();

type Make = (...args: readonly unknown[]) => object;

/** What is used of a copy of undici, without its types, which differ from copy to copy. */
interface Copy {
  readonly fetch: Fetch;
  readonly request: Make;
  readonly headers: Make;
  readonly form: Make;
  readonly agent: (options?: object) => { close(): Promise<void> };
}

function copyOf(exports: object): Copy {
  const make =
    (name: string): Make =>
    (...args) =>
      Reflect.construct(Reflect.get(exports, name) as new () => object, args) as object;
  const builtIn = exports === globalThis;
  return {
    fetch: Reflect.get(exports, 'fetch') as Fetch,
    request: make('Request'),
    headers: make('Headers'),
    form: make('FormData'),
    agent: builtIn
      ? undiciAgent
      : (options) => make('Agent')(options) as { close(): Promise<void> },
  };
}

function undiciAgent(options?: object): { close(): Promise<void> } {
  return new undici7.Agent(options);
}

const copies: Readonly<Record<string, Copy>> = {
  'undici 6': copyOf(undici6),
  'undici 7': copyOf(undici7),
  'undici 8': copyOf(undici8),
};
const builtIn = copyOf(globalThis);

const agents: { close(): Promise<void> }[] = [];

function kept<T extends { close(): Promise<void> }>(agent: T): T {
  agents.push(agent);
  return agent;
}

afterAll(async () => {
  await Promise.all(agents.map((agent) => agent.close().catch(() => undefined)));
  const dispatchers = [undici6, undici7, undici8].map(({ getGlobalDispatcher }) =>
    getGlobalDispatcher(),
  );
  await Promise.all(dispatchers.map((dispatcher) => dispatcher.close()));
});

const echo: NonNullable<Scenario['answer']> = (request, response) => {
  request.on('end', () => response.writeHead(200, { own: 'yes' }).end('answer'));
};

/** Parts of one copy handed to the fetch under test. */
function mixed(name: string, { request, headers, form }: Copy): Scenario[] {
  const filled = (): object => {
    const data = form();
    const append = Reflect.get(data, 'append') as (name: string, value: unknown) => void;
    append.call(data, 'field', 'value');
    append.call(data, 'file', new File(['text'], 'a.txt', { type: 'text/own' }));
    return data;
  };
  return [
    {
      name: `takes a Request of ${name}, or refuses it`,
      call: (fetch, { url }) => callWith(fetch, request(url, { headers: { 'X-Own': '1' } })),
      answer: echo,
    },
    {
      name: `takes a Request with a body of ${name}, or refuses it`,
      call: async (fetch, { url }) => {
        const given = request(url, { method: 'POST', body: 'text' });
        const end: unknown = await callWith(fetch, given).catch((error: unknown) => error);
        const used: unknown = Reflect.get(given, 'bodyUsed');
        return [end, used];
      },
      answer: echo,
    },
    {
      name: `takes Headers of ${name}`,
      ends: 200,
      call: (fetch, { url }) =>
        callWith(fetch, url, { headers: headers({ 'X-Own': '1', b: '2' }) }),
      answer: echo,
    },
    {
      name: `takes a form of ${name}, or what it takes for one`,
      ends: 200,
      call: (fetch, { url }) => callWith(fetch, url, { method: 'POST', body: filled() }),
      answer: echo,
    },
  ];
}

function dispatched(name: string, { agent }: Copy): Scenario[] {
  const withAgent = (what: string, options: object, more: Partial<Scenario> = {}): Scenario => ({
    name: `sends through an Agent of ${name} ${what}, or fails alike`,
    call: (fetch, { url }) => callWith(fetch, url, { dispatcher: kept(agent(options)) }),
    ...more,
  });
  return [
    withAgent('as it is', {}),
    withAgent('with pipelining', { pipelining: 1, connections: 1 }),
    withAgent('that takes short answers only', { maxResponseSize: 3 }),
    {
      name: `does not send through a closed Agent of ${name}`,
      ends: 'TypeError',
      call: async (fetch, { url }) => {
        const closed = agent();
        await closed.close();
        return callWith(fetch, url, { dispatcher: closed });
      },
    },
    {
      name: `sends a Request that has an Agent of ${name}, or fails alike`,
      call: (fetch, { url }) => {
        const given: unknown = Reflect.construct(Request, [url, { dispatcher: kept(agent()) }]);
        return callWith(fetch, given);
      },
    },
  ];
}

describe('the built-in fetch', () => {
  for (const [name, copy] of Object.entries(copies)) {
    compareWithBare([...mixed(name, copy), ...dispatched(name, copy)]);
  }
});

describe.each(Object.entries(copies))('the fetch of %s', (name, copy) => {
  compareWithBare(
    [
      {
        name: 'has its own answers',
        ends: 200,
        call: (fetch, { url }) => fetch(url),
        answer: echo,
      },
      {
        name: 'refuses',
        ends: 404,
        call: (fetch, { url }) => fetch(url),
        answer: (_request, response) => response.writeHead(404).end('refused'),
      },
      {
        name: 'ends with an abort',
        call: async (fetch, { url, requested }) => {
          const controller = new AbortController();
          const call = fetch(url, { signal: controller.signal }).catch((error: unknown) => error);
          await requested;
          controller.abort(new Error('mine'));
          return call;
        },
        answer: () => undefined,
      },
      {
        name: 'ends the body of a refusal with an abort',
        call: async (fetch, { url }) => {
          const controller = new AbortController();
          const response = await fetch(url, { signal: controller.signal });
          controller.abort(new Error('mine'));
          return [response.status, await response.text().catch((error: unknown) => error)];
        },
        // More than what is read of an error, and no end.
        answer: (_request, response) => void response.writeHead(404).write('x'.repeat(200_000)),
      },
      {
        name: 'refuses an invalid URL',
        ends: 'TypeError',
        call: (fetch) => fetch('http://'),
      },
      {
        name: 'refuses a header that cannot be sent',
        ends: 'TypeError',
        call: (fetch, { url }) => fetch(url, { headers: { expect: '100-continue' } }),
      },
      ...[undefined, {}, { headers: { own: '1' } }].map(
        (more): Scenario => ({
          name: `keeps the referrer of a Request, or does not, with ${JSON.stringify(more)}`,
          ends: 200,
          call: (fetch, { url }) => {
            const init = { referrer: 'http://127.0.0.1:1/page', referrerPolicy: 'unsafe-url' };
            return callWith(fetch, copy.request(url, init), more);
          },
          answer: echo,
        }),
      ),
      {
        name: 'streams a body',
        ends: 200,
        call: (fetch, { url }) => {
          const body = new Blob(['streamed']).stream();
          return callWith(fetch, url, { method: 'POST', body, duplex: 'half' });
        },
        answer: echo,
      },
      ...mixed(name, copy),
      ...mixed('Node', builtIn),
      ...dispatched(name, copy),
    ],
    copy.fetch,
  );

  it('gives Responses of its own class', async () => {
    await using server = await startServer((_request, response) => response.end('answer'));
    const wrapped = await createResilience().wrapFetch(copy.fetch)(server.url);
    const bare = await copy.fetch(server.url);
    expect(wrapped.constructor).toBe(bare.constructor);
  });

  it('sends forms, headers and Requests again as they were', async () => {
    const received: string[] = [];
    await using server = await startServer((request, response, count) => {
      const names = request.rawHeaders.filter((name) => /^x-own$/i.test(name));
      let text = '';
      request.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      request.on('end', () => {
        received.push(`${names.join()} ${text.includes('text') ? 'text' : ''}`);
        response.writeHead(count % 3 === 0 ? 200 : 503).end();
      });
    });
    const form = copy.form();
    (Reflect.get(form, 'append') as (...args: unknown[]) => void).call(
      form,
      'file',
      new File(['text'], 'a'),
    );
    const wrapped = quick(server.url).wrapFetch(copy.fetch);
    const headers = copy.headers({ 'X-Own': '1' });
    const init = { method: 'PUT', headers, body: form };
    const request = copy.request(server.url, { ...init, body: 'text' });
    for (const args of [[server.url, init], [request]]) {
      expect(await callWith(wrapped, ...args)).toMatchObject({ status: 200 });
    }
    expect(received).toEqual(Array.from({ length: 6 }, () => 'X-Own text'));
  });
});
