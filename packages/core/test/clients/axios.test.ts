import { once } from 'node:events';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createResilience, failureOf } from '@defender-resilience/core';
import { wrapAxios } from '@defender-resilience/core/axios';
import axios, { type AxiosError, type AxiosResponse } from 'axios';
import axiosRetry from 'axios-retry';
import axiosV0 from 'axios-v0';
import { describe, expect, it, vi } from 'vitest';
import {
  afterReading,
  callWith,
  FAILED,
  JSON_HEADERS,
  rejectionOf,
  statuses,
} from '../support/clients.ts';
import { quick, startServer } from '../support/real.ts';

const rejection = rejectionOf<AxiosError>;

// The majors differ in their types, and are used alike.
const majors = [
  { name: 'axios 1', library: axios },
  { name: 'axios 0', library: axiosV0 as unknown as typeof axios },
];

describe.each(majors)('$name, wrapped', ({ library }) => {
  it('is the same instance', () => {
    const instance = library.create();
    expect(wrapAxios(instance, quick('http://127.0.0.1:1'))).toBe(instance);
  });

  it('gives a success as the bare one does', async () => {
    await using server = await startServer(statuses());
    const options = { baseURL: `${server.url}/api`, headers: { 'x-own': '1' } };
    const bare = await library.create(options).get('/incidents', { params: { $top: 1 } });
    const response = await wrapAxios(library.create(options), quick(server.url)).get('/incidents', {
      params: { $top: 1 },
    });
    const seen = ({ status, statusText, data }: AxiosResponse<unknown>): unknown => ({
      status,
      statusText,
      data,
    });
    expect(seen(response)).toEqual(seen(bare));
    expect(Object.keys(response).sort()).toEqual(Object.keys(bare).sort());
    expect(Object.keys(response.config).sort()).toEqual(Object.keys(bare.config).sort());
    expect(response.config.signal).toBeUndefined();
    expect(server.requests[1]?.headers).toEqual(server.requests[0]?.headers);
    expect(server.requests[1]?.url).toBe('/api/incidents?$top=1');
    expect(failureOf(response)).toBeUndefined();
  });

  it('repeats what fails, however it is called', async () => {
    await using server = await startServer((request, response, count) => {
      request.resume().on('end', () => {
        response
          .writeHead(count % 2 === 1 ? 500 : 200, JSON_HEADERS)
          .end(count % 2 === 1 ? FAILED : '{}');
      });
    });
    const url = `${server.url}/api/incidents`;
    const instance = wrapAxios(
      library.create(),
      quick(server.url, { budget: { minPerMinute: 100 } }),
    );
    const calls = [
      () => instance(url),
      () => instance({ url }),
      () => instance.request({ url }),
      () => instance.get(url),
      () => instance.head(url),
      () => instance.options(url),
      () => instance.delete(url),
      () => instance.put(url, { a: 1 }),
      () => instance.post(`${server.url}/api/advancedhunting/run`, { Query: 'q' }),
    ];
    for (const [index, call] of calls.entries()) {
      await expect(call()).resolves.toMatchObject({ status: 200 });
      expect(server.requests.length, `call ${index}`).toBe(2 * (index + 1));
    }
  });

  it('covers instances created from it, and those of the class', async () => {
    await using server = await startServer(statuses(500, 200, 500, 200));
    const resilience = quick(server.url);
    const child = wrapAxios(library.create(), resilience).create({ baseURL: server.url });
    await expect(child.get('/api/incidents')).resolves.toMatchObject({ status: 200 });
    const one = wrapAxios(
      new library.Axios({ ...library.defaults, headers: {} } as never),
      resilience,
    );
    await expect(one.get(`${server.url}/api/incidents`)).resolves.toMatchObject({ status: 200 });
    expect(server.requests.length).toBe(4);
  });

  it('covers a request that brings its own adapter', async () => {
    const adapter = vi.fn(async (config: object) => {
      await Promise.resolve();
      const status = adapter.mock.calls.length === 1 ? 503 : 200;
      return { status, statusText: '', data: '', headers: {}, config };
    });
    const instance = wrapAxios(library.create(), quick('http://127.0.0.1:1'));
    const response = await instance.get('http://127.0.0.1:1/x', { adapter: adapter as never });
    expect([response.status, adapter.mock.calls.length]).toEqual([200, 2]);
  });

  it('runs interceptors and transforms once for a call', async () => {
    await using server = await startServer(statuses(500, 500, 200));
    const order: string[] = [];
    const note =
      (name: string) =>
      <T>(value: T): T => {
        order.push(name);
        return value;
      };
    const instance = library.create({
      transformRequest: [note('transformRequest')],
      transformResponse: [note('transformResponse')],
    });
    instance.interceptors.request.use(note('request before'));
    instance.interceptors.response.use(note('response before'));
    wrapAxios(instance, quick(server.url));
    instance.interceptors.request.use(note('request after'));
    instance.interceptors.response.use(note('response after'));
    await instance.get(`${server.url}/api/incidents`);
    expect(server.requests.length).toBe(3);
    expect(order).toEqual([
      'request after',
      'request before',
      'transformRequest',
      'transformResponse',
      'response before',
      'response after',
    ]);
  });

  it('leaves the timing of synchronous interceptors as it is', async () => {
    const instance = wrapAxios(library.create(), quick('http://127.0.0.1:1'));
    let ran = false;
    const notice = <T>(config: T): T => {
      ran = true;
      return config;
    };
    instance.interceptors.request.use(notice, undefined, { synchronous: true });
    const call = instance.get('http://127.0.0.1:1/x', {
      adapter: vi.fn().mockRejectedValue(new Error('no')),
    });
    const ranAtOnce = ran;
    await expect(call).rejects.toThrow('no');
    // axios 1 makes its methods asynchronous functions, which still begin at once.
    expect(ranAtOnce).toBe(true);
  });

  it('rejects with axios’s own error, and tells what it was', async () => {
    await using server = await startServer(statuses(403, 403));
    const url = `${server.url}/api/incidents`;
    const bare = await rejection(library.create().get(url));
    const error = await rejection(wrapAxios(library.create(), quick(server.url)).get(url));
    expect(library.isAxiosError(error)).toBe(true);
    expect(Object.keys(error).sort()).toEqual(Object.keys(bare).sort());
    expect([error.message, error.code]).toEqual([bare.message, bare.code]);
    expect(error.response?.data).toEqual(bare.response?.data);
    expect(error.config?.signal).toBeUndefined();
    expect(error.response?.config).toBe(error.config);
    expect(failureOf(error)).toMatchObject({ status: 403, trackingId: 'tracking-7' });
  });

  it('finds the tracking ID of what it gave up on', async () => {
    await using server = await startServer(statuses(500, 500, 500, 500));
    const instance = wrapAxios(library.create(), quick(server.url));
    const error = await rejection(instance.get(`${server.url}/api/incidents`));
    expect(failureOf(error)).toMatchObject({
      code: 'InternalServerError',
      trackingId: 'tracking-7',
    });
    expect(server.requests.length).toBe(4);
  });

  it('tells the failure of a response that validateStatus lets through', async () => {
    await using server = await startServer(statuses(500, 500, 500, 500, 404));
    const instance = wrapAxios(library.create({ validateStatus: () => true }), quick(server.url));
    const response = await instance.get(`${server.url}/api/incidents`);
    expect(response).toMatchObject({
      status: 500,
      data: { error: { code: 'InternalServerError' } },
    });
    expect(failureOf(response)).toMatchObject({ code: 'InternalServerError', status: 500 });
    const missing = await instance.get(`${server.url}/api/incidents`);
    expect([missing.status, failureOf(missing)?.status]).toEqual([404, 404]);
    expect(server.requests.length).toBe(5);
  });

  it('does not repeat what may have acted', async () => {
    await using server = await startServer((request) => request.socket.destroy());
    const instance = wrapAxios(library.create(), quick(server.url));
    const error = await rejection(
      instance.post(`${server.url}/api/machines/1/isolate`, { Comment: 'c' }),
    );
    expect([error.code, server.requests.length]).toEqual(['ECONNRESET', 1]);
    expect(failureOf(error)).toMatchObject({
      code: 'ECONNRESET',
      verdict: 'terminal',
      ambiguous: true,
    });
  });

  it.each([
    ['a string', () => 'text'],
    ['a buffer', () => Buffer.from('text')],
    ['URLSearchParams', () => new URLSearchParams({ a: 'text' })],
  ])('sends %s again as it was', async (_name, data) => {
    const bodies: string[] = [];
    await using server = await startServer(
      afterReading((response, sent, count) => {
        bodies.push(sent.replaceAll(/boundary=\S+|-{2,}\S+/g, ''));
        response.writeHead(count === 1 ? 500 : 200, JSON_HEADERS).end('{}');
      }),
    );
    const instance = wrapAxios(library.create(), quick(server.url));
    await instance.put(`${server.url}/api/incidents/1`, data());
    expect(bodies[0]).toContain('text');
    expect(bodies[1]).toBe(bodies[0]);
  });

  it('does not send a stream again, and gives the first outcome', async () => {
    await using server = await startServer(statuses(500));
    const instance = wrapAxios(library.create(), quick(server.url));
    const error = await rejection(
      instance.put(`${server.url}/api/incidents/1`, Readable.from(['a', 'b'])),
    );
    expect([error.response?.status, server.requests.length]).toEqual([500, 1]);
  });

  it('streams a success', async () => {
    await using server = await startServer((_request, response, count) => {
      if (count === 1) return response.writeHead(503).end();
      response.writeHead(200).write('first ');
      return setImmediate(() => response.end('second'));
    });
    const instance = wrapAxios(library.create(), quick(server.url));
    const { data } = await instance.get<Readable>(`${server.url}/x`, { responseType: 'stream' });
    await expect(text(data)).resolves.toBe('first second');
  });

  it('classifies an error body that is a stream, and leaves it to be read', async () => {
    await using server = await startServer(statuses(403));
    const instance = wrapAxios(library.create(), quick(server.url));
    const error = await rejection(
      instance.get(`${server.url}/api/incidents`, { responseType: 'stream' }),
    );
    expect(failureOf(error)).toMatchObject({ status: 403, trackingId: 'tracking-7' });
    await expect(text(error.response?.data as Readable)).resolves.toBe(FAILED);
  });

  it('reads no more than the beginning of an endless error body, and hands it on', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(400, { 'content-type': 'text/plain' });
      const more = (): void => {
        while (response.write(Buffer.alloc(16_384, 97)));
      };
      response.on('drain', more);
      more();
    });
    const instance = wrapAxios(library.create(), quick(server.url));
    const error = await rejection(instance.get(`${server.url}/x`, { responseType: 'stream' }));
    const data = error.response?.data as Readable;
    let size = 0;
    for await (const chunk of data) {
      size += (chunk as Buffer).length;
      if (size > 1_000_000) break;
    }
    expect(size).toBeGreaterThan(1_000_000);
    expect(data.destroyed).toBe(true);
    await vi.waitFor(() => expect(server.sockets.open).toBe(0));
  });

  it('lets go of the streams of attempts that nobody reads', async () => {
    await using server = await startServer((_request, response, count) => {
      response.writeHead(count < 4 ? 500 : 200, { 'content-type': 'text/plain' });
      if (count < 4) response.write(Buffer.alloc(200_000));
      else response.end('done');
    });
    const instance = wrapAxios(library.create(), quick(server.url));
    const { data } = await instance.get<Readable>(`${server.url}/x`, { responseType: 'stream' });
    await expect(text(data)).resolves.toBe('done');
    await vi.waitFor(() => expect(server.sockets.open).toBeLessThanOrEqual(1));
  });

  it('classifies an error body that is a buffer', async () => {
    await using server = await startServer(statuses(403));
    const instance = wrapAxios(library.create(), quick(server.url));
    const error = await rejection(
      instance.get(`${server.url}/api/incidents`, { responseType: 'arraybuffer' }),
    );
    expect(failureOf(error)?.trackingId).toBe('tracking-7');
    expect(Buffer.from(error.response?.data as Buffer).toString()).toBe(FAILED);
  });

  it('applies timeout to each attempt', async () => {
    await using server = await startServer((_request, response, count) => {
      if (count > 1) response.writeHead(200, JSON_HEADERS).end('{}');
    });
    const instance = wrapAxios(library.create({ timeout: 200 }), quick(server.url));
    await expect(instance.get(`${server.url}/x`)).resolves.toMatchObject({ status: 200 });
    expect(server.requests.length).toBe(2);
  });

  it('lets a timeout be longer than attemptTimeoutMs, and shortens an attempt where there is none', async () => {
    await using server = await startServer((_request, response) => {
      setTimeout(() => response.writeHead(200, JSON_HEADERS).end('{}'), 150);
    });
    const instance = wrapAxios(
      library.create(),
      quick(server.url, { attemptTimeoutMs: 50, retry: { maxRetries: 0 } }),
    );
    await expect(instance.get(`${server.url}/x`, { timeout: 5_000 })).resolves.toMatchObject({
      status: 200,
    });
    await expect(instance.get(`${server.url}/x`)).rejects.toMatchObject({
      name: 'AttemptTimeoutError',
    });
  });

  it('rejects an aborted request as axios does', async () => {
    await using server = await startServer(() => undefined);
    const instance = wrapAxios(library.create(), quick(server.url));
    const controller = new AbortController();
    const call = instance.get(`${server.url}/x`, { signal: controller.signal });
    await vi.waitFor(() => expect(server.requests.length).toBe(1));
    controller.abort();
    const error = await rejection(call);
    expect([library.isCancel(error), error.code]).toEqual([true, 'ERR_CANCELED']);
    expect(failureOf(error)?.source).toBe('cancelled');
    await vi.waitFor(() => expect(server.sockets.open).toBe(0));
  });

  it('ends a wait between attempts when its caller aborts, by signal or by cancel token', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(429, { 'retry-after': '30' }).end();
    });
    const instance = wrapAxios(library.create(), createResilience());
    const controller = new AbortController();
    const { token, cancel } = library.CancelToken.source();
    const calls = [
      instance.get(`${server.url}/a`, { signal: controller.signal }),
      instance.get(`${server.url}/b`, { cancelToken: token }),
    ];
    await vi.waitFor(() => expect(server.requests.length).toBe(2));
    controller.abort();
    cancel('enough');
    const [bySignal, byToken] = await Promise.all(calls.map(rejection));
    expect([library.isCancel(bySignal), library.isCancel(byToken)]).toEqual([true, true]);
    expect(byToken?.message).toBe('enough');
    expect([failureOf(bySignal)?.code, failureOf(byToken)?.code]).toEqual([
      'Cancelled',
      'Cancelled',
    ]);
  });

  it('leaves no listener on a signal that many requests share', async () => {
    await using server = await startServer(statuses());
    const instance = wrapAxios(library.create(), quick(server.url));
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    for (let count = 0; count < 20; count += 1) await instance.get(`${server.url}/x`, { signal });
    expect(added.mock.calls.length).toBeGreaterThan(0);
    expect(removed.mock.calls.length).toBeGreaterThanOrEqual(added.mock.calls.length);
  });

  it('sends the new token after a 401', async () => {
    await using server = await startServer(statuses(401));
    const refreshToken = vi.fn(() => 'new');
    const instance = wrapAxios(library.create(), quick(server.url, { refreshToken }));
    const response = await instance.get(`${server.url}/api/incidents`, {
      headers: { Authorization: 'Bearer old' },
    });
    expect(server.requests.map((request) => request.headers.authorization)).toEqual([
      'Bearer old',
      'Bearer new',
    ]);
    expect([response.status, refreshToken.mock.calls.length]).toEqual([200, 1]);
  });

  it('adds the headers of observers to each attempt, and to nothing that the caller sees', async () => {
    await using server = await startServer(statuses(500));
    let attempt = 0;
    const observer = {
      call: () => ({
        attempt: () => ({
          headers: (headers: Headers) => headers.set('traceparent', `t-${++attempt}`),
        }),
      }),
    };
    const instance = wrapAxios(library.create(), quick(server.url, { observers: [observer] }));
    const response = await instance.get(`${server.url}/x`, { headers: { 'X-Own': 'kept' } });
    const sent = server.requests.map(({ headers }) => [headers['traceparent'], headers['x-own']]);
    expect(sent).toEqual([
      ['t-1', 'kept'],
      ['t-2', 'kept'],
    ]);
    expect(JSON.stringify(response.config.headers)).not.toContain('traceparent');
  });

  it('refuses an instance that another wrapper makes resilient', () => {
    const instance = library.create();
    const resilience = quick('http://127.0.0.1:1');
    wrapAxios(instance, resilience);
    expect(wrapAxios(instance, resilience)).toBe(instance);
    expect(() => wrapAxios(instance, quick('http://127.0.0.1:1'))).toThrow(
      'attempts would multiply',
    );
    expect(() => wrapAxios(instance.create(), quick('http://127.0.0.1:1'))).toThrow(
      'attempts would multiply',
    );
  });

  it.each(['before', 'after'])(
    'names axios-retry in an error where it was installed %s',
    async (when) => {
      await using server = await startServer(statuses());
      const instance = library.create();
      if (when === 'before') axiosRetry(instance);
      wrapAxios(instance, quick(server.url));
      if (when === 'after') axiosRetry(instance);
      const error = await rejection(instance.get(`${server.url}/x`));
      expect(error.message).toContain('axios-retry');
      expect(server.requests.length).toBe(0);
      await expect(
        instance.get(`${server.url}/x`, { 'axios-retry': { retries: 0 } }),
      ).resolves.toMatchObject({ status: 200 });
    },
  );

  it('passes on what is no HTTP request', async () => {
    const adapter = vi
      .fn<(config: { signal?: AbortSignal }) => Promise<never>>()
      .mockResolvedValue({ status: 200, data: 'x', headers: {}, config: {} } as never);
    const instance = wrapAxios(library.create(), quick('http://127.0.0.1:1'));
    await instance.get('/no/host', { adapter: adapter as never });
    expect(adapter.mock.calls[0]?.[0].signal).toBeUndefined();
  });
});

