import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { proxyTo, RawClient } from './support.ts';

/** A service that answers every request with these bytes; closed when the test ends. */
async function answering(bytes: string): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => socket.write(bytes, 'latin1'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function proxyBefore(bytes: string): Promise<string> {
  const { url } = await proxyTo(await answering(bytes), {
    resilience: { retry: { maxRetries: 0 } },
  });
  return url;
}

/** A body of the two bytes `ok`, as it stands behind `Transfer-Encoding: chunked`. */
const CHUNKED = '\r\n2\r\nok\r\n0\r\n\r\n';
const TE = 'Transfer-Encoding: chunked\r\n';
const EMPTY = 'Content-Length: 0\r\n\r\n';

describe('an answer of a service that cannot be trusted', () => {
  it.each([
    ['bytes beyond ASCII', 'Gr\xfc\xdfe'],
    ['a control character', 'a\x01b'],
  ])('passes without its reason phrase where that has %s', async (_name, reason) => {
    const response = await fetch(await proxyBefore(`HTTP/1.1 200 ${reason}\r\n${EMPTY}`));
    expect([response.status, response.statusText]).toEqual([200, '']);
  });

  it.each([
    ['a status that is none', `HTTP/1.1 099 X\r\n${EMPTY}`],
    ['a control character in a header', `HTTP/1.1 200 OK\r\nX-A: a\x01b\r\n${EMPTY}`],
    ['a folded header', `HTTP/1.1 200 OK\r\nX-A: a\r\n b\r\n${EMPTY}`],
    ['a length and an encoding', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n${EMPTY}`],
    ['two lengths', `HTTP/1.1 200 OK\r\nContent-Length: 1\r\n${EMPTY}`],
    ['headers without end', `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(100_000)}\r\n${EMPTY}`],
    ['a change of protocol', 'HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'],
    ['no HTTP', 'nonsense\r\n\r\n'],
  ])('is replaced by 502 where it has %s', async (_name, bytes) => {
    const response = await fetch(await proxyBefore(bytes));
    expect(response.status).toBe(502);
    expect(response.headers.get('proxy-status')).toContain('error=');
  });

  it.each([
    ['gzip, chunked', `Transfer-Encoding: gzip, chunked\r\n${CHUNKED}`],
    ['gzip and chunked on lines of their own', `Transfer-Encoding: gzip\r\n${TE}${CHUNKED}`],
    ['chunked twice', `${TE}${TE}${CHUNKED}`],
    ['gzip alone', 'Transfer-Encoding: gzip\r\n\r\nok'],
    ['identity', 'Transfer-Encoding: identity\r\n\r\nok'],
  ])('is replaced by 502, and tried again, where its transfer coding is %s', async (_, rest) => {
    const { url } = await proxyTo(await answering(`HTTP/1.1 200 OK\r\n${rest}`), {
      resilience: { retry: { maxRetries: 1, initialDelayMs: 1 } },
    });
    const { status, headers } = await fetch(`${url}/api/incidents`);
    expect([status, headers.get('x-defender-code'), headers.get('x-defender-attempts')]).toEqual([
      502,
      'HPE_INVALID_TRANSFER_ENCODING',
      '2',
    ]);
  });

  it('passes where its transfer coding is chunked, however that is written', async () => {
    const url = await proxyBefore(`HTTP/1.1 200 OK\r\nTransfer-Encoding: CHUNKED\r\n${CHUNKED}`);
    expect(await (await fetch(url)).text()).toBe('ok');
  });

  it('cannot take the name of the headers that the proxy writes', async () => {
    const own = 'X-Defender-Attempts: 77\r\nX-Defender-Code: Evil\r\n';
    const { headers } = await fetch(await proxyBefore(`HTTP/1.1 200 OK\r\n${own}${EMPTY}`));
    expect([headers.get('x-defender-attempts'), headers.get('x-defender-code')]).toEqual([
      '1',
      null,
    ]);
  });

  it('does not answer the next request with what follows its end', async () => {
    const poison = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison';
    const url = await proxyBefore(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok${poison}`);
    for (let call = 0; call < 3; call += 1) expect(await (await fetch(url)).text()).toBe('ok');
  });

  it('keeps the connection of the client where a 304 tells the length of what it leaves out', async () => {
    const url = await proxyBefore('HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n');
    const client = new RawClient(url);
    for (let calls = 1; calls <= 2; calls += 1) {
      client.write('GET / HTTP/1.1', 'Host: 127.0.0.1', '', '');
      await expect.poll(() => client.text.match(/HTTP\/1\.1 304/g)?.length).toBe(calls);
    }
  });
});
