import { failureOf } from '@defender-resilience/core';
import { wrapAxios } from '@defender-resilience/core/axios';
import axios, { type AxiosResponse } from 'axios';
import axiosRetry from 'axios-retry';
import { describe, expect, it, vi } from 'vitest';
import { majors, rejection } from '../../support/axios.ts';
import { callWith, FAILED, JSON_HEADERS, statuses } from '../../support/clients.ts';
import { quick, startServer } from '../../support/real.ts';

describe.each(majors)('$name, wrapped', ({ library }) => {
  it('is the same instance', () => {
    const instance = library.create();
    expect(wrapAxios(quick('http://127.0.0.1:1'), instance)).toBe(instance);
  });

  it('gives a success as the bare one does', async () => {
    await using server = await startServer(statuses());
    const options = { baseURL: `${server.url}/api`, headers: { 'x-own': '1' } };
    const bare = await library.create(options).get('/incidents', { params: { $top: 1 } });
    const response = await wrapAxios(quick(server.url), library.create(options)).get('/incidents', {
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
      quick(server.url, { budget: { minPerMinute: 100 } }),
      library.create(),
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
    const child = wrapAxios(resilience, library.create()).create({ baseURL: server.url });
    await expect(child.get('/api/incidents')).resolves.toMatchObject({ status: 200 });
    const one = wrapAxios(
      resilience,
      new library.Axios({ ...library.defaults, headers: {} } as never),
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
    const instance = wrapAxios(quick('http://127.0.0.1:1'), library.create());
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
    wrapAxios(quick(server.url), instance);
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
    const instance = wrapAxios(quick('http://127.0.0.1:1'), library.create());
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

  it('refuses an instance that another wrapper makes resilient', () => {
    const instance = library.create();
    const resilience = quick('http://127.0.0.1:1');
    wrapAxios(resilience, instance);
    expect(wrapAxios(resilience, instance)).toBe(instance);
    expect(() => wrapAxios(quick('http://127.0.0.1:1'), instance)).toThrow(
      'attempts would multiply',
    );
    expect(() => wrapAxios(quick('http://127.0.0.1:1'), instance.create())).toThrow(
      'attempts would multiply',
    );
  });

  it.each(['before', 'after'])(
    'names axios-retry in an error where it was installed %s',
    async (when) => {
      await using server = await startServer(statuses());
      const instance = library.create();
      if (when === 'before') axiosRetry(instance);
      wrapAxios(quick(server.url), instance);
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
    const instance = wrapAxios(quick('http://127.0.0.1:1'), library.create());
    await instance.get('/no/host', { adapter: adapter as never });
    expect(adapter.mock.calls[0]?.[0].signal).toBeUndefined();
  });
});

describe('axios 1, wrapped', () => {
  it('keeps a header that is switched off with false', async () => {
    await using server = await startServer(statuses());
    const instance = wrapAxios(quick(server.url), axios.create());
    await instance.get(`${server.url}/x`, { headers: { 'User-Agent': false } });
    expect(server.requests[0]?.headers['user-agent']).toBeUndefined();
  });
});

it('says when an instance cannot look its adapters up', async () => {
  const use = vi.fn<(ours: (config: object) => { adapter: (config: object) => unknown }) => void>();
  const fake = { defaults: {}, interceptors: { request: { use } }, request: vi.fn() };
  wrapAxios(quick('http://127.0.0.1:1'), fake);
  const adapter = use.mock.calls[0]?.[0]({})?.adapter;
  await expect(adapter?.({ url: '/x' })).rejects.toThrow('cannot create another one');
});

it('refuses what is no axios instance, and what is no wrapper', () => {
  const resilience = quick('http://127.0.0.1:1');
  expect(() => callWith(wrapAxios, resilience, {})).toThrow('takes an axios instance');
  expect(() => callWith(wrapAxios, {}, axios.create())).toThrow(
    'wrapAxios takes the result of createResilience',
  );
});
