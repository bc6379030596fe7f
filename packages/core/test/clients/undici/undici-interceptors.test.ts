import { gzipSync } from 'node:zlib';
import { undiciInterceptor } from '@defender-resilience/core/undici';
import { describe, expect, it, vi } from 'vitest';
import { FAILED, JSON_HEADERS, statuses } from '../../support/clients.ts';
import { quick, startServer } from '../../support/real.ts';
import { dispatchersOf, majors } from '../../support/undici.ts';

describe.each(majors)('$name with the resilient interceptor', ({ undici }) => {
  const { agentFor } = dispatchersOf(undici);

  it('follows redirects with undici’s interceptor, on either side', async () => {
    for (const side of ['above', 'below'] as const) {
      await using server = await startServer((request, response, count) => {
        if (request.url === '/a') return response.writeHead(302, { location: '/b' }).end();
        return response.writeHead(count === 2 ? 500 : 200, JSON_HEADERS).end('{}');
      });
      const redirect = undici.interceptors.redirect({ maxRedirections: 3 });
      const response = await undici.request(`${server.url}/a`, {
        dispatcher: agentFor(server, { [side]: [redirect] }),
      });
      await response.body.dump();
      const paths = server.requests.map(({ url }) => url);
      expect(response.statusCode, side).toBe(200);
      expect(paths).toEqual(side === 'above' ? ['/a', '/b', '/b'] : ['/a', '/b', '/a', '/b']);
      const { history } = response.context as { history: URL[] };
      expect(history.map(({ pathname }) => pathname)).toEqual(['/a', '/b']);
    }
  });

  it('asks for no new token where another host, that it was redirected to, refuses', async () => {
    for (const side of ['above', 'below'] as const) {
      await using other = await startServer((_request, response) => {
        response.writeHead(401, JSON_HEADERS).end('{}');
      });
      await using server = await startServer((_request, response) => {
        response.writeHead(302, { location: other.url }).end();
      });
      const refreshToken = vi.fn(() => 'new');
      const resilience = quick(server.url, { refreshToken });
      const redirect = undici.interceptors.redirect({ maxRedirections: 3 });
      const response = await undici.request(server.url, {
        headers: { authorization: 'Bearer old' },
        dispatcher: agentFor(server, { resilience, [side]: [redirect] }),
      });
      await response.body.dump();
      expect([response.statusCode, server.requests.length], side).toEqual([401, 1]);
      expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
      expect(refreshToken).not.toHaveBeenCalled();
    }
  });

  it('works with undici’s dns interceptor, on either side', async () => {
    for (const side of ['above', 'below'] as const) {
      await using server = await startServer(statuses(500));
      const operations: string[] = [];
      const observer = {
        call: ({ request }: { request?: { host: string } }) =>
          void operations.push(request?.host ?? ''),
      };
      const lookup = (
        _origin: URL,
        _options: object,
        done: (error: null, records: object[]) => void,
      ): void => done(null, [{ address: '127.0.0.1', ttl: 10_000, family: 4 }]);
      const dns = undici.interceptors.dns({ lookup } as never);
      const resilience = quick(server.url, { observers: [observer] });
      const url = server.url.replace('127.0.0.1', 'api.example.test');
      const response = await undici.request(`${url}/x`, {
        dispatcher: agentFor(server, { resilience, [side]: [dns] }),
      });
      await response.body.dump();
      expect([response.statusCode, server.requests.length], side).toEqual([200, 2]);
      expect(operations).toEqual(['api.example.test']);
    }
  });
});

describe.each(majors.slice(0, 2))('the decompress interceptor of $name', ({ undici }) => {
  it.each(['above', 'below'])('works %s the resilient one', async (side) => {
    await using server = await startServer((_request, response, count) => {
      response.writeHead(count === 1 ? 500 : 403, { ...JSON_HEADERS, 'content-encoding': 'gzip' });
      response.end(gzipSync(FAILED));
    });
    const warnings = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const agent = new undici.Agent();
    const both = [
      undiciInterceptor(quick(server.url)),
      undici.interceptors.decompress({ skipErrorResponses: false }),
    ];
    const dispatcher = agent.compose(...(side === 'above' ? both : both.reverse()));
    const { statusCode, body } = await undici.request(`${server.url}/x`, { dispatcher });
    expect([statusCode, server.requests.length]).toEqual([403, 2]);
    await expect(body.text()).resolves.toBe(FAILED);
    warnings.mockRestore();
    await agent.destroy();
  });
});