describe('axios 1, wrapped', () => {
  it('lets an abort reach a stream that is still being read', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(200).write('first');
    });
    const instance = wrapAxios(axios.create(), quick(server.url));
    const controller = new AbortController();
    const { signal } = controller;
    const { data } = await instance.get<Readable>(`${server.url}/x`, {
      responseType: 'stream',
      signal,
    });
    data.resume();
    const failed = once(data, 'error');
    controller.abort();
    expect(axios.isCancel((await failed)[0])).toBe(true);
    await vi.waitFor(() => expect(server.sockets.open).toBe(0));
  });

  it('sends a form again as it was', async () => {
    const bodies: string[] = [];
    await using server = await startServer(
      afterReading((response, sent, count) => {
        bodies.push(sent.replaceAll(/boundary-\S+/g, ''));
        response.writeHead(count === 1 ? 500 : 200, JSON_HEADERS).end('{}');
      }),
    );
    await wrapAxios(axios.create(), quick(server.url)).putForm(
      `${server.url}/api/incidents/1`,
      form(),
    );
    expect(bodies[0]).toContain('more text');
    expect(bodies[1]).toBe(bodies[0]);
  });

  it('classifies the error bodies of its fetch adapter, and leaves them to be read', async () => {
    await using server = await startServer(statuses(403, 403));
    const instance = wrapAxios(axios.create({ adapter: 'fetch' }), quick(server.url));
    const streamed = await rejection(
      instance.get(`${server.url}/api/incidents`, { responseType: 'stream' }),
    );
    expect(failureOf(streamed)?.trackingId).toBe('tracking-7');
    await expect(new Response(streamed.response?.data as ReadableStream).text()).resolves.toBe(
      FAILED,
    );
    const blob = await rejection(
      instance.get(`${server.url}/api/incidents`, { responseType: 'blob' }),
    );
    expect(failureOf(blob)?.trackingId).toBe('tracking-7');
    const data = blob.response?.data as Blob;
    await expect(data.text()).resolves.toBe(FAILED);
  });

  it('keeps a header that is switched off with false', async () => {
    await using server = await startServer(statuses());
    const instance = wrapAxios(axios.create(), quick(server.url));
    await instance.get(`${server.url}/x`, { headers: { 'User-Agent': false } });
    expect(server.requests[0]?.headers['user-agent']).toBeUndefined();
  });
});

it('refuses what is no axios instance, and what is no wrapper', () => {
  const resilience = quick('http://127.0.0.1:1');
  expect(() => callWith(wrapAxios, {}, resilience)).toThrow('takes an axios instance');
  expect(() => callWith(wrapAxios, axios.create(), {})).toThrow(
    'wrapAxios takes what createResilience gives',
  );
});

function form(): FormData {
  const data = new FormData();
  data.append('field', 'text');
  data.append('file', new Blob(['more text']), 'a.txt');
  return data;
}
