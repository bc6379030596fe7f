import { expect, it } from 'vitest';
import { proxyTo, simulator, upstream } from './support.ts';

const json = { 'content-type': 'application/json' };

it('gives the answer of the service, byte for byte', async () => {
  const service = await simulator();
  const { url } = await proxyTo(service.url);
  const path = '/api/incidents?$top=3&$filter=status%20eq%20%27Active%27';
  const [direct, proxied] = await Promise.all([fetch(service.url + path), fetch(url + path)]);
  expect(proxied.status).toBe(200);
  expect(await proxied.text()).toBe(await direct.text());
  expect(proxied.headers.get('content-type')).toBe(direct.headers.get('content-type'));
  expect(proxied.headers.get('x-defender-attempts')).toBe('1');
  expect(proxied.headers.has('x-defender-code')).toBe(false);
});

it('retries a failure that passes, and says how many attempts it took', async () => {
  const service = await simulator({ script: [500, 'reset'] });
  const { url } = await proxyTo(service.url);
  const response = await fetch(`${url}/api/incidents`);
  expect(response.status).toBe(200);
  expect(response.headers.get('x-defender-attempts')).toBe('3');
  expect(service.count({ operation: 'incidents.list' })).toBe(3);
});

it('passes an error on with its code and tracking ID', async () => {
  const service = await simulator({ script: ['ResourceNotFound'] });
  const { url } = await proxyTo(service.url);
  const response = await fetch(`${url}/api/incidents/99`);
  const { error } = (await response.json()) as { error: { code: string; target: string } };
  expect(response.status).toBe(404);
  expect(error.code).toBe('ResourceNotFound');
  expect(response.headers.get('x-defender-code')).toBe('ResourceNotFound');
  expect(response.headers.get('x-defender-tracking-id')).toBe(error.target);
  expect(response.headers.get('x-defender-attempts')).toBe('1');
});

it('sends a body again with a retry, and never an action on a guess', async () => {
  const service = await simulator({ script: [500] });
  const { url } = await proxyTo(service.url);
  const body = JSON.stringify({ Query: 'DeviceInfo | take 1' });
  const hunt = await fetch(`${url}/api/advancedhunting/run`, {
    method: 'POST',
    headers: json,
    body,
  });
  expect([hunt.status, hunt.headers.get('x-defender-attempts')]).toEqual([200, '2']);

  const [machine] = ((await (await fetch(`${url}/api/machines`)).json()) as Machines).value;
  service.script('reset-headers');
  const isolate = await fetch(`${url}/api/machines/${machine?.id}/isolate`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ Comment: 'test', IsolationType: 'Full' }),
  });
  expect(isolate.status).toBe(502);
  expect(isolate.headers.get('x-defender-attempts')).toBe('1');
  expect(service.count({ operation: 'machines.isolate' })).toBe(1);
});

interface Machines {
  readonly value: readonly { readonly id: string }[];
}

it('forwards the token of the client and the headers of the request, with the host of the service', async () => {
  let seen: readonly string[] = [];
  const service = await upstream((request, response) => {
    seen = request.rawHeaders;
    response.end();
  });
  const { url } = await proxyTo(service);
  await fetch(`${url}/api/alerts`, {
    headers: { authorization: 'Bearer a.b.c', 'X-Custom': 'ä', 'x-defender-attempts': '9' },
  });
  const at = (name: string): string | undefined =>
    seen[seen.findIndex((text) => text.toLowerCase() === name) + 1];
  expect(at('authorization')).toBe('Bearer a.b.c');
  expect(at('x-custom')).toBe('ä');
  expect(at('host')).toBe(new URL(service).host);
  expect(at('via')).toMatch(/^1\.1 defender-resilience-[0-9a-f]{8}$/);
  expect(seen.map((text) => text.toLowerCase())).not.toContain('x-defender-attempts');
});

it('answers in place of a service that it cannot reach', async () => {
  const { url } = await proxyTo('http://127.0.0.1:1', {
    resilience: { retry: { maxRetries: 1, initialDelayMs: 1 } },
  });
  const response = await fetch(`${url}/api/alerts`);
  expect(response.status).toBe(502);
  expect(response.headers.get('proxy-status')).toBe(
    'defender-resilience; error=connection_refused',
  );
  expect(response.headers.get('x-defender-attempts')).toBe('2');
  expect(await response.json()).toMatchObject({ error: { code: 'ECONNREFUSED' } });
});

