import { once } from 'node:events';
import { Agent, get as httpGet, type IncomingMessage } from 'node:http';
import {
  createDefaultHttpClient,
  createPipelineFromOptions,
  createPipelineRequest,
} from '@azure/core-rest-pipeline';
import { failureOf } from '@defender-resilience/core';
import got from 'got';
import superagent from 'superagent';
import { describe, expect, it, vi } from 'vitest';
import { majors as axiosMajors } from '../../support/axios.ts';
import { JSON_HEADERS, rejectionOf } from '../../support/clients.ts';
import { envelope, quick, startServer } from '../../support/real.ts';
import { majors as undiciMajors } from '../../support/undici.ts';

type Call = (url: string) => Promise<unknown>;

async function messageOf(url: string, agent?: Agent): Promise<IncomingMessage> {
  const request = httpGet(url, { agent });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

/** How clients give an error response as a result. */
const clients: readonly (readonly [name: string, call: Call])[] = [
  ...axiosMajors.map(({ name, library }): [string, Call] => [
    name,
    (url) => library.get(url, { validateStatus: null }),
  ]),
  ['got', (url) => got(url, { throwHttpErrors: false, retry: { limit: 0 } })],
  ['superagent', async (url) => superagent.get(url).ok(() => true)],
  ...undiciMajors.map(({ name, undici }): [string, Call] => [name, (url) => undici.request(url)]),
  ['node:http', (url) => messageOf(url)],
  [
    'an Azure SDK',
    (url) =>
      createPipelineFromOptions({ retryOptions: { maxRetries: 0 } }).sendRequest(
        createDefaultHttpClient(),
        createPipelineRequest({ url, allowInsecureConnection: true }),
      ),
  ],
];

const BUFFERED: ReadonlySet<string> = new Set([
  'axios 1',
  'axios 0',
  'got',
  'superagent',
  'an Azure SDK',
]);

describe.each(clients)('execute around %s, which gives an error as a result', (name, call) => {
  it('repeats a 503 and gives the success', async () => {
    await using server = await startServer((_request, response, count) => {
      response.writeHead(count < 3 ? 503 : 200, JSON_HEADERS).end('{}');
    });
    const resilience = quick(server.url);
    const result = await resilience.execute('incidents.list', () => call(server.url));
    expect(server.requests.length).toBe(3);
    expect(failureOf(result)).toBeUndefined();
    expect(resilience.snapshot().circuits).toMatchObject([{ attempts: 3, failures: 2 }]);
  });

  it('gives the last one, and says what it was', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(403, { ...JSON_HEADERS, 'request-id': 'r-1' }).end(envelope('Forbidden'));
    });
    const result = await quick(server.url).wrap('incidents.list', call)(server.url);
    expect(server.requests.length).toBe(1);
    // Of a body that is still a stream, nothing is read.
    expect(failureOf(result)).toMatchObject(
      BUFFERED.has(name)
        ? { code: 'Forbidden', trackingId: 'tracking-1' }
        : { code: 'Http403', trackingId: 'r-1' },
    );
  });
});

const oneSocket = new Agent({ maxSockets: 1 });

/** Clients with one connection only, which must be free before the next attempt can be sent. */
const streaming: readonly (readonly [name: string, call: Call])[] = [
  ...undiciMajors.map(({ name, undici }): [string, Call] => {
    const dispatcher = new undici.Agent({ connections: 1 });
    return [name, (url) => undici.request(url, { dispatcher })];
  }),
  ['node:http', (url) => messageOf(url, oneSocket)],
];

it.each(streaming)('releases the response of %s that nobody will read', async (_name, call) => {
  await using server = await startServer((_request, response, count) => {
    response.writeHead(count < 3 ? 503 : 200, JSON_HEADERS).end(`"${'x'.repeat(300_000)}"`);
  });
  await quick(server.url).execute('incidents.list', () => call(server.url));
  expect(server.requests.length).toBe(3);
});

describe('the results of a function', () => {
  it.each([
    ['a status of its own', { status: 503, name: 'machine' }],
    ['a status and headers', { status: 500, headers: [] }],
    ['nothing', undefined],
    [
      'a proxy that throws',
      new Proxy(
        {},
        {
          get: (_target, key) => {
            if (key === 'then') return undefined;
            throw new Error('no');
          },
        },
      ),
    ],
  ])('are successes, with %s', async (_what, result) => {
    const fn = vi.fn(() => result);
    await quick('http://127.0.0.1:1').execute('mine', fn);
    expect(fn).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['true', true, { code: 'Unknown', source: 'unknown' }],
    [
      'a response',
      { status: 503, headers: { 'request-id': 'r-1' } },
      { status: 503, trackingId: 'r-1' },
    ],
    ['an error', Object.assign(new Error('reset'), { code: 'ECONNRESET' }), { code: 'ECONNRESET' }],
  ])('are failures where `failed` says %s', async (_what, verdict, failure) => {
    const fn = vi.fn(() => ({ ok: fn.mock.calls.length === 3 }));
    const resilience = quick('http://127.0.0.1:1');
    const failed = ({ ok }: { ok: boolean }): unknown => (ok ? undefined : verdict);
    await expect(resilience.execute('mine', fn, { failed })).resolves.toEqual({ ok: true });
    expect(fn).toHaveBeenCalledTimes(3);
    const result = await resilience.wrap('mine', () => ({ ok: false }), { failed })();
    expect(failureOf(result)).toMatchObject(failure);
  });

  it('are successes where `failed` says so, whatever they look like', async () => {
    const fn = vi.fn(() => new Response(null, { status: 503 }));
    await quick('http://127.0.0.1:1').execute('mine', fn, { failed: () => false });
    expect(fn).toHaveBeenCalledTimes(1);
  });

  it('of an action that `failed` judges are not asked for again', async () => {
    const fn = vi.fn(() => ({}));
    await quick('http://127.0.0.1:1').execute('machines.isolate', fn, { failed: () => true });
    expect(fn).toHaveBeenCalledTimes(1);
  });

  it('are successes where `failed` throws, which is reported', async () => {
    const onObserverError = vi.fn();
    const resilience = quick('http://127.0.0.1:1', { onObserverError });
    const failed = (): never => {
      throw new Error('mine');
    };
    await expect(resilience.execute('mine', () => 7, { failed })).resolves.toBe(7);
    expect(onObserverError).toHaveBeenCalledWith(new Error('mine'), 'failed');
  });
});

it('leaves the error of a client that throws as it is', async () => {
  await using server = await startServer(
    (_request, response) => void response.writeHead(403).end(),
  );
  const call = quick(server.url).execute('mine', () => got(server.url, { retry: { limit: 0 } }));
  expect((await rejectionOf(call)).name).toBe('HTTPError');
});
