/** Bodies of every kind, as they reach a server from the wrapped and from the bare fetch. */
import { Readable } from 'node:stream';
import { runInNewContext } from 'node:vm';
import { describe } from 'vitest';
import { formOfAll, generate, sending, streamOf } from '../../support/bodies.ts';
import { compareWithBare } from '../../support/differential.ts';
import { guardProcess } from '../../support/guard.ts';

guardProcess();

const encoder = new TextEncoder();

class Params extends URLSearchParams {}

describe('a body', () => {
  const half = { duplex: 'half' };
  compareWithBare([
    sending('a string', () => 'täxt \u{1f600} \ud800'),
    sending('empty', () => ''),
    sending('null', () => null),
    sending('undefined', () => undefined),
    sending('a number', () => 1),
    sending('false', () => false),
    sending('an object', () => ({ a: 1 })),
    sending('an object with toString', () => ({ toString: () => 'text' })),
    sending('a String object', () => Object('text')),
    sending('a list', () => [1, 2]),
    sending('a function', () => generate),
    sending('a symbol', () => Symbol('body'), 'TypeError'),
    sending('a buffer', () => Buffer.from('text')),
    sending('an ArrayBuffer', () => encoder.encode('text').buffer),
    sending('a part of a buffer', () => encoder.encode('a text b').subarray(2, 6)),
    sending('a DataView', () => new DataView(encoder.encode('a text').buffer, 2, 3)),
    sending('floats', () => new Float64Array([1, Math.PI])),
    sending('no bytes', () => new Uint8Array(0)),
    sending('shared memory', () => new SharedArrayBuffer(4)),
    sending('a view of shared memory', () => new Uint8Array(new SharedArrayBuffer(4)), null),
    sending('a buffer of another realm', () => runInNewContext('new Uint8Array([1, 2]).buffer')),
    sending('a view of another realm', () => runInNewContext('new Uint8Array([1, 2])')),
    sending('a Blob', () => new Blob(['text', new Uint8Array([1])], { type: 'Text/Own' })),
    sending('a Blob without a type', () => new Blob(['text'])),
    sending('a File', () => new File(['text'], 'name')),
    sending('a large Blob', () => new Blob([new Uint8Array(300_000)])),
    sending('a form with files', formOfAll),
    sending('an empty form', () => new FormData()),
    sending('URLSearchParams', () => new URLSearchParams('a=1&b=ä&a=2')),
    sending('of a class derived from URLSearchParams', () => new Params({ a: '1' })),
    sending('a stream', () => streamOf(encoder.encode('one'), Buffer.from('two')), 200, half),
    sending('a stream of bytes', () => new Blob(['streamed']).stream(), 200, half),
    sending('an empty stream', () => streamOf(), 200, half),
    sending('a generator', () => generate(encoder.encode('one'), Buffer.from('two')), 200, half),
    sending('a Node stream', () => Readable.from([Buffer.from('one')]), 200, half),
    sending('an iterator that is not asynchronous', () => [1, 2].values()),
    sending('a stream without duplex', () => streamOf(), 'TypeError'),
    sending('a stream with keepalive', () => streamOf(), 'TypeError', { ...half, keepalive: true }),
    sending('a stream of text', () => streamOf('one', 'two'), 200, half),
    ...[null, 1, {}, new ArrayBuffer(1), new Blob([])].map((chunk) =>
      sending(`a stream of ${String(chunk)}`, () => streamOf(chunk), 'TypeError', half),
    ),
    ...['GET', 'HEAD'].map((method) => sending(method, () => 'text', 'TypeError', { method })),
    sending('a type of its own', formOfAll, 200, { headers: { 'content-type': 'text/own' } }),
    sending('a length of its own', () => 'text', 200, { headers: { 'content-length': '4' } }),
    sending('a wrong length', () => 'text', 'TypeError', { headers: { 'content-length': '9' } }),
    sending('PATCH', () => 'text', 200, { method: 'PATCH' }),
    sending('DELETE', () => 'text', 200, { method: 'DELETE' }),
    sending(
      'a locked stream',
      () => {
        const stream = streamOf();
        stream.getReader();
        return stream;
      },
      'TypeError',
      half,
    ),
    sending(
      'a stream that was read',
      () => {
        const stream = streamOf(encoder.encode('one'));
        void stream
          .getReader()
          .read()
          .catch(() => undefined);
        return stream;
      },
      'TypeError',
      half,
    ),
    sending(
      'a used Response’s',
      () => {
        const response = new Response('text');
        void response.text();
        return response.body;
      },
      'TypeError',
      half,
    ),
    sending('a Response’s', () => new Response('text').body, 200, half),
  ]);
});
