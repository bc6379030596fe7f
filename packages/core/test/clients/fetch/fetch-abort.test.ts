/** Aborts before and during a call, as they end the wrapped and the bare fetch. */
import { setImmediate as turn } from 'node:timers/promises';
import { describe } from 'vitest';
import { endOf, silent } from '../../support/abort.ts';
import {
  callWith,
  compareWithBare,
  type Fetch,
  type Scenario,
} from '../../support/differential.ts';
import { guardProcess } from '../../support/guard.ts';

guardProcess();

const reasons: readonly [name: string, ...reason: unknown[]][] = [
  ['no reason'],
  ['undefined', undefined],
  ['null', null],
  ['an Error', new Error('mine')],
  ['a string', 'mine'],
  ['zero', 0],
  ['false', false],
  ['a symbol', Symbol('mine')],
  ['an object', { mine: true }],
  ['a DOMException', new DOMException('mine', 'DataError')],
];

function aborted(...reason: readonly unknown[]): AbortSignal {
  const controller = new AbortController();
  if (reason.length === 0) controller.abort();
  else controller.abort(reason[0]);
  return controller.signal;
}

describe('a signal that was aborted before', () => {
  const before = (
    name: string,
    input: (url: string, signal: AbortSignal) => unknown[],
  ): Scenario => ({
    name: `(${name})`,
    call: (fetch, { url }) => {
      const signal = aborted(new Error('mine'));
      return endOf(callWith(fetch, ...input(url, signal)), signal);
    },
  });
  compareWithBare([
    ...reasons.map(
      ([name, ...reason]): Scenario => ({
        name,
        call: (fetch, { url }) => {
          const signal = aborted(...reason);
          return endOf(fetch(url, { signal }), signal);
        },
      }),
    ),
    before('of a Request', (url, signal) => [new Request(url, { signal })]),
    before('of a Request with an init', (url, signal) => [
      new Request(url, { signal }),
      { method: 'PUT' },
    ]),
    before('of a clone', (url, signal) => [new Request(url, { signal }).clone()]),
    before('in place of another', (url, signal) => [
      new Request(url, { signal: new AbortController().signal }),
      { signal },
    ]),
    before('taken away by null', (url, signal) => [new Request(url, { signal }), { signal: null }]),
    before('and an invalid URL', (_url, signal) => ['http://', { signal }]),
    before('and an invalid method', (url, signal) => [url, { signal, method: 'A B' }]),
    before('and an invalid header', (url, signal) => [url, { signal, headers: { 'a b': '1' } }]),
    before('and a body for GET', (url, signal) => [url, { signal, body: 'x' }]),
    before('and a forbidden port', (_url, signal) => ['http://127.0.0.1:25/', { signal }]),
    before('and a data: URL', (_url, signal) => ['data:,text', { signal }]),
    {
      name: 'rejects before the next microtask but one',
      call: async (fetch, { url }) => {
        const log: string[] = [];
        const call = fetch(url, { signal: aborted() }).catch(() => log.push('rejected'));
        let next = Promise.resolve();
        for (let tick = 0; tick < 8; tick += 1)
          next = next.then(() => void log.push(`tick ${tick}`));
        await Promise.all([call, next]);
        return log;
      },
    },
    {
      name: 'uses the body of a Request',
      call: async (fetch, { url }) => {
        const request = new Request(url, { signal: aborted(), method: 'POST', body: 'text' });
        const call = fetch(request).catch(() => undefined);
        const used = request.bodyUsed;
        await call;
        return [used, request.bodyUsed];
      },
    },
    {
      name: 'cancels a stream at once, with its reason',
      call: async (fetch, { url }) => {
        const signal = aborted(new Error('mine'));
        const cancelled: unknown[] = [];
        const body = new ReadableStream({
          pull: (controller) => controller.enqueue(new Uint8Array([1])),
          cancel: (reason) => void cancelled.push(reason === signal.reason),
        });
        const call = callWith(fetch, url, { method: 'POST', body, duplex: 'half', signal });
        return [cancelled.length, await endOf(call, signal), cancelled];
      },
    },
  ]);
});

describe('an abort before the answer', () => {
  const during = (
    name: string,
    make: (fetch: Fetch, url: string, signal: AbortSignal) => Promise<unknown>,
    ...reason: readonly unknown[]
  ): Scenario => ({
    name: `(${name})`,
    call: async (fetch, { url, requested }) => {
      const controller = new AbortController();
      const { signal } = controller;
      const call = endOf(make(fetch, url, signal), signal);
      await requested;
      controller.abort(...reason);
      return [await call, await turn('later')];
    },
    answer: silent,
  });
  compareWithBare([
    ...reasons.map(([name, ...reason]) =>
      during(name, (fetch, url, signal) => fetch(url, { signal }), ...reason),
    ),
    during('of a Request', (fetch, url, signal) => fetch(new Request(url, { signal }))),
    during('of a Request with a body', (fetch, url, signal) =>
      fetch(new Request(url, { signal, method: 'PUT', body: 'text' })),
    ),
    during('of a Request whose body is long', (fetch, url, signal) =>
      fetch(
        new Request(url, { signal, method: 'PUT', body: new Blob([new Uint8Array(9_000_000)]) }),
      ),
    ),
    during('of a clone of a Request', (fetch, url, signal) =>
      fetch(new Request(url, { signal }).clone()),
    ),
    during('of one of several signals', (fetch, url, signal) =>
      fetch(url, { signal: AbortSignal.any([new AbortController().signal, signal]) }),
    ),
    during('while a body is sent', (fetch, url, signal) => {
      const body = new ReadableStream({ start: (to) => to.enqueue(new Uint8Array(1)) });
      return callWith(fetch, url, { method: 'POST', body, duplex: 'half', signal });
    }),
    during('of ten calls', (fetch, url, signal) =>
      Promise.allSettled(Array.from({ length: 10 }, async () => fetch(url, { signal }))),
    ),
    {
      name: '(AbortSignal.timeout)',
      call: (fetch, { url }) => {
        const signal = AbortSignal.timeout(5);
        return endOf(fetch(url, { signal }), signal);
      },
      racing: true,
      answer: silent,
    },
    {
      name: '(at once)',
      call: async (fetch, { url }) => {
        const controller = new AbortController();
        const call = endOf(fetch(url, { signal: controller.signal }), controller.signal);
        controller.abort(new Error('mine'));
        return call;
      },
      answer: silent,
    },
    {
      name: '(from within a stream that is sent)',
      call: async (fetch, { url }) => {
        const controller = new AbortController();
        const { signal } = controller;
        const body = new ReadableStream(
          { pull: () => controller.abort(new Error('mine')) },
          { highWaterMark: 0 },
        );
        return endOf(callWith(fetch, url, { method: 'PUT', body, duplex: 'half', signal }), signal);
      },
      answer: silent,
    },
    {
      name: '(of the second request of a redirect)',
      call: async (fetch, { url }) => {
        const controller = new AbortController();
        const { signal } = controller;
        const call = endOf(fetch(url, { signal }), signal);
        await turn();
        return call;
      },
      answer: (_request, response, count) => {
        if (count === 1) response.writeHead(302, { location: '/b' }).end();
        else response.destroy();
      },
      retryable: true,
    },
  ]);
});
