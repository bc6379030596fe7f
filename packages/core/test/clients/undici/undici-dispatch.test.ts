import type { ResilienceOptions } from '@defender-resilience/core';
import { manualClock } from '@defender-resilience/core/testing';
import { undiciInterceptor } from '@defender-resilience/core/undici';
import { describe, expect, it, vi } from 'vitest';
import type { Controller, Dispatch, Handler } from '../../../src/clients/undici/types.ts';
import { quick } from '../../support/real.ts';

const URL_OF_TEST = 'http://127.0.0.1:1';
const OPTIONS = { origin: URL_OF_TEST, path: '/api/incidents', method: 'GET' };

/** Dispatches to what a test says a dispatcher does. */
function through(below: Dispatch, options: ResilienceOptions = {}): Dispatch {
  return undiciInterceptor(quick(URL_OF_TEST, options))(below);
}

function connection() {
  return {
    abort: vi.fn<(reason: unknown) => void>(),
    pause: vi.fn<() => void>(),
    resume: () => undefined,
    paused: false,
    aborted: false,
    reason: null,
  } satisfies Controller;
}

/** A caller's handler that ends a promise, and may abort. */
function caller(): {
  handler: Handler;
  ended: Promise<unknown>;
  controller: () => Controller | undefined;
} {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  let own: Controller | undefined;
  const handler: Handler = {
    onRequestStart: (controller) => {
      own = controller;
    },
    onResponseStart: (_controller, status) => resolve(status),
    onResponseError: (_controller, error) => resolve(error),
  };
  return { handler, ended: promise, controller: () => own };
}