it('says how long a circuit stays open', async () => {
  const service = await simulator({ script: [{ status: 503, times: 'always' }] });
  const { url } = await proxyTo(service.url, {
    resilience: { retry: { maxRetries: 0 }, circuit: { minimumAttempts: 2, openMs: 5_000 } },
  });
  for (let call = 0; call < 2; call += 1) await fetch(`${url}/api/alerts`);
  const response = await fetch(`${url}/api/alerts`);
  expect(response.status).toBe(503);
  expect(response.headers.get('x-defender-code')).toBe('CircuitOpen');
  expect(response.headers.get('x-defender-attempts')).toBe('0');
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(3);
});

it('answers with 504 when an attempt takes too long', async () => {
  const service = await simulator({ script: ['hang'] });
  const { url } = await proxyTo(service.url, {
    resilience: { attemptTimeoutMs: 100, retry: { maxRetries: 0 } },
  });
  const response = await fetch(`${url}/api/alerts`);
  expect(response.status).toBe(504);
  expect(await response.json()).toMatchObject({ error: { code: 'Timeout' } });
});

it('serves several upstreams, by path and by address', async () => {
  const named = (name: string) =>
    upstream((request, response) => response.end(`${name} ${request.url}`));
  const [xdr, graph, deep] = await Promise.all([named('xdr'), named('graph'), named('deep')]);
  const { urls } = await proxyTo([
    xdr,
    `/graph=${graph}`,
    `/graph/deep=${deep}`,
    `127.0.0.2:0=${graph}`,
  ]);
  const text = async (path: string, url = urls[0]): Promise<string> => {
    const response = await fetch(url + path);
    return response.text();
  };
  expect(await text('/api/alerts?a=b')).toBe('xdr /api/alerts?a=b');
  expect(await text('/graph/v1.0/security/alerts_v2?a=b')).toBe(
    'graph /v1.0/security/alerts_v2?a=b',
  );
  expect(await text('/graph?a')).toBe('graph /?a');
  expect(await text('/graph/deep/x')).toBe('deep /x');
  expect(await text('/graphs')).toBe('xdr /graphs');
  expect(await text('/v1.0/x', urls[1])).toBe('graph /v1.0/x');
});

it('follows no redirect: the client gets it', async () => {
  let other = 0;
  const elsewhere = await upstream((_request, response) => {
    other += 1;
    response.end();
  });
  const service = await upstream((_request, response) => {
    response.writeHead(302, { location: `${elsewhere}/latest/meta-data` }).end();
  });
  const { url } = await proxyTo(service);
  const response = await fetch(`${url}/api/alerts`, { redirect: 'manual' });
  expect(response.status).toBe(302);
  expect(response.headers.get('location')).toBe(`${elsewhere}/latest/meta-data`);
  expect(other).toBe(0);
});

it('passes compressed answers, several cookies and reason phrases on as they are', async () => {
  const service = await upstream((_request, response) => {
    response.writeHead(
      200,
      'Fine',
      [
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
        ['Content-Encoding', 'gzip'],
        ['X-Defender-Code', 'forged'],
        ['Keep-Alive', 'timeout=5'],
      ].flat(),
    );
    response.end(Buffer.from('1f8b0800000000000003cb48cdc9c9070086a6103605000000', 'hex'));
  });
  const { url } = await proxyTo(service);
  const response = await fetch(url);
  expect(response.statusText).toBe('Fine');
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(response.headers.has('x-defender-code')).toBe(false);
  expect(await response.text()).toBe('hello');
});

it('answers HEAD and 304 without a body', async () => {
  const service = await upstream((request, response) => {
    response.writeHead(request.method === 'HEAD' ? 200 : 304, { 'content-length': '7' }).end();
  });
  const { url } = await proxyTo(service);
  const head = await fetch(url, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '7']);
  expect((await fetch(url)).status).toBe(304);
});
