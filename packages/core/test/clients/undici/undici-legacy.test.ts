import { describe, expect, it, vi } from 'vitest';
import { fromLegacy, isLegacy, toLegacy } from '../../../src/clients/undici/legacy-handler.ts';
import type { Controller, LegacyHandler } from '../../../src/clients/undici/types.ts';

describe('a handler of undici 6', () => {
  it('is told from others', () => {
    const handler = { onConnect: () => undefined, onError: () => undefined };
    expect([
      isLegacy(handler),
      isLegacy({ ...handler, onRequestStart: () => undefined }),
      isLegacy({}),
      isLegacy(undefined),
    ]).toEqual([true, false, false, false]);
  });

  it('hears as one of the newer kind what one of the older kind hears', () => {
    const heard: unknown[] = [];
    const own: LegacyHandler = {
      onConnect: (abort, context) => heard.push(['connect', typeof abort, context]),
      onHeaders: (status, raw, _resume, message) =>
        void heard.push(['headers', status, raw.map(String), message]),
      onData: (chunk) => void heard.push(['data', String(chunk)]),
      onComplete: (trailers) => heard.push(['complete', trailers.map(String)]),
      onError: (error) => heard.push(['error', error]),
      onBodySent: (chunk) => heard.push(['sent', chunk]),
      onRequestSent: () => heard.push(['request sent']),
      onResponseStarted: () => heard.push(['started']),
    };
    const relay = toLegacy(fromLegacy(own));
    relay.onConnect(() => undefined, 'context');
    relay.onBodySent?.('chunk');
    relay.onRequestSent?.();
    relay.onResponseStarted?.();
    relay.onHeaders?.(200, ['Set-Cookie', 'a', 'Set-Cookie', 'b'], () => undefined, 'OK');
    relay.onData?.(Buffer.from('body'));
    relay.onComplete?.(['x-trailer', 't']);
    relay.onError?.('broke');
    expect(heard).toEqual([
      ['connect', 'function', 'context'],
      ['sent', 'chunk'],
      ['request sent'],
      ['started'],
      ['headers', 200, ['Set-Cookie', 'a', 'Set-Cookie', 'b'], 'OK'],
      ['data', 'body'],
      ['complete', ['x-trailer', 't']],
      ['error', 'broke'],
    ]);
  });

  it('pauses, goes on and aborts through the controller, once', () => {
    const abort = vi.fn();
    const resume = vi.fn();
    let controller: Controller | undefined;
    const relay = toLegacy({
      onRequestStart: (own) => {
        controller = own;
      },
      onResponseStart: (own) => own.pause(),
    });
    relay.onConnect(abort);
    expect([relay.onHeaders?.(200, [], resume), relay.onData?.(Buffer.from('x'))]).toEqual([
      false,
      false,
    ]);
    controller?.resume();
    controller?.resume();
    controller?.abort('enough');
    controller?.abort('again');
    expect([resume.mock.calls.length, abort.mock.calls, controller?.reason]).toEqual([
      1,
      [['enough']],
      'enough',
    ]);
  });

  it('gets its raw headers from the others where there are none', () => {
    const raw: unknown[] = [];
    const own: LegacyHandler = {
      onConnect: () => undefined,
      onHeaders: (_status, headers) => void raw.push(...headers.map(String)),
    };
    const controller = { pause: () => undefined } as unknown as Controller;
    fromLegacy(own).onResponseStart?.(controller, 200, { a: ['1', '2'], b: '3', c: undefined });
    expect(raw).toEqual(['a', '1', 'a', '2', 'b', '3']);
  });

  it('does not stop the answer by what it returns to an answer before the final one', () => {
    const pause = vi.fn();
    const own: LegacyHandler = { onConnect: () => undefined, onHeaders: () => false };
    const controller = { pause, rawHeaders: [] } as unknown as Controller;
    fromLegacy(own).onResponseStart?.(controller, 103, {});
    fromLegacy(own).onResponseStart?.(controller, 200, {});
    expect(pause).toHaveBeenCalledTimes(1);
  });
});