describe('a resilient dispatch', () => {
  it('takes what the dispatcher below throws at once for the request’s error', async () => {
    const below = vi.fn((): never => {
      throw new Error('at once');
    });
    const { handler, ended } = caller();
    through(below)(OPTIONS, handler);
    await expect(ended).resolves.toMatchObject({ message: 'at once' });
    expect(below).toHaveBeenCalledTimes(1);
  });

  it('leaves what is no request and no handler to the dispatcher below', () => {
    const below = vi.fn(() => false);
    const dispatch = through(below);
    expect([
      dispatch(OPTIONS, {}),
      dispatch({ ...OPTIONS, method: 'CONNECT' }, caller().handler),
      Reflect.apply(dispatch, undefined, [undefined, caller().handler]),
      Reflect.apply(dispatch, undefined, [OPTIONS, undefined]),
    ]).toEqual([false, false, false, false]);
  });

  it.each([
    ['without a path', { origin: URL_OF_TEST }],
    ['without an origin', { path: '/x' }],
    ['with an origin that is none', { origin: 'nowhere', path: '/x' }],
    ['of another protocol', { origin: 'ftp://h', path: '/x' }],
  ])('makes a request %s resilient too', async (_what, options) => {
    let attempts = 0;
    const below: Dispatch = (_options, handler: Handler) => {
      attempts += 1;
      const controller = connection();
      handler.onRequestStart?.(controller, null);
      if (attempts === 1)
        handler.onResponseError?.(controller, Object.assign(new Error(), { code: 'ECONNREFUSED' }));
      else handler.onResponseStart?.(controller, 200, {});
      return true;
    };
    const { handler, ended } = caller();
    through(below)(options, handler);
    await expect(ended).resolves.toBe(200);
    expect(attempts).toBe(2);
  });

  it('aborts a connection that comes about after the caller has gone', async () => {
    let attempt: Handler | undefined;
    const { handler, ended, controller } = caller();
    const below: Dispatch = (_options, own: Handler) => {
      attempt = own;
      return true;
    };
    // So that the caller has a controller before the connection is there.
    const dispatch = through(below, { attemptTimeoutMs: 20, retry: { maxRetries: 0 } });
    dispatch(OPTIONS, handler);
    await expect(ended).resolves.toMatchObject({ name: 'AttemptTimeoutError' });
    const late = connection();
    attempt?.onRequestStart?.(late, null);
    attempt?.onResponseStart?.(late, 200, {});
    attempt?.onResponseData?.(late, Buffer.from('x'));
    attempt?.onResponseError?.(late, new Error('aborted'));
    expect(late.abort).toHaveBeenCalledTimes(1);
    expect(controller()).toBeUndefined();
  });

  it('hears an abort that comes at the moment of the call’s end', async () => {
    const { handler, ended, controller } = caller();
    const observer = { call: () => ({ end: () => controller()?.abort(new Error('late')) }) };
    const below: Dispatch = (_options, attempt: Handler) => {
      const own = connection();
      attempt.onRequestStart?.(own, null);
      attempt.onResponseStart?.(own, 403, {});
      attempt.onResponseEnd?.(own, {});
      return true;
    };
    through(below, { observers: [observer] })(OPTIONS, handler);
    await expect(ended).resolves.toMatchObject({ message: 'late' });
  });

  it('sends headers that no Headers takes as they are', async () => {
    const sent: unknown[] = [];
    const below: Dispatch = ({ headers }, attempt: Handler) => {
      sent.push(headers);
      attempt.onResponseStart?.(connection(), 200, {});
      return true;
    };
    const observer = { call: () => ({ attempt: () => ({ headers: () => undefined }) }) };
    const { handler, ended } = caller();
    const headers = { 'bad name': 'x' };
    through(below, { observers: [observer] })({ ...OPTIONS, headers }, handler);
    await ended;
    expect(sent).toEqual([headers]);
  });

  it('says what is wrong with the body that was sent', async () => {
    const failures: unknown[] = [];
    const end = ({ failure }: { failure?: { advice?: string } }): void =>
      void failures.push(failure?.advice);
    const below: Dispatch = (_options, attempt: Handler) => {
      const own = connection();
      attempt.onResponseStart?.(own, 400, { 'content-type': 'application/json' });
      attempt.onResponseData?.(
        own,
        Buffer.from(
          '{"error":{"code":"InvalidRequestBody","message":"Request body is incorrect"}}',
        ),
      );
      attempt.onResponseEnd?.(own, {});
      return true;
    };
    const { handler, ended } = caller();
    const isolate = {
      ...OPTIONS,
      method: 'POST',
      path: '/api/machines/1/isolate',
      body: '{"comment":"x","IsolationType":"Full"}',
    };
    through(below, { observers: [{ call: () => ({ end }) }] })(isolate, handler);
    await ended;
    expect(failures).toEqual([expect.stringContaining('`Comment`')]);
  });

  it('holds the connection back where an error body is long, and lets go of it for the next attempt', async () => {
    const connections: ReturnType<typeof connection>[] = [];
    const below: Dispatch = (_options, attempt: Handler) => {
      const own = connection();
      connections.push(own);
      attempt.onRequestStart?.(own, null);
      attempt.onResponseStart?.(own, connections.length === 1 ? 500 : 200, {});
      if (connections.length === 1) {
        attempt.onResponseData?.(own, Buffer.alloc(65_535));
        expect(own.pause).not.toHaveBeenCalled();
        attempt.onResponseData?.(own, Buffer.alloc(1));
        expect(own.pause).toHaveBeenCalled();
      }
      return true;
    };
    const { handler, ended } = caller();
    through(below)(OPTIONS, handler);
    await expect(ended).resolves.toBe(200);
    expect(connections.map(({ abort }) => abort.mock.calls.length)).toEqual([1, 0]);
  });

  it('looks no longer at an error body than it must, and holds the rest back', async () => {
    const own = connection();
    const below: Dispatch = (_options, attempt: Handler) => {
      attempt.onRequestStart?.(own, null);
      attempt.onResponseStart?.(own, 500, {});
      return true;
    };
    const { handler } = caller();
    const clock = manualClock();
    through(below, { clock, retry: { initialDelayMs: 60_000, maxDelayMs: 60_000 } })(
      OPTIONS,
      handler,
    );
    await clock.advance(4_999);
    expect(own.pause).not.toHaveBeenCalled();
    await clock.advance(1);
    expect(own.pause).toHaveBeenCalledTimes(1);
  });
});
