import { expect, it } from 'vitest';
import { proxyTo, RawClient, upstream } from './support.ts';

it('lets requests under way end, accepts no more, and says so on /readyz', async () => {
  let release = (): void => undefined;
  const service = await upstream((_request, response) => {
    release = () => response.end('done');
  });
  const proxy = await proxyTo(service);
  const idle = new RawClient(proxy.url);
  idle.write('GET /refused HTTP/1.1', 'Host: evil.example', 'Connection: keep-alive', '', '');
  const call = fetch(`${proxy.url}/api/alerts`);
  await expect.poll(() => proxy.snapshot().resilience.inFlight).toBe(1);
  const closed = proxy.close();
  const ready = await fetch(`${proxy.adminUrl}/readyz`);
  expect([ready.status, await ready.text()]).toEqual([503, 'draining\n']);
  expect((await fetch(`${proxy.adminUrl}/healthz`)).status).toBe(200);
  await expect(fetch(`${proxy.url}/api/alerts`)).rejects.toThrow();
  release();
  const response = await call;
  expect(await response.text()).toBe('done');
  await closed;
  await expect(fetch(`${proxy.adminUrl}/healthz`)).rejects.toThrow();
});

it('answers 503 to requests that take too long to end', async () => {
  const service = await upstream(() => undefined);
  const proxy = await proxyTo(service, { limits: { drainMs: 50 } });
  const call = fetch(`${proxy.url}/api/alerts`);
  await expect.poll(() => proxy.snapshot().resilience.inFlight).toBe(1);
  await proxy.close();
  const response = await call;
  expect([response.status, response.headers.get('x-defender-code')]).toEqual([503, 'Cancelled']);
  expect(proxy.snapshot().resilience.inFlight).toBe(0);
});

it('ends at once when it is asked twice', async () => {
  const service = await upstream((_request, response) => {
    response.write('half');
  });
  const proxy = await proxyTo(service);
  const response = await fetch(`${proxy.url}/api/alerts`);
  void proxy.close();
  await proxy.close();
  await expect(response.text()).rejects.toThrow();
});

it('frees its addresses when one of them is taken', async () => {
  const service = await upstream((_request, response) => response.end());
  const { port } = new URL(service);
  await expect(proxyTo(service, { metrics: `127.0.0.1:${port}` })).rejects.toThrow('EADDRINUSE');
});
