import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import {
  createResilience,
  type Failure,
  failuresOf,
  type Resilience,
} from '@defender-resilience/core';
import { wrapAxios } from '@defender-resilience/core/axios';
import {
  executeBatch,
  type GraphBatch,
  type GraphBatchResponse,
} from '@defender-resilience/core/graph';
import { kiotaMiddlewareChain } from '@defender-resilience/core/kiota';
import { manualClock } from '@defender-resilience/core/testing';
import { undiciInterceptor } from '@defender-resilience/core/undici';
import { HttpClient, MiddlewareFactory } from '@microsoft/kiota-http-fetchlibrary';
import axios from 'axios';
import { describe, expect, it, vi } from 'vitest';
import { JSON_HEADERS, rejectionOf } from '../../support/clients.ts';
import { clientFor, graphError, majors as graphMajors } from '../../support/graph.ts';
import { quick, startServer, type TestServer } from '../../support/real.ts';
import { majors as undiciMajors } from '../../support/undici.ts';

const READS: GraphBatch = {
  requests: [
    { id: 'i', method: 'GET', url: '/security/incidents' },
    {
      id: 'h',
      method: 'POST',
      url: '/security/runHuntingQuery',
      headers: JSON_HEADERS,
      body: { Query: 'DeviceInfo' },
    },
  ],
};

const WITH_ACTION: GraphBatch = {
  requests: [
    ...READS.requests,
    {
      id: 'c',
      method: 'POST',
      url: '/security/alerts_v2/1/comments',
      headers: JSON_HEADERS,
      body: { comment: 'c' },
    },
  ],
};

const RETRY_AFTER = { 'Retry-After': '7' } as const;

function responseTo(id: string, status: number, retryAfter: object = RETRY_AFTER): object {
  const headers = { 'Content-Type': 'application/json', ...(status === 429 ? retryAfter : {}) };
  const error: unknown = JSON.parse(graphError(status === 429 ? 'TooManyRequests' : 'unknown'));
  return { id, status, headers, body: status < 400 ? { value: [] } : error };
}

type Post = (
  server: TestServer,
  resilience: Resilience,
  batch: GraphBatch,
) => Promise<GraphBatchResponse>;

const clients: readonly (readonly [name: string, post: Post])[] = [
  [
    'fetch',
    async (server, resilience, batch) => {
      const init = { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify(batch) };
      const response = await resilience.fetch(`${server.url}/v1.0/$batch`, init);
      return response.json() as Promise<GraphBatchResponse>;
    },
  ],
  [
    'axios',
    async (server, resilience, batch) => {
      const client = wrapAxios(resilience, axios.create({ validateStatus: null }));
      const { data } = await client.post<GraphBatchResponse>(`${server.url}/beta/$batch`, batch);
      return data;
    },
  ],
  ...undiciMajors.map(({ name, undici }): [string, Post] => [
    name,
    async (server, resilience, batch) => {
      const agent = new undici.Agent();
      const { body } = await undici.request(`${server.url}/v1.0/$batch`, {
        method: 'POST',
        body: JSON.stringify(batch),
        dispatcher: agent.compose(undiciInterceptor(resilience)),
      });
      const document = (await body.json()) as GraphBatchResponse;
      void agent.destroy();
      return document;
    },
  ]),
  [
    'Kiota',
    async (server, resilience, batch) => {
      const chain = kiotaMiddlewareChain(resilience, MiddlewareFactory.getDefaultMiddlewares());
      const init = { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify(batch) };
      const client = new HttpClient(undefined, ...chain);
      const response = await client.executeFetch(`${server.url}/v1.0/$batch`, init, {});
      return response?.json() as Promise<GraphBatchResponse>;
    },
  ],
  ...graphMajors.map(({ name, sdk }): [string, Post] => [
    name,
    (server, resilience, batch) =>
      clientFor(sdk, server, resilience).client.api('/$batch').post(batch),
  ]),
];

type Answer = (batch: GraphBatch, response: ServerResponse, count: number) => void;

/** Answers batches. */
function batches(answer: Answer): Parameters<typeof startServer>[0] {
  return (request: IncomingMessage, response, count) => {
    void text(request).then((body) => answer(JSON.parse(body) as GraphBatch, response, count));
  };
}

const respond = (response: ServerResponse, responses: readonly object[]): void =>
  void response.writeHead(200, JSON_HEADERS).end(JSON.stringify({ responses }));

