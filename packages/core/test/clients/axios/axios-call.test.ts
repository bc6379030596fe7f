import { describe, expect, it, vi } from 'vitest';
import { readRequest } from '../../../src/clients/axios/request.ts';

const never = new AbortController().signal;

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
    expect(readRequest(config)?.url.href).toBe(url);
  });

  it('has the defaults of axios, and a time limit only where it is one', () => {
    expect(readRequest({ url: 'http://h' })).toMatchObject({
      method: 'GET',
      timeoutMs: 0,
      bodyKind: 'none',
      signal: undefined,
    });
    expect(readRequest({ url: 'http://h', timeout: '5', cancelToken: {} })).toMatchObject({
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
    const both = readRequest({ url: 'http://h', signal: never, cancelToken });
    listeners[0]?.('enough');
    expect([both?.signal?.aborted, both?.signal?.reason]).toEqual([true, 'enough']);
    both?.release();
    expect(cancelToken.unsubscribe).toHaveBeenCalledWith(listeners[0]);
  });
});
