import { describe, expect, it, vi } from 'vitest';
import { ResponseForwarder } from '../../../src/clients/undici/response-forwarder.ts';
import type { Controller, Handler } from '../../../src/clients/undici/types.ts';

function connection(): Controller & { readonly calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    paused: false,
    aborted: false,
    reason: null,
    rawHeaders: ['a', '1'],
    rawTrailers: ['t', '2'],
    pause: () => void calls.push('pause'),
    resume: () => void calls.push('resume'),
    abort: (reason) => void calls.push(`abort ${String(reason)}`),
  };
}

/** A caller's handler that notes what it hears. */
function listener(handler: Handler = {}): { readonly heard: string[]; readonly handler: Handler } {
  const heard: string[] = [];
  return {
    heard,
    handler: {
      onResponseStart: (_controller, status) => void heard.push(`start ${status}`),
      onResponseData: (_controller, chunk) => void heard.push(String(chunk)),
      onResponseEnd: () => void heard.push('end'),
      onResponseError: (_controller, error) => void heard.push(`error ${String(error)}`),
      ...handler,
    },
  };
}

const held = (...parts: readonly string[]): Uint8Array[] => parts.map((part) => Buffer.from(part));
const nothing = (): void => undefined;

describe('the caller’s side of a call', () => {
  it('steers whichever connection answers', () => {
    const sink = new ResponseForwarder(listener().handler, nothing);
    const target = connection();
    expect([sink.paused, sink.rawHeaders, sink.rawTrailers]).toEqual([false, null, null]);
    sink.pause();
    sink.open(target, 200, {});
    sink.resume();
    sink.abort('enough');
    sink.abort('again');
    expect(target.calls).toEqual(['pause', 'resume', 'abort enough']);
    expect([sink.rawHeaders, sink.rawTrailers]).toEqual([
      ['a', '1'],
      ['t', '2'],
    ]);
  });

  it('tells the call of an abort before an answer flows', () => {
    const onAbort = vi.fn();
    const sink = new ResponseForwarder(listener().handler, onAbort);
    sink.abort('enough');
    expect([onAbort.mock.calls, sink.aborted, sink.reason]).toEqual([[['enough']], true, 'enough']);
  });

  it('hands on what was held as fast as the handler takes it, and the rest after it', () => {
    const { heard, handler } = listener({
      onResponseData: (controller, chunk) => {
        heard.push(String(chunk));
        controller.pause();
      },
    });
    const sink = new ResponseForwarder(handler, nothing);
    const target = connection();
    sink.open(target, 500, {});
    sink.replay(held('a', 'b'), nothing);
    expect(heard).toEqual(['start 500', 'a']);
    sink.data(Buffer.from('c'));
    sink.end({});
    sink.resume();
    sink.resume();
    expect(heard).toEqual(['start 500', 'a', 'b', 'c']);
    sink.resume();
    expect(heard).toEqual(['start 500', 'a', 'b', 'c', 'end']);
  });

  it('ends what was held at once where the handler takes it all', () => {
    const { heard, handler } = listener();
    const sink = new ResponseForwarder(handler, nothing);
    const target = connection();
    sink.open(target, 500, {});
    sink.replay(held('a'), () => sink.end({}));
    expect([heard, target.calls]).toEqual([['start 500', 'a', 'end'], ['resume']]);
  });

  it('hands on no more after an abort, but its error', () => {
    const { heard, handler } = listener({
      onResponseData: (controller) => controller.abort('enough'),
    });
    const sink = new ResponseForwarder(handler, nothing);
    sink.open(connection(), 500, {});
    sink.replay(held('a', 'b'), () => sink.fail('enough'));
    expect(heard).toEqual(['start 500', 'error enough']);
  });

  it('tells an error once, and none after the end', () => {
    const { heard, handler } = listener();
    const sink = new ResponseForwarder(handler, nothing);
    sink.open(connection(), 200, {});
    sink.end({});
    sink.fail('late');
    expect(heard).toEqual(['start 200', 'end']);
  });

  it('tells a handler that throws of its own error', () => {
    const { heard, handler } = listener();
    const sink = new ResponseForwarder(handler, nothing);
    const target = connection();
    sink.open(target, 500, {});
    sink.crash('mine');
    expect([heard, target.calls]).toEqual([['start 500', 'error mine'], ['abort mine']]);
  });

  it('starts the handler once, unless it learns something new', () => {
    const onRequestStart = vi.fn();
    const sink = new ResponseForwarder({ onRequestStart }, nothing);
    const redirects = { history: [] };
    for (const context of [null, undefined, redirects, redirects]) sink.start(context);
    expect(onRequestStart.mock.calls.map(([, context]) => context as unknown)).toEqual([
      null,
      redirects,
    ]);
  });
});