describe.each(clients)('a batch by %s', (_client, post) => {
  it.each([429, 500, 503, 504])(
    'of requests that only read is repeated after a %d',
    async (status) => {
      await using server = await startServer(
        batches((batch, response, count) => {
          if (count === 1) return response.writeHead(status, JSON_HEADERS).end('{}');
          return respond(
            response,
            batch.requests.map(({ id }) => responseTo(id, 200)),
          );
        }),
      );
      const { responses } = await post(server, quick(server.url), READS);
      expect([server.requests.length, responses.length]).toEqual([2, 2]);
    },
  );

  it.each([500, 504])('with an action in it is not repeated after a %d', async (status) => {
    await using server = await startServer(
      batches((_batch, response) => response.writeHead(status, JSON_HEADERS).end('{}')),
    );
    await post(server, quick(server.url), WITH_ACTION).catch(() => undefined);
    expect(server.requests.length).toBe(1);
  });

  it('with an action in it is repeated after a 429, which carried nothing out', async () => {
    await using server = await startServer(
      batches((batch, response, count) => {
        if (count === 1) return response.writeHead(429, JSON_HEADERS).end('{}');
        return respond(
          response,
          batch.requests.map(({ id }) => responseTo(id, 200)),
        );
      }),
    );
    await post(server, quick(server.url), WITH_ACTION);
    expect(server.requests.length).toBe(2);
  });

  it('shows the requests in it as calls of their own, and pauses what is throttled', async () => {
    await using server = await startServer(
      batches((_batch, response) =>
        respond(response, [responseTo('h', 429), responseTo('i', 200), responseTo('c', 403)]),
      ),
    );
    const ends: unknown[] = [];
    const call = ({ operation }: { operation: string }): object => ({
      end: ({ outcome, failure }: { outcome: string; failure?: Failure }) =>
        void ends.push([operation, outcome, failure?.status]),
    });
    const resilience = quick(server.url, { observers: [{ call }] });
    const document = await post(server, resilience, WITH_ACTION);
    expect(ends).toEqual([
      ['graph.hunting.run', 'failure', 429],
      ['graph.incidents.list', 'success', undefined],
      ['graph.alerts_v2.comment', 'failure', 403],
      ['graph.batch', 'success', undefined],
    ]);
    expect(resilience.snapshot().throttles).toMatchObject([
      { group: expect.stringContaining('graph.hunting') as string, waiting: 0 },
    ]);
    expect(
      [...failuresOf(document)].map(([id, { status, retryAfterMs }]) => [id, status, retryAfterMs]),
    ).toEqual([
      ['h', 429, 7_000],
      ['c', 403, undefined],
    ]);
  });
});

describe('the failures of a batch', () => {
  it.each([
    ['nothing', undefined],
    ['a text', 'responses'],
    ['no responses', { responses: {} }],
    [
      'no responses that are any',
      { responses: [null, 7, {}, { id: 1, status: 500 }, { id: '1' }] },
    ],
  ])('are none in %s', (_what, document) => {
    expect(failuresOf(document).size).toBe(0);
  });
});

