import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { failureOf } from '@defender-resilience/core';
import { wrapAxios } from '@defender-resilience/core/axios';
import axios from 'axios';
import { describe, expect, it, vi } from 'vitest';
import { majors, rejection } from '../../support/axios.ts';
import { FAILED, JSON_HEADERS, statuses } from '../../support/clients.ts';
import { envelope, quick, startServer } from '../../support/real.ts';

describe.each(majors)('$name, wrapped', ({ library }) => {
  it('rejects with axios’s own error, and tells what it was', async () => {
    await using server = await startServer(statuses(403, 403));
    const url = `${server.url}/api/incidents`;
    const bare = await rejection(library.create().get(url));
    const error = await rejection(wrapAxios(quick(server.url), library.create()).get(url));
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
    const instance = wrapAxios(quick(server.url), library.create());
    const error = await rejection(instance.get(`${server.url}/api/incidents`));
    expect(failureOf(error)).toMatchObject({
      code: 'InternalServerError',
      trackingId: 'tracking-7',
    });
    expect(server.requests.length).toBe(4);
  });

  it('tells the failure of a response that validateStatus lets through', async () => {
    await using server = await startServer(statuses(500, 500, 500, 500, 404));
    const instance = wrapAxios(quick(server.url), library.create({ validateStatus: () => true }));
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
    const instance = wrapAxios(quick(server.url), library.create());
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

  it('classifies an error body that is a stream, and leaves it to be read', async () => {
    await using server = await startServer(statuses(403));
    const instance = wrapAxios(quick(server.url), library.create());
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
    const instance = wrapAxios(quick(server.url), library.create());
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
    const instance = wrapAxios(quick(server.url), library.create());
    const { data } = await instance.get<Readable>(`${server.url}/x`, { responseType: 'stream' });
    await expect(text(data)).resolves.toBe('done');
    await vi.waitFor(() => expect(server.sockets.open).toBeLessThanOrEqual(1));
  });

  it('classifies an error body that is a buffer', async () => {
    await using server = await startServer(statuses(403));
    const instance = wrapAxios(quick(server.url), library.create());
    const error = await rejection(
      instance.get(`${server.url}/api/incidents`, { responseType: 'arraybuffer' }),
    );
    expect(failureOf(error)?.trackingId).toBe('tracking-7');
    expect(Buffer.from(error.response?.data as Buffer).toString()).toBe(FAILED);
  });

  it('says what is wrong with the body that was sent', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(400, JSON_HEADERS).end(envelope('InvalidRequestBody'));
    });
    const instance = wrapAxios(quick(server.url), library.create());
    const body = { comment: 'x', IsolationType: 'Full' };
    const error = await rejection(instance.post(`${server.url}/api/machines/1/isolate`, body));
    expect(failureOf(error)?.advice).toContain('`Comment`');
  });

  it('sends the new token after a 401', async () => {
    await using server = await startServer(statuses(401));
    const refreshToken = vi.fn(() => 'new');
    const instance = wrapAxios(quick(server.url, { refreshToken }), library.create());
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
    const instance = wrapAxios(quick(server.url, { observers: [observer] }), library.create());
    const response = await instance.get(`${server.url}/x`, { headers: { 'X-Own': 'kept' } });
    const sent = server.requests.map(({ headers }) => [headers['traceparent'], headers['x-own']]);
    expect(sent).toEqual([
      ['t-1', 'kept'],
      ['t-2', 'kept'],
    ]);
    expect(JSON.stringify(response.config.headers)).not.toContain('traceparent');
  });
});

describe('axios 1, wrapped', () => {
  it('classifies the error bodies of its fetch adapter, and leaves them to be read', async () => {
    await using server = await startServer(statuses(403, 403));
    const instance = wrapAxios(quick(server.url), axios.create({ adapter: 'fetch' }));
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
});
