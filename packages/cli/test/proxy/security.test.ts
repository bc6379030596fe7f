import { describe, expect, it } from 'vitest';
import { proxyTo, RawClient, raw, upstream } from './support.ts';

/** A proxy, and what its upstream got. */
async function guarded(limits: Record<string, number> = {}) {
  const seen: string[] = [];
  const service = await upstream((request, response) => {
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.byteLength;
    });
    request.on('end', () => {
      seen.push(`${request.method} ${request.url} ${length}`);
      response.end('reached');
    });
  });
  const { url } = await proxyTo(service, { limits });
  return { url, seen, host: new URL(url).host };
}

const status = (answer: string): string => answer.split(' ', 2)[1] ?? 'closed';

describe('request smuggling', () => {
  const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
  it.each<[name: string, ...lines: string[]]>([
    [
      'a length beside an encoding',
      'Content-Length: 4',
      'Transfer-Encoding: chunked',
      '',
      '0',
      '',
      SMUGGLED,
    ],
    [
      'an encoding beside a length',
      'Transfer-Encoding: chunked',
      'Content-Length: 4',
      '',
      '0',
      '',
      SMUGGLED,
    ],
    ['two lengths', 'Content-Length: 5', 'Content-Length: 0', '', SMUGGLED],
    ['two equal lengths', 'Content-Length: 1', 'Content-Length: 1', '', 'a'],
    ['a list of lengths', 'Content-Length: 1, 1', '', 'a'],
    ['a signed length', 'Content-Length: +1', '', 'a'],
    ['a hexadecimal length', 'Content-Length: 0x1', '', 'a'],
    ['a length with a space inside', 'Content-Length: 1 0', '', 'a'],
    ['an endless length', 'Content-Length: 99999999999999999999', '', 'a'],
    ['a space before the colon', 'Content-Length : 1', '', 'a'],
    ['a space before the colon of an encoding', 'Transfer-Encoding : chunked', '', '0', '', ''],
    ['a folded header', 'X-A: b', ' Content-Length: 5', '', SMUGGLED],
    ['a folded encoding', 'Transfer-Encoding:', ' chunked', '', '0', '', ''],
    ['an encoding that is not the last', 'Transfer-Encoding: chunked, identity', '', '0', '', ''],
    ['an unknown encoding', 'Transfer-Encoding: xchunked', '', '0', '', ''],
    ['two encodings', 'Transfer-Encoding: gzip', 'Transfer-Encoding: chunked', '', '0', '', ''],
    ['chunked twice', 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked', '', '0', '', ''],
    ['a quoted encoding', 'Transfer-Encoding: "chunked"', '', '0', '', ''],
    ['an encoding after a control character', 'Transfer-Encoding: \x0bchunked', '', '0', '', ''],
    ['a line that ends in LF alone', 'X-A: b\nTransfer-Encoding: chunked', '', '0', '', ''],
    ['a line that ends in CR alone', 'X-A: b\rTransfer-Encoding: chunked', '', '0', '', ''],
    ['a NUL in a header', 'X-A: b\0c', '', ''],
    [
      'a line feed in a chunk extension',
      'Transfer-Encoding: chunked',
      '',
      '1;a\nb',
      'a',
      '0',
      '',
      '',
    ],
    [
      'a length in the trailers',
      'Transfer-Encoding: chunked',
      '',
      '0',
      'Content-Length: 9',
      '',
      '',
    ],
    ['a chunk that ends in LF alone', 'Transfer-Encoding: chunked', '', '1', 'a\n0', '', ''],
    ['an empty encoding beside a length', 'Transfer-Encoding:', 'Content-Length: 1', '', 'a'],
    ['an empty length', 'Content-Length:', '', SMUGGLED],
    ['a chunk size with a sign', 'Transfer-Encoding: chunked', '', '+1', 'a', '0', '', ''],
    ['a chunk size with 0x', 'Transfer-Encoding: chunked', '', '0x1', 'a', '0', '', ''],
    [
      'a chunk that is longer than its size',
      'Transfer-Encoding: chunked',
      '',
      '1',
      'ab',
      '0',
      '',
      '',
    ],
    [
      'an endless chunk size',
      'Transfer-Encoding: chunked',
      '',
      'ffffffffffffffffff',
      'a',
      '0',
      '',
      '',
    ],
  ])('refuses %s', async (_name, ...lines) => {
    const { url, seen, host } = await guarded();
    const answer = await raw(url, 'POST /api/alerts HTTP/1.1', `Host: ${host}`, ...lines, '');
    expect([status(answer), answer.split('HTTP/1.1 ').length - 1]).toEqual(['400', 1]);
    expect(answer.toLowerCase()).toContain('connection: close');
    expect(seen).toEqual([]);
  });

  it('refuses chunks of HTTP/1.0', async () => {
    const { url, seen, host } = await guarded();
    const answer = await raw(
      url,
      'POST / HTTP/1.0',
      `Host: ${host}`,
      'Transfer-Encoding: chunked',
      '',
      '0',
      '',
      '',
    );
    expect([status(answer), seen]).toEqual(['400', []]);
  });

  it('stays strict where NODE_OPTIONS asks for a lenient parser', async () => {
    // What the option would let through, the check of the proxy's own refuses.
    const { checkRequest } = await import('../../src/proxy/check-request.ts');
    const rules = {
      upstreams: [],
      allowedHosts: new Set<string>(),
      maxHeaders: 9,
      maxBodyBytes: 9,
      via: 'x',
    };
    const head = { method: 'POST', target: '/', httpVersion: '1.1' };
    for (const headers of [
      ['Content-Length', '4', 'Transfer-Encoding', 'chunked'],
      ['Content-Length', '4', 'content-length', '4'],
      ['Transfer-Encoding', 'chunked, identity'],
    ]) {
      expect(checkRequest({ ...head, headers }, rules)).toMatchObject({ code: 'InvalidFraming' });
    }
  });

  it('forwards each of two requests in one packet once, in their order', async () => {
    const { url, seen, host } = await guarded();
    const client = new RawClient(url).write(
      ...['POST /one HTTP/1.1', `Host: ${host}`, 'Content-Length: 3', '', 'abc'],
      // The body above ends without a line break.
    );
    client.write(...['GET /two HTTP/1.1', `Host: ${host}`, 'Connection: close', '', '']);
    const answer = await client.received;
    expect(answer.match(/reached/g)).toHaveLength(2);
    expect(seen.toSorted()).toEqual(['GET /two 0', 'POST /one 3']);
  });

  it.each(['GET', 'DELETE', 'OPTIONS'])(
    'uses no connection again on which a service may have left the body of %s unread',
    async (method) => {
      let connection: string | undefined;
      const service = await upstream((request, response) => {
        connection = request.headers.connection;
        response.end();
      });
      const { url } = await proxyTo(service);
      const lines = ['Host: 127.0.0.1', 'Connection: close', `Content-Length: ${SMUGGLED.length}`];
      await raw(url, `${method} / HTTP/1.1`, ...lines, '', SMUGGLED);
      expect(connection).toBe('close');
    },
  );

  it('does not let a response splitting attempt reach the client', async () => {
    const service = await upstream((_request, response) => {
      response.socket?.end('HTTP/1.1 200 OK\r\nX-A: b\nSet-Cookie: c\r\nContent-Length: 0\r\n\r\n');
    });
    const { url } = await proxyTo(service, { resilience: { retry: { maxRetries: 0 } } });
    const response = await fetch(url);
    expect(response.status).toBe(502);
    expect(response.headers.has('set-cookie')).toBe(false);
  });
});

describe('requests for other hosts', () => {
  it.each([
    ['a host of its own', 'GET /api/alerts HTTP/1.1', 'Host: evil.example', '421'],
    ['a host that begins like the own', 'GET / HTTP/1.1', 'Host: 127.0.0.1.evil.example', '421'],
    ['a user before the host', 'GET / HTTP/1.1', 'Host: 127.0.0.1@evil.example', '400'],
    ['a path in the host', 'GET / HTTP/1.1', 'Host: evil.example/127.0.0.1', '400'],
    ['another service of the list', 'GET / HTTP/1.1', 'Host: graph.microsoft.com', '421'],
    [
      'an absolute address',
      'GET http://169.254.169.254/latest HTTP/1.1',
      'Host: 169.254.169.254',
      '400',
    ],
    ['an absolute address of its own', 'GET http://127.0.0.1/ HTTP/1.1', 'Host: 127.0.0.1', '400'],
    ['a tunnel', 'CONNECT 169.254.169.254:80 HTTP/1.1', 'Host: 169.254.169.254:80', '405'],
    [
      'an address without a scheme',
      'GET //169.254.169.254/latest HTTP/1.1',
      'Host: 127.0.0.1',
      '400',
    ],
    ['an asterisk', 'OPTIONS * HTTP/1.1', 'Host: 127.0.0.1', '400'],
    ['a user in the target', 'GET @evil.example/ HTTP/1.1', 'Host: 127.0.0.1', '400'],
    ['a trace', 'TRACE / HTTP/1.1', 'Host: 127.0.0.1', '405'],
    ['dot segments', 'GET /api/../admin HTTP/1.1', 'Host: 127.0.0.1', '400'],
    ['encoded dot segments', 'GET /api/%2e%2E/admin HTTP/1.1', 'Host: 127.0.0.1', '400'],
    [
      'dot segments after an encoded slash',
      'GET /api%2f..%2fadmin HTTP/1.1',
      'Host: 127.0.0.1',
      '400',
    ],
    ['a backslash', 'GET /api\\..\\admin HTTP/1.1', 'Host: 127.0.0.1', '400'],
    ['a backslash that becomes a host', 'GET /\\evil.example/x HTTP/1.1', 'Host: 127.0.0.1', '400'],
    ['dot segments with parameters', 'GET /api/..;x/admin HTTP/1.1', 'Host: 127.0.0.1', '400'],
    ['another version of HTTP', 'GET / HTTP/2.0', 'Host: 127.0.0.1', '505'],
    ['a fragment', 'GET /api#x HTTP/1.1', 'Host: 127.0.0.1', '400'],
    ['a page in a browser', 'GET / HTTP/1.1', 'Host: 127.0.0.1\r\nOrigin: http://127.0.0.1', '403'],
    [
      'a picture of a page',
      'GET / HTTP/1.1',
      'Host: 127.0.0.1\r\nSec-Fetch-Site: cross-site',
      '403',
    ],
    ['two hosts', 'GET / HTTP/1.1', 'Host: 127.0.0.1\r\nHost: evil.example', '400'],
    ['an upgrade to a tunnel', 'PRI * HTTP/2.0', 'SM: x', '400'],
  ])('refuses %s', async (_name, line, host, expected) => {
    const { url, seen } = await guarded();
    const answer = await raw(url, line, host, '', '');
    expect([status(answer), seen]).toEqual([expected, []]);
  });

  it('refuses a request without a host', async () => {
    const { url, seen } = await guarded();
    expect(status(await raw(url, 'GET / HTTP/1.1', 'Connection: close', '', ''))).toBe('400');
    expect(seen).toEqual([]);
  });

  it('refuses a path that becomes a host behind its prefix', async () => {
    const service = await upstream((_request, response) => response.end());
    const { url } = await proxyTo(`/graph=${service}`);
    const answer = await raw(url, 'GET /graph//evil.example/x HTTP/1.1', 'Host: 127.0.0.1', '', '');
    expect(status(answer)).toBe('400');
    expect((await fetch(`${url}/other`)).status).toBe(404);
  });

  it('forwards with the host of the upstream, whatever the client names', async () => {
    let host: string | undefined;
    const service = await upstream((request, response) => {
      host = request.headers.host;
      response.end();
    });
    const { url } = await proxyTo(service, { allowedHosts: ['defender-proxy'] });
    const answer = await raw(
      ...[url, 'GET / HTTP/1.1', 'Host: Defender-Proxy:8080', 'X-Forwarded-Host: evil.example'],
      ...['Forwarded: host=evil.example', 'Connection: close', '', ''],
    );
    expect([status(answer), host]).toEqual(['200', new URL(service).host]);
  });

  it('sends no request that has come through it before', async () => {
    let own: string | undefined;
    const service = await upstream((request, response) => {
      own = request.headers.via;
      response.end();
    });
    const { url } = await proxyTo(service);
    await fetch(url);
    expect((await fetch(url, { headers: { via: own ?? '' } })).status).toBe(508);
  });
});

describe('headers of the connection', () => {
  it('are not forwarded', async () => {
    let seen: readonly string[] = [];
    const service = await upstream((request, response) => {
      seen = Object.keys(request.headers);
      response.end();
    });
    const { url } = await proxyTo(service);
    await raw(
      ...[
        url,
        'GET / HTTP/1.1',
        'Host: 127.0.0.1',
        'Connection: close, Upgrade, TE',
        'TE: trailers',
      ],
      ...['Upgrade: h2c', 'Keep-Alive: timeout=1', 'Proxy-Authorization: Basic c2VjcmV0'],
      ...['Proxy-Connection: keep-alive', 'Trailer: x', 'Accept: a/b', '', ''],
    );
    for (const name of [
      'te',
      'upgrade',
      'keep-alive',
      'proxy-authorization',
      'proxy-connection',
      'trailer',
    ]) {
      expect(seen).not.toContain(name);
    }
    expect(seen).toContain('accept');
  });

  it.each(['Authorization', 'close, Host', 'content-length', 'X-Forwarded-For'])(
    'must not name another header: %s',
    async (named) => {
      const { url, seen } = await guarded();
      const lines = [
        'GET / HTTP/1.1',
        'Host: 127.0.0.1',
        'Authorization: Bearer a',
        `Connection: ${named}`,
      ];
      const answer = await raw(url, ...lines, '', '');
      expect([status(answer), seen]).toEqual(['400', []]);
    },
  );
});

describe('a request with two tokens', () => {
  it.each([
    ['different', 'Authorization: Bearer a', 'authorization: Bearer b'],
    ['equal', 'Authorization: Bearer a', 'Authorization: Bearer a'],
    ['empty', 'Authorization: Bearer a', 'Authorization:'],
  ])('is refused where they are %s', async (_name, ...tokens) => {
    const { url, seen } = await guarded();
    const answer = await raw(url, 'GET / HTTP/1.1', 'Host: 127.0.0.1', ...tokens, '', '');
    expect([status(answer), seen]).toEqual(['400', []]);
    expect(answer).toContain('InvalidAuthorization');
    expect(answer).not.toContain('Bearer');
  });
});

describe('floods', () => {
  it('refuses too many headers', async () => {
    const { url, seen } = await guarded();
    const flood = Array.from({ length: 101 }, (_, index) => `X-${index}: a`);
    const answer = await raw(url, 'GET / HTTP/1.1', 'Host: 127.0.0.1', ...flood, '', '');
    expect([status(answer), seen]).toEqual(['431', []]);
  });

  it.each([
    ['headers', 'GET / HTTP/1.1', `X-A: ${'a'.repeat(20_000)}`],
    ['a request line', `GET /${'a'.repeat(20_000)} HTTP/1.1`, 'X-A: b'],
  ])('refuses %s that are too large', async (_name, line, header) => {
    const { url, seen } = await guarded();
    const answer = await raw(url, line, 'Host: 127.0.0.1', header, '', '');
    expect([status(answer), seen]).toEqual(['431', []]);
  });

  it('refuses a body that is too long by its length, before it is sent', async () => {
    const { url, seen } = await guarded({ maxBodyBytes: 10 });
    const lines = [
      'POST / HTTP/1.1',
      'Host: 127.0.0.1',
      'Content-Length: 11',
      'Expect: 100-continue',
    ];
    const answer = await raw(url, ...lines, '', '');
    expect([status(answer), seen]).toEqual(['413', []]);
    expect(answer).not.toContain('100 Continue');
  });

  it.each([
    ['while it is kept', 1_000],
    ['while it streams', 2],
  ])('refuses a chunked body that is too long, %s', async (_name, bufferBytes) => {
    const { url, seen } = await guarded({ maxBodyBytes: 10, bufferBytes });
    const lines = ['POST / HTTP/1.1', 'Host: 127.0.0.1', 'Transfer-Encoding: chunked', ''];
    const answer = await raw(url, ...lines, '8', 'aaaaaaaa', '8', 'bbbbbbbb', '0', '', '');
    expect([status(answer), seen]).toEqual(['413', []]);
  });

  it('closes connections beyond its limit, and requests beyond theirs get 503', async () => {
    const held: (() => void)[] = [];
    const service = await upstream((_request, response) => {
      held.push(() => response.end('done'));
    });
    const { url } = await proxyTo(service, { limits: { maxConnections: 2, maxRequests: 1 } });
    const get = ['GET / HTTP/1.1', 'Host: 127.0.0.1', 'Connection: close', '', ''];
    const first = new RawClient(url).write(...get);
    await expect.poll(() => held.length).toBe(1);
    expect(status(await raw(url, ...get))).toBe('503');
    const second = new RawClient(url);
    await new Promise((resolve) => second.socket.once('connect', resolve));
    expect(await raw(url, ...get)).toBe('');
    for (const release of held) release();
    expect(status(await first.received)).toBe('200');
  });

  it('counts pipelined requests of one connection as well', async () => {
    const held: (() => void)[] = [];
    const service = await upstream((_request, response) => {
      held.push(() => response.end('done'));
    });
    const { url } = await proxyTo(service, { limits: { maxRequests: 2 } });
    const get = ['GET / HTTP/1.1', 'Host: 127.0.0.1', '', ''];
    const client = new RawClient(url)
      .write(...get)
      .write(...get)
      .write(...get)
      .write(...get);
    await expect.poll(() => held.length).toBe(2);
    for (const release of held) release();
    const answers = await client.until('ProxyBusy');
    expect(answers.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  });
});

describe('slow clients', () => {
  const SHORT = { headersTimeoutMs: 100, requestTimeoutMs: 200 };

  it('have so long for their headers', async () => {
    const { url, seen } = await guarded(SHORT);
    const client = new RawClient(url).write('GET / HTTP/1.1', 'Host: 127.0.0.1', 'X-A: ');
    const drip = setInterval(() => client.write('a'), 20);
    expect(status(await client.received)).toBe('408');
    clearInterval(drip);
    expect(seen).toEqual([]);
  });

  it('have so long to say anything', async () => {
    const { url } = await guarded(SHORT);
    expect(status(await new RawClient(url).received)).toBe('408');
  });

  it('have so long for their body', async () => {
    const { url, seen } = await guarded(SHORT);
    const client = new RawClient(url).write(
      'POST / HTTP/1.1',
      'Host: 127.0.0.1',
      'Content-Length: 9999',
      '',
      '',
    );
    const drip = setInterval(() => client.write('a'), 20);
    await client.received;
    clearInterval(drip);
    expect(seen).toEqual([]);
  });
});
