import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { buffer, text } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { proxyTo, RawClient, simulator, upstream } from './support.ts';

const MIB = 1_048_576;

it('streams an answer at the pace of the client, and keeps none of it', async () => {
  const total = 64 * MIB;
  let written = 0;
  const service = await upstream((_request, response) => {
    const chunk = Buffer.alloc(MIB);
    const more = (): void => {
      while (written < total) {
        written += chunk.byteLength;
        if (!response.write(chunk)) return void response.once('drain', more);
      }
      response.end();
    };
    more();
  });
  const { url } = await proxyTo(service);
  const client = new RawClient(url);
  client.write('GET / HTTP/1.1', 'Host: 127.0.0.1', 'Connection: close', '', '');
  await once(client.socket, 'readable').catch(() => undefined);
  client.socket.pause();
  // The sockets on the way fill, and then nobody writes any more.
  let before = -1;
  while (before !== written) {
    before = written;
    for (let turn = 0; turn < 500; turn += 1) await nextTurn();
  }
  expect(written).toBeLessThan(total / 2);
  let received = 0;
  client.socket.on('data', (chunk: string) => {
    received += chunk.length;
  });
  client.socket.resume();
  await client.received;
  expect(written).toBe(total);
  expect(received).toBeGreaterThan(total / 2);
});

it('streams a body that is longer than it keeps, before its end has come, and sends it once', async () => {
  const arrived: string[] = [];
  const service = await upstream((request, response) => {
    request.on('data', (chunk: Buffer) => arrived.push(chunk.toString()));
    request.on('end', () => response.writeHead(503).end());
  });
  const { url } = await proxyTo(service, { limits: { bufferBytes: 4 } });
  const request = httpRequest(`${url}/api/alerts`, { method: 'PUT' });
  request.write('12345');
  await expect.poll(() => arrived.join('')).toBe('12345');
  request.end('678');
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  expect([response.statusCode, response.headers['x-defender-attempts']]).toEqual([503, '1']);
  expect(arrived.join('')).toBe('12345678');
  response.resume();
});

it.each([
  ['up to its bound', 5, '2'],
  ['not beyond it', 4, '1'],
])('sends a body again %s', async (_name, bufferBytes, attempts) => {
  const bodies: string[] = [];
  const service = await upstream(async (request, response) => {
    bodies.push(await text(request));
    response.writeHead(bodies.length === 1 ? 503 : 200, { 'retry-after': '0' }).end();
  });
  const { url } = await proxyTo(service, { limits: { bufferBytes } });
  const response = await fetch(url, { method: 'PUT', body: 'abcde' });
  expect(response.headers.get('x-defender-attempts')).toBe(attempts);
  expect(bodies).toEqual(attempts === '2' ? ['abcde', 'abcde'] : ['abcde']);
});

it('gives the headers of an answer before its body has come', async () => {
  let finish: (() => void) | undefined;
  const service = await upstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/csv' }).flushHeaders();
    finish = () => response.end('a,b');
  });
  const { url } = await proxyTo(service);
  const response = await fetch(url);
  expect(response.headers.get('x-defender-attempts')).toBe('1');
  finish?.();
  expect(await response.text()).toBe('a,b');
});

it('keeps no more than its memory allows for all bodies together', async () => {
  let release = (): void => undefined;
  const service = await upstream((request, response) => {
    request.resume();
    if (request.url === '/first') release = () => response.end();
    else response.writeHead(503, { 'retry-after': '0' }).end();
  });
  const { url } = await proxyTo(service, { limits: { maxBufferedBytes: 10 } });
  const put = (path: string) => fetch(url + path, { method: 'PUT', body: '12345678' });
  const first = put('/first');
  const second = await put('/second');
  expect(second.headers.get('x-defender-attempts')).toBe('1');
  release();
  await first;
  const third = await put('/third');
  expect(third.headers.get('x-defender-attempts')).toBe('4');
});

it('ends the call when the client goes while it waits for a retry', async () => {
  const service = await simulator({ script: [{ status: 503, times: 'always' }] });
  const proxy = await proxyTo(service.url, { resilience: { retry: { initialDelayMs: 20_000 } } });
  const abort = new AbortController();
  const call = fetch(`${proxy.url}/api/alerts`, { signal: abort.signal });
  await expect.poll(() => service.count()).toBe(1);
  await expect.poll(() => proxy.snapshot().resilience.inFlight).toBe(1);
  abort.abort();
  await expect(call).rejects.toThrow();
  await expect.poll(() => proxy.snapshot().resilience.inFlight).toBe(0);
  expect(service.count()).toBe(1);
});

it('ends the request to the service when the client goes', async () => {
  let gone = false;
  let arrived = false;
  const service = await upstream((request, response) => {
    arrived = true;
    response.on('close', () => {
      gone = true;
    });
    if (request.url === '/half') response.write('a');
  });
  const { url } = await proxyTo(service);
  for (const path of ['/none', '/half']) {
    arrived = false;
    gone = false;
    const client = new RawClient(url).write(`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1', '', '');
    if (path === '/half') await client.until('\r\n\r\n');
    else await expect.poll(() => arrived).toBe(true);
    client.socket.destroy();
    await expect.poll(() => gone).toBe(true);
  }
});

it('ends the request to the service when the client takes nothing', async () => {
  let gone = false;
  const service = await upstream((_request, response) => {
    response.on('close', () => {
      gone = true;
    });
    response.write(Buffer.alloc(32 * MIB));
  });
  const { url } = await proxyTo(service, { limits: { clientStallMs: 50 } });
  const client = new RawClient(url);
  client.socket.pause();
  client.write('GET / HTTP/1.1', 'Host: 127.0.0.1', '', '');
  await expect.poll(() => gone).toBe(true);
});

it('shows the client that an answer broke off', async () => {
  const service = await upstream((_request, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half');
    setImmediate(() => response.destroy());
  });
  const { url } = await proxyTo(service);
  const response = await fetch(url);
  await expect(response.text()).rejects.toThrow();
});

it('sends a read again whose JSON answer broke off', async () => {
  const service = await simulator({ script: ['reset-mid-body'] });
  const { url } = await proxyTo(service.url);
  const response = await fetch(`${url}/api/incidents?$top=2`);
  expect(((await response.json()) as { value: unknown[] }).value).toHaveLength(2);
  expect(response.headers.get('x-defender-attempts')).toBe('2');
});

it('answers before a body has come where the service does', async () => {
  const service = await upstream((_request, response) => {
    response.writeHead(403, { connection: 'close' }).end('no');
  });
  const { url } = await proxyTo(service, { limits: { bufferBytes: 1 } });
  const client = new RawClient(url);
  client.write('POST / HTTP/1.1', 'Host: 127.0.0.1', 'Content-Length: 9000', '', 'abc');
  const answer = await client.until('no');
  expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  expect(answer.toLowerCase()).toContain('connection: close');
});

it('asks a client that waits for it to go on', async () => {
  const service = await upstream(async (request, response) => {
    response.end(await buffer(request));
  });
  const { url } = await proxyTo(service);
  const client = new RawClient(url);
  const head = ['POST / HTTP/1.1', 'Host: 127.0.0.1', 'Content-Length: 5', 'Expect: 100-continue'];
  client.write(...head, '', '');
  await client.until('HTTP/1.1 100 Continue');
  client.write('hello');
  expect(await client.until('hello')).toContain('HTTP/1.1 200');
});
