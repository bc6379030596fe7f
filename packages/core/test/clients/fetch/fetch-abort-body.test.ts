/** Aborts while a body streams and after its end, compared with the bare fetch. */
import { getEventListeners, setMaxListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { describe } from 'vitest';
import { endOf, halfWay, silent } from '../../support/abort.ts';
import { compareWithBare, type Scenario } from '../../support/differential.ts';
import { guardProcess } from '../../support/guard.ts';

guardProcess();

describe('an abort while the body streams', () => {
  const methods = ['text', 'json', 'arrayBuffer', 'blob', 'bytes', 'formData'] as const;
  compareWithBare([
    ...methods.flatMap((method): Scenario[] => [
      {
        name: `(before ${method})`,
        call: async (fetch, { url }) => {
          const controller = new AbortController();
          const { signal } = controller;
          const response = await fetch(url, { signal });
          controller.abort(new Error('mine'));
          const log: string[] = [];
          const reading = response[method]();
          reading.catch(() => log.push('rejected'));
          await Promise.resolve().then(() => log.push('next microtask'));
          return [await endOf(reading, signal), log, response.bodyUsed];
        },
        answer: halfWay,
      },
      {
        name: `(after ${method})`,
        call: async (fetch, { url }) => {
          const controller = new AbortController();
          const { signal } = controller;
          const reading = (await fetch(url, { signal }))[method]();
          controller.abort(new Error('mine'));
          return endOf(reading, signal);
        },
        answer: halfWay,
      },
    ]),
    {
      name: '(of a reader)',
      call: async (fetch, { url }) => {
        const controller = new AbortController();
        const { signal } = controller;
        const body: ReadableStream<unknown> | null = (await fetch(url, { signal })).body;
        const reader = body?.getReader();
        const first = await reader?.read();
        const second = endOf(Promise.resolve(reader?.read()), signal);
        controller.abort('mine');
        return [first?.value, await second, await endOf(Promise.resolve(reader?.closed), signal)];
      },
      answer: halfWay,
    },
    {
      name: '(of a clone and of the original)',
      call: async (fetch, { url }) => {
        const controller = new AbortController();
        const { signal } = controller;
        const response = await fetch(url, { signal });
        const copy = response.clone();
        controller.abort(new Error('mine'));
        return [await endOf(copy.text(), signal), await endOf(response.text(), signal)];
      },
      answer: halfWay,
    },
    {
      name: '(of a refusal)',
      call: async (fetch, { url }) => {
        const controller = new AbortController();
        const { signal } = controller;
        const response = await fetch(url, { signal });
        const reading = endOf(response.text(), signal);
        controller.abort(new Error('mine'));
        return [response.status, await reading];
      },
      answer: (_request, response) => {
        // More than what is read of an error, and no end.
        response.writeHead(404).write('x'.repeat(200_000));
      },
    },
    {
      name: '(closes the connection)',
      call: async (fetch, { url, sockets }) => {
        const controller = new AbortController();
        const { signal } = controller;
        await fetch(url, { signal });
        const closed = new Promise((resolve) => sockets[0]?.once('close', () => resolve('closed')));
        controller.abort();
        return closed;
      },
      answer: halfWay,
    },
  ]);
});

describe('an abort after the end', () => {
  compareWithBare([
    {
      name: '(of a body that was read)',
      call: async (fetch, { url }) => {
        const controller = new AbortController();
        const response = await fetch(url, { signal: controller.signal });
        const text = await response.text();
        controller.abort(new Error('mine'));
        return [text, response.status, await response.text().catch(String), await turn('later')];
      },
    },
    {
      name: '(of an answer without a body)',
      call: async (fetch, { url }) => {
        const controller = new AbortController();
        const response = await fetch(url, { signal: controller.signal, method: 'HEAD' });
        controller.abort(new Error('mine'));
        return [response, await turn('later')];
      },
    },
    {
      name: '(of a short body that was not read)',
      call: async (fetch, { url }) => {
        const controller = new AbortController();
        const response = await fetch(url, { signal: controller.signal });
        await new Promise((resolve) => setTimeout(resolve, 20));
        controller.abort(new Error('mine'));
        return [response, await turn('later')];
      },
    },
    {
      name: '(and a further call with the same signal)',
      call: async (fetch, { url }) => {
        const controller = new AbortController();
        const { signal } = controller;
        await (await fetch(url, { signal })).text();
        controller.abort(new Error('mine'));
        return [await endOf(fetch(url, { signal }), signal), await (await fetch(url)).text()];
      },
    },
  ]);
});

describe('the listeners of a signal', () => {
  compareWithBare([
    {
      name: 'are no more than one for each call under way, whatever its limit',
      call: async (fetch, { url }) => {
        const counts: unknown[] = [];
        for (const path of ['/200', '/404']) {
          const { signal } = new AbortController();
          setMaxListeners(1, signal);
          const response = await fetch(`${url}${path}`, { signal });
          counts.push(await response.text(), getEventListeners(signal, 'abort').length);
        }
        return counts;
      },
      answer: (request, response) => {
        response.writeHead(Number(request.url?.slice(1))).end('text');
      },
    },
    {
      name: 'are called in the caller’s order',
      call: async (fetch, { url, requested }) => {
        const controller = new AbortController();
        const { signal } = controller;
        const log: string[] = [];
        signal.addEventListener('abort', () => log.push('first'));
        const call = fetch(url, { signal }).catch(() => log.push('rejected'));
        signal.addEventListener('abort', () => log.push('last'));
        await requested;
        controller.abort();
        await call;
        return log;
      },
      answer: silent,
    },
  ]);
});
