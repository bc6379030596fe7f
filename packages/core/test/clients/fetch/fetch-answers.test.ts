/** Answers of every kind, as they come out of the wrapped and of the bare fetch. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe } from 'vitest';
import { compareWithBare, type Scenario } from '../../support/differential.ts';
import { guardProcess } from '../../support/guard.ts';

guardProcess();

const TEXT = 'the answer, '.repeat(100);

function answering(
  name: string,
  headers: Record<string, string | string[]>,
  body: string | Buffer = TEXT,
  ends: number | string = 200,
): Scenario {
  return { name, ends, answer: (_request, response) => response.writeHead(200, headers).end(body) };
}

function raw(name: string, ends: number | string, head: readonly string[], body = ''): Scenario {
  return { name, ends, raw: `${['HTTP/1.1', ''].join(' ')}${head.join('\r\n')}\r\n\r\n${body}` };
}

function status(code: number): Scenario {
  return {
    name: String(code),
    ends: code,
    answer: (_request, response) => {
      response.writeHead(code, { 'content-type': 'text/plain', own: '1' }).end(`status ${code}`);
    },
  };
}

describe('a status', () => {
  compareWithBare([
    ...[200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 299].map(status),
    ...[300, 304, 305, 306, 399].map(status),
    ...[400, 402, 403, 404, 405, 406, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418].map(status),
    ...[421, 422, 423, 424, 426, 428, 431, 451, 499, 501, 505].map(status),
    status(401),
    raw('with a text of its own', 200, ['200 As You Like It', 'content-length: 0']),
    raw('without a text', 200, ['200 ', 'content-length: 0']),
    raw('with a text in Latin-1', 404, ['404 Nicht möglich', 'content-length: 0']),
    { ...raw('999', 999, ['999 Own', 'content-length: 0']), retryable: true },
    { ...raw('600', 600, ['600 Own', 'content-length: 0']), retryable: true },
  ]);
});

describe('an answer before the answer', () => {
  const final = ['HTTP/1.1 200 OK', 'content-length: 6', '', 'answer'].join('\r\n');
  compareWithBare([
    {
      name: '100 that was not asked for',
      ends: 'TypeError',
      retryable: true,
      raw: `HTTP/1.1 100 Continue\r\n\r\n${final}`,
    },
    { name: '102', ends: 200, raw: `HTTP/1.1 102 Processing\r\n\r\n${final}` },
    {
      name: '103, twice',
      ends: 200,
      raw: `${'HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n'.repeat(2)}${final}`,
    },
    {
      name: '101, which fetch cannot have',
      ends: 'TypeError',
      retryable: true,
      raw: 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: own\r\n\r\n',
    },
  ]);
});

describe('an answer without a body', () => {
  const withMethod = (method: string, code = 200): Scenario => ({
    name: `${method} ${code}`,
    ends: code,
    call: (fetch, { url }) => fetch(url, { method }),
    answer: (_request, response) => {
      response.writeHead(code, { 'content-length': '42', 'content-encoding': 'gzip' }).end();
    },
  });
  compareWithBare([
    withMethod('HEAD'),
    withMethod('HEAD', 404),
    withMethod('HEAD', 403),
    { ...answering('of length 0', { 'content-length': '0' }, ''), ends: 200 },
    answering('chunked', { 'transfer-encoding': 'chunked' }, ''),
    raw('204 that says it has one', 204, ['204 No Content', 'content-length: 5']),
    raw('304 that says it has one', 304, ['304 Not Modified', 'content-length: 5', 'etag: "1"']),
  ]);
});

describe('headers of an answer', () => {
  compareWithBare(
    [
      answering('(cookies)', { 'set-cookie': ['a=1; Path=/', 'b=2, c', 'a=3'] }),
      answering('(the same name twice)', { own: ['1', '2'], vary: ['a', 'b'] }),
      answering('(in Latin-1)', { own: 'h\u00e4llo' }),
      answering('(empty)', { own: '' }),
      answering('(a type)', { 'content-type': 'Application/JSON; Charset="utf-8"' }),
      answering('(long)', { own: 'x'.repeat(8_000) }),
      answering('(too long)', { own: 'x'.repeat(20_000) }, TEXT, 'TypeError'),
      raw('(spaces)', 200, ['200 OK', 'own: \t 1 \t ', 'content-length: 0']),
      raw('(a lone line feed)', 'TypeError', ['200 OK', 'own: 1\n2', 'content-length: 0']),
    ].map((scenario) =>
      scenario.ends === 'TypeError' ? { ...scenario, retryable: true } : scenario,
    ),
  );
});

describe('a body', () => {
  const write = (name: string, parts: readonly string[], more: object = {}): Scenario => ({
    name,
    ends: 200,
    answer: (_request: IncomingMessage, response: ServerResponse) => {
      response.writeHead(200, more as Record<string, string>);
      for (const part of parts) response.write(part);
      response.addTrailers({ 'own-trailer': '1' });
      response.end();
    },
  });
  compareWithBare([
    write('(in chunks)', ['one', 'two', 'three']),
    write('(with trailers)', ['one'], { trailer: 'own-trailer' }),
    raw('(until the connection closes)', 200, ['200 OK', 'connection: close'], TEXT),
    raw(
      '(chunk extensions)',
      200,
      ['200 OK', 'transfer-encoding: chunked'],
      '3;a=b\r\none\r\n0\r\n\r\n',
    ),
    raw('(shorter than it says)', 200, ['200 OK', 'content-length: 99'], 'short'),
    raw('(longer than it says)', 200, ['200 OK', 'content-length: 5', 'connection: close'], TEXT),
    raw('(chunks that break off)', 200, ['200 OK', 'transfer-encoding: chunked'], '9\r\none'),
    raw('(chunks that are none)', 200, ['200 OK', 'transfer-encoding: chunked'], 'zz\r\none'),
    raw('(no length, HTTP/1.0)', 200, ['200 OK'], TEXT),
    answering('(gzip)', { 'content-encoding': 'gzip' }, gzipSync(TEXT)),
    answering('(gzip in capitals)', { 'content-encoding': 'GZip' }, gzipSync(TEXT)),
    answering('(x-gzip)', { 'content-encoding': 'x-gzip' }, gzipSync(TEXT)),
    answering('(gzip cut off)', { 'content-encoding': 'gzip' }, gzipSync(TEXT).subarray(0, -8)),
    answering('(gzip that is none)', { 'content-encoding': 'gzip' }),
    answering('(empty gzip)', { 'content-encoding': 'gzip' }, ''),
    answering('(deflate)', { 'content-encoding': 'deflate' }, deflateSync(TEXT)),
    answering('(raw deflate)', { 'content-encoding': 'deflate' }, deflateRawSync(TEXT)),
    answering('(br)', { 'content-encoding': 'br' }, brotliCompressSync(TEXT)),
    answering(
      '(gzip, then br)',
      { 'content-encoding': 'gzip, br' },
      brotliCompressSync(gzipSync(TEXT)),
    ),
    answering('(an unknown encoding)', { 'content-encoding': 'own' }),
    answering('(a byte order mark)', {}, '\ufefftext'),
    answering('(bytes that are no text)', {}, Buffer.from([0, 255, 128, 10])),
  ]);
});

describe('a body of a refusal', () => {
  const refused = (name: string, headers: object, body: string | Buffer): Scenario => ({
    name,
    ends: 404,
    answer: (_request, response) => {
      response.writeHead(404, headers as Record<string, string>).end(body);
    },
  });
  compareWithBare([
    refused('(JSON)', { 'content-type': 'application/json' }, '{"error":{"code":"NotFound"}}'),
    refused('(gzip)', { 'content-encoding': 'gzip' }, gzipSync('{"error":{"code":"NotFound"}}')),
    refused('(gzip that is none)', { 'content-encoding': 'gzip' }, TEXT),
    refused('(long)', {}, 'x'.repeat(1_000_000)),
    raw('(shorter than it says)', 404, ['404 Not Found', 'content-length: 99'], 'short'),
    raw(
      '(chunks that break off)',
      404,
      ['404 Not Found', 'transfer-encoding: chunked'],
      '9\r\none',
    ),
  ]);
});
