import { describe, expect, it, vi } from 'vitest';
import { changedHeaders } from '../../../src/clients/axios/headers.ts';
import { readCall } from '../../../src/clients/axios/request.ts';

const never = new AbortController().signal;

describe('the headers of axios', () => {
  it('are left alone where nothing changes', () => {
    expect(changedHeaders({ a: '1' }, undefined, undefined)).toBeUndefined();
  });

  it('are copied with the token in the place of the old one, whatever else they hold', () => {
    const own = { Authorization: 'Bearer old', 'bad name': 'x', 'User-Agent': false, bad: 'a\nb' };
    expect(changedHeaders(own, 'new', undefined)).toEqual({ ...own, Authorization: 'Bearer new' });
    expect(own.Authorization).toBe('Bearer old');
  });

  it('are made where there are none', () => {
    expect(changedHeaders(undefined, 'new', undefined)).toEqual({ authorization: 'Bearer new' });
  });
});

describe('a request of axios', () => {
  it.each([
    [{ url: 'http://h/p' }, 'http://h/p'],
    [{ url: '/p', baseURL: 'http://h/base/' }, 'http://h/base/p'],
    [{ url: 'http://other/p', baseURL: 'http://h' }, 'http://other/p'],
    [
      { url: 'http://other/p', baseURL: 'http://h', allowAbsoluteUrls: false },
      'http://h/http://other/p',
    ],
    [{ baseURL: 'http://h/base' }, 'http://h/base'],
    [{ url: '/p' }, undefined],
    [{ url: 'data:text/plain,x' }, undefined],
    [{ url: 7 }, undefined],
  ])('%j goes to %s', (config, url) => {
    expect(readCall(config)?.url.href).toBe(url);
  });

  it('has the defaults of axios, and a time limit only where it is one', () => {
    expect(readCall({ url: 'http://h' })).toMatchObject({
      method: 'GET',
      timeoutMs: 0,
      bodyKind: 'none',
      signal: undefined,
    });
    expect(readCall({ url: 'http://h', timeout: '5', cancelToken: {} })).toMatchObject({
      timeoutMs: 0,
      signal: undefined,
    });
  });

  it('hears a signal and a cancel token, and lets go of the token', () => {
    const listeners: ((reason: unknown) => void)[] = [];
    const cancelToken = {
      subscribe: (listener: (reason: unknown) => void) => listeners.push(listener),
      unsubscribe: vi.fn(),
    };
    const both = readCall({ url: 'http://h', signal: never, cancelToken });
    listeners[0]?.('enough');
    expect([both?.signal?.aborted, both?.signal?.reason]).toEqual([true, 'enough']);
    both?.release();
    expect(cancelToken.unsubscribe).toHaveBeenCalledWith(listeners[0]);
  });
});