describe('executeBatch', () => {
  /** Answers with the statuses of each round, by ID, and 200 where there is none. */
  async function run(
    batch: GraphBatch,
    ...rounds: readonly Readonly<Record<string, number>>[]
  ): Promise<{
    readonly sent: string[][];
    readonly result: GraphBatchResponse;
    readonly bodies: GraphBatch[];
  }> {
    const bodies: GraphBatch[] = [];
    const send = vi.fn((part: GraphBatch): Promise<GraphBatchResponse> => {
      bodies.push(part);
      const statuses = rounds[bodies.length - 1] ?? {};
      const responses = part.requests.map(({ id }) =>
        responseTo(id, statuses[id] ?? 200, { 'Retry-After': '0' }),
      ) as GraphBatchResponse['responses'];
      return Promise.resolve({ responses });
    });
    const result = await executeBatch(quick('http://127.0.0.1:1'), batch, send);
    return { sent: bodies.map(({ requests }) => requests.map(({ id }) => id)), result, bodies };
  }

  it('sends the throttled requests alone again, an action too', async () => {
    const { sent, result } = await run(WITH_ACTION, { h: 429, c: 429 }, { h: 429 });
    expect(sent).toEqual([['i', 'h', 'c'], ['h', 'c'], ['h']]);
    expect(result.responses.map(({ id, status }) => [id, status])).toEqual([
      ['i', 200],
      ['h', 200],
      ['c', 200],
    ]);
  });

  it('does not send an action again that may have been carried out, but what only reads', async () => {
    const { sent, result } = await run(WITH_ACTION, { h: 504, c: 504 });
    expect(sent).toEqual([['i', 'h', 'c'], ['h']]);
    expect(failuresOf(result).get('c')).toMatchObject({ status: 504, ambiguous: true });
  });

  it('sends what depended on a throttled request again, and on nothing else', async () => {
    const [first, second] = READS.requests;
    if (first === undefined || second === undefined) throw new Error('There are two requests');
    const batch = { requests: [first, second, { ...first, id: 'd', dependsOn: ['i', 'h'] }] };
    const { sent, bodies } = await run(batch, { h: 429, d: 424 });
    expect(sent).toEqual([
      ['i', 'h', 'd'],
      ['h', 'd'],
    ]);
    expect(bodies[1]?.requests[1]?.dependsOn).toEqual(['h']);
  });

  it('stops after the retries of the wrapper, and gives the last responses', async () => {
    const { sent, result } = await run(READS, ...Array.from({ length: 9 }, () => ({ h: 429 })));
    expect(sent.length).toBe(4);
    expect(failuresOf(result).get('h')?.status).toBe(429);
  });

  it('stops at what will never work', async () => {
    const { sent } = await run(READS, { h: 403 });
    expect(sent.length).toBe(1);
  });

  it('stops where it would wait too long, and where its caller aborts', async () => {
    const send = vi.fn(() => Promise.resolve({ responses: [responseTo('h', 429)] }));
    const patient = quick('http://127.0.0.1:1');
    const impatient = quick('http://127.0.0.1:1', { retry: { maxRetryAfterMs: 1_000 } });
    await executeBatch(impatient, READS, send as never);
    expect(send).toHaveBeenCalledTimes(1);
    const controller = new AbortController();
    const call = executeBatch(patient, READS, send as never, { signal: controller.signal });
    await vi.waitFor(() => expect(send).toHaveBeenCalledTimes(2));
    controller.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    expect(send).toHaveBeenCalledTimes(2);
  });

  it('does not wait beyond its deadline', async () => {
    const send = vi.fn(() => Promise.resolve({ responses: [responseTo('h', 429)] }));
    const options = { deadlineMs: 5_000 };
    const result = await executeBatch(quick('http://127.0.0.1:1'), READS, send as never, options);
    expect(send).toHaveBeenCalledTimes(1);
    expect(failuresOf(result).get('h')?.retryAfterMs).toBe(7_000);
  });

  it('ends at its deadline, the wrapper’s by default, and tells the client', async () => {
    const clock = manualClock();
    const resilience = createResilience({ clock, deadlineMs: 90_000 });
    let sent: AbortSignal | undefined;
    const call = executeBatch(resilience, READS, (_part, { signal }) => {
      sent = signal;
      return new Promise(() => undefined);
    });
    const rejection = rejectionOf(call);
    await clock.advance(89_999);
    expect(sent?.aborted).toBe(false);
    await clock.advance(1);
    expect(await rejection).toMatchObject({ name: 'DeadlineExceededError', timeoutMs: 90_000 });
    expect(sent?.aborted).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it('ends when its caller aborts, even while the batch is under way', async () => {
    const controller = new AbortController();
    const never = (): Promise<GraphBatchResponse> => new Promise(() => undefined);
    const { signal } = controller;
    const call = executeBatch(quick('http://127.0.0.1:1'), READS, never, { signal });
    controller.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
  });

  it('gives back what is no response to a batch', async () => {
    const resilience = quick('http://127.0.0.1:1');
    for (const document of [undefined, null, {}, 'text', { responses: 5 }]) {
      const send = (): Promise<never> => Promise.resolve(document as never);
      expect(await executeBatch(resilience, READS, send)).toBe(document);
    }
  });

  it.each<[string, readonly unknown[], string]>([
    ['no batch', [undefined, vi.fn()], 'takes a batch after the wrapper'],
    ['the function first', [vi.fn(), READS], 'takes a batch after the wrapper'],
    ['no function', [READS], 'takes a function that sends a batch, got undefined'],
    ['null', [READS, vi.fn(), null], 'takes an object of options, got null'],
    ['a time limit', [READS, vi.fn(), { timeout: 5 }], 'did you mean deadlineMs?'],
    ['a signal', [READS, vi.fn(), { signal: 5 }], 'signal must be an AbortSignal, got 5'],
  ])('refuses what is none of its arguments: %s', async (_, given, message) => {
    const call: unknown = Reflect.apply(executeBatch, undefined, [createResilience(), ...given]);
    await expect(call).rejects.toThrow(message);
  });
});
