import { expect, it } from 'vitest';
import type { ProxySnapshot } from '../../src/proxy/proxy.ts';
import { proxyTo, raw, simulator } from './support.ts';

it('serves health, metrics, recent errors and a snapshot', async () => {
  const service = await simulator({ script: [500, 'Forbidden'] });
  const { url, adminUrl } = await proxyTo(service.url);
  const get = (path: string) => fetch(`${adminUrl}${path}`);
  await fetch(`${url}/api/incidents`);
  await fetch(`${url}/api/machines`);

  expect([(await get('/healthz')).status, (await get('/readyz')).status]).toEqual([200, 200]);
  const metrics = await (await get('/metrics')).text();
  expect(metrics).toContain('operation="incidents.list"');
  const { errors } = (await (
    await get('/debug/defender/errors?code=Forbidden')
  ).json()) as ProxySnapshot;
  expect(errors).toMatchObject([{ operation: 'incidents.list', code: 'Forbidden', status: 403 }]);

  const snapshot = (await (await get('/snapshot')).json()) as ProxySnapshot;
  expect(snapshot).toMatchObject({
    kind: 'proxy',
    state: 'ready',
    upstreams: [{ listen: url, path: '/', origin: service.url }],
    operations: [
      { operation: 'incidents.list', calls: 1, failures: 1, attempts: 2, inFlight: 0 },
      { operation: 'machines.list', calls: 1, failures: 0, attempts: 1, inFlight: 0 },
    ],
    resilience: { inFlight: 0 },
  });
  expect(snapshot.errors).toHaveLength(2);
  expect((await get('/nothing')).status).toBe(404);
});

it('does not answer under a name that DNS could give it', async () => {
  const service = await simulator();
  const { adminUrl = '' } = await proxyTo(service.url);
  const answer = await raw(
    adminUrl,
    'GET /snapshot HTTP/1.1',
    'Host: evil.example',
    'Connection: close',
    '',
    '',
  );
  expect(answer).toMatch(/^HTTP\/1\.1 421 /);
});
