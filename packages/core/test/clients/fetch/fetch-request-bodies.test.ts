/** Bodies of a `Request`, and those that fail while they are sent, compared with the bare fetch. */
import { describe } from 'vitest';
import { formOfAll, generate, sending, streamOf } from '../../support/bodies.ts';
import { callWith, compareWithBare, type Scenario } from '../../support/differential.ts';
import { guardProcess } from '../../support/guard.ts';

guardProcess();

const encoder = new TextEncoder();

describe('a body of a Request', () => {
  const of = (name: string, body: () => unknown, init?: object): Scenario => ({
    name: `(${name})`,
    call: async (fetch, { url }) => {
      const given = { method: 'PUT', body: body(), duplex: 'half', headers: { own: '1' } };
      const request = Reflect.construct(Request, [url, given]) as Request;
      const response = await callWith(fetch, request, init);
      return [response, request.bodyUsed, request.body?.locked];
    },
    answer: (request, response) => {
      request.on('end', () => response.end('answer'));
    },
  });
  const used = async (request: Request): Promise<Request> => {
    await request.text();
    return request;
  };
  const make = (url: string): Request => new Request(url, { method: 'PUT', body: 'text' });
  compareWithBare([
    of('a string', () => 'text'),
    of('a buffer', () => Buffer.from('text')),
    of('a Blob', () => new Blob(['text'], { type: 'text/own' })),
    of('a form', formOfAll),
    of('a stream', () => streamOf(encoder.encode('one'), encoder.encode('two'))),
    of('a stream of bytes', () => new Blob(['streamed']).stream()),
    of('a generator', () => generate(encoder.encode('one'))),
    of('overruled by an init', () => 'text', { body: 'other' }),
    of('with an init that has none', () => 'text', { body: null, cache: 'no-store' }),
    of('with an init without a body', () => 'text', { headers: { own: '2' } }),
    {
      name: '(used)',
      ends: 'TypeError',
      call: async (fetch, { url }) => fetch(await used(make(url))),
    },
    {
      name: '(used, and overruled)',
      ends: 200,
      call: async (fetch, { url }) => fetch(await used(make(url)), { body: 'other' }),
    },
    {
      name: '(locked)',
      ends: 'TypeError',
      call: (fetch, { url }) => {
        const request = make(url);
        request.body?.getReader();
        return fetch(request);
      },
    },
    {
      name: '(sent twice)',
      ends: 'TypeError',
      call: async (fetch, { url }) => {
        const request = make(url);
        await (await fetch(request)).text();
        return fetch(request);
      },
    },
    {
      name: '(used as soon as fetch is called)',
      call: async (fetch, { url }) => {
        const request = make(url);
        const call = fetch(request);
        const soon = [request.bodyUsed, await request.text().catch(String)];
        await call;
        return soon;
      },
    },
  ]);
});

type FailingSource = ConstructorParameters<typeof ReadableStream<unknown>>[0];

describe('a stream that fails', () => {
  const half = { duplex: 'half' };
  const failing = (name: string, source: FailingSource, ends = 'TypeError'): Scenario =>
    sending(name, () => new ReadableStream(source), ends, half);
  compareWithBare(
    [
      failing('at once', {
        start: (controller) => controller.error(new RangeError('mine')),
      }),
      failing('half-way', {
        pull: (controller) => {
          controller.enqueue(new Uint8Array(10));
          controller.error(new RangeError('mine'));
        },
      }),
      failing('with what is no error', {
        pull: (controller) => controller.error('mine'),
      }),
      sending(
        'a generator',
        async function* failed() {
          yield encoder.encode('one');
          throw new RangeError('mine');
        },
        'TypeError',
        half,
      ),
    ].map((scenario) => ({ ...scenario, answer: (request) => void request.resume() })),
  );
});

describe('a server that hangs up in the middle of a body', () => {
  compareWithBare([
    {
      name: 'cancels the stream, or reads it to its end',
      call: async (fetch, { url }) => {
        let chunks = 0;
        let cancelled: unknown = 'no';
        const body = new ReadableStream({
          pull: (controller) => {
            chunks += 1;
            if (chunks > 100) controller.close();
            else controller.enqueue(new Uint8Array(65_536));
          },
          cancel: (reason) => {
            cancelled = reason;
          },
        });
        const call = callWith(fetch, url, { method: 'PUT', body, duplex: 'half' });
        const end: unknown = await call.catch((error: unknown) => error);
        return [kindOf(end), kindOf(cancelled)];
      },
      raw: (socket) => socket.destroy(),
      retryable: true,
    },
    {
      name: 'and answers first',
      ends: 200,
      call: (fetch, { url }) => {
        const body = streamOf(encoder.encode('one'));
        return callWith(fetch, url, { method: 'PUT', body, duplex: 'half' });
      },
      raw: 'HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\nanswer',
    },
  ]);
});

// Which part of the connection's end is met first differs from run to run.
function kindOf(end: unknown): unknown {
  return end instanceof Error ? [end.name, end.message] : end;
}
