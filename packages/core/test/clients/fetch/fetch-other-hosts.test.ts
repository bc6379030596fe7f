/** Hosts that are none of Defender’s, through the same wrapper. */
import {
  type CallEnd,
  type CallStart,
  createResilience,
  failureOf,
  type Observer,
} from '@defender-resilience/core';
import { describe, expect, it } from 'vitest';
import { callWith, type Fetch } from '../../support/differential.ts';
import { guardProcess } from '../../support/guard.ts';
import { envelope, startServer } from '../../support/real.ts';

guardProcess();

const AT_ONCE = {
  initialDelayMs: 0,
  maxDelayMs: 0,
  throttleInitialDelayMs: 0,
  throttleMaxDelayMs: 0,
};

/** A wrapper that knows nothing of the host, and what its observers see. */
function watched(): { fetch: Fetch; starts: CallStart[]; ends: CallEnd[] } {
  const starts: CallStart[] = [];
  const ends: CallEnd[] = [];
  const observer: Observer = {
    call: (start) => {
      starts.push(start);
      return { end: (end) => ends.push(end) };
    },
  };
  return { fetch: createResilience({ observers: [observer], retry: AT_ONCE }).fetch, starts, ends };
}

describe('a host that is none of Defender’s', () => {
  it('names its calls by itself alone, whatever the path and the method', async () => {
    await using server = await startServer((_request, response) => response.end());
    const { fetch, starts } = watched();
    for (const path of [
      '/',
      '/api/incidents',
      '/users/alice@example.com',
      '/api/machines/1/isolate',
    ]) {
      await fetch(`${server.url}${path}?id=secret`, { method: 'POST' });
    }
    const names = starts.map(({ operation, quotaGroup, family, request }) => ({
      operation,
      quotaGroup,
      family,
      template: request?.template,
    }));
    const named = { operation: '127.0.0.1', quotaGroup: 'other' };
    expect(names).toEqual(names.map(() => ({ ...named, family: undefined, template: undefined })));
  });

  it.each([
    [400, 'Http400', 'terminal', 1],
    [401, 'Http401', 'terminal', 1],
    [404, 'Http404', 'terminal', 1],
    [409, 'Http409', 'terminal', 1],
    [418, 'Http418', 'terminal', 1],
    [408, 'Http408', 'retryable', 4],
    [425, 'Http425', 'retryable', 4],
    [429, 'Http429', 'retryable', 4],
    [500, 'Http500', 'retryable', 4],
    [501, 'Http501', 'terminal', 1],
    [502, 'Http502', 'retryable', 4],
    [503, 'Http503', 'retryable', 4],
    [504, 'Http504', 'retryable', 4],
    [599, 'Http599', 'retryable', 4],
  ])('is judged by its status: %i', async (status, code, verdict, requests) => {
    await using server = await startServer((_request, response) =>
      response.writeHead(status).end('x'),
    );
    const { fetch } = watched();
    const response = await fetch(`${server.url}/some/path`);
    expect(response.status).toBe(status);
    expect(failureOf(response)).toMatchObject({ status, verdict });
    expect([code, 'TooManyRequests']).toContain(failureOf(response)?.code);
    expect(server.requests).toHaveLength(requests);
  });

  it.each([
    ['POST', 500, {}, 1],
    ['PATCH', 500, {}, 1],
    ['POST', 502, {}, 1],
    ['POST', 503, {}, 1],
    ['POST', 503, { 'retry-after': '0' }, 4],
    ['POST', 429, {}, 4],
    ['POST', 408, {}, 4],
    ['PUT', 500, {}, 4],
    ['DELETE', 503, {}, 4],
  ])(
    'is not sent twice what may have acted: %s answered with %i %j',
    async (method, status, headers, requests) => {
      await using server = await startServer((_request, response) => {
        response.writeHead(status, headers).end();
      });
      const { fetch } = watched();
      const response = await fetch(`${server.url}/orders`, { method, body: 'text' });
      expect(response.status).toBe(status);
      expect(server.requests).toHaveLength(requests);
      const failure = failureOf(response);
      expect(failure?.verdict).toBe(requests === 1 ? 'terminal' : 'retryable');
      if (requests === 1) expect(failure?.advice).toContain('may have been carried out');
    },
  );

  it('is sent again what its owner says can be', async () => {
    await using server = await startServer((_request, response, count) => {
      response.writeHead(count < 2 ? 500 : 200).end();
    });
    const operations = { '127.0.0.1': { idempotent: true } };
    const { fetch } = createResilience({ operations, retry: AT_ONCE });
    expect(await callWith(fetch, server.url, { method: 'POST' })).toMatchObject({ status: 200 });
  });

  it('may be given as one of Defender’s, whose failures are documented', async () => {
    await using server = await startServer((_request, response, count) => {
      response.writeHead(count < 2 ? 500 : 200, { 'content-type': 'application/json' });
      response.end(count < 2 ? envelope('InternalServerError') : '{}');
    });
    const hosts = { '127.0.0.1': 'all' } as const;
    const { fetch } = createResilience({ hosts, retry: AT_ONCE });
    const url = `${server.url}/api/machines/1/isolate`;
    expect(await callWith(fetch, url, { method: 'POST' })).toMatchObject({ status: 200 });
  });

  it('has a circuit and a quota of its own', async () => {
    await using bad = await startServer((_request, response) => response.writeHead(500).end());
    await using good = await startServer((_request, response) => response.end('well'));
    const { fetch } = createResilience({ retry: { ...AT_ONCE, maxRetries: 0 } });
    for (let call = 0; call < 10; call += 1) await fetch(bad.url);
    await expect(fetch(bad.url)).rejects.toMatchObject({ name: 'CircuitOpenError' });
    expect(await (await fetch(good.url)).text()).toBe('well');
  });
});
