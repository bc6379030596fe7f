import { describe, expect, it } from 'vitest';
import { isLoopback, parseAddress } from '../../src/proxy/address.ts';
import { exposedAddresses, settingsOf } from '../../src/proxy/options.ts';
import { parseUpstream } from '../../src/proxy/upstream.ts';

const XDR = { origin: 'https://api.security.microsoft.com', host: 'api.security.microsoft.com' };
const GRAPH = { origin: 'https://graph.microsoft.com', host: 'graph.microsoft.com' };

it.each([
  ['api.security.microsoft.com', { listen: undefined, prefix: '', ...XDR }],
  ['https://API.security.microsoft.com:443/', { listen: undefined, prefix: '', ...XDR }],
  ['/graph=graph.microsoft.com', { listen: undefined, prefix: '/graph', ...GRAPH }],
  ['/a/b/=graph.microsoft.com', { listen: undefined, prefix: '/a/b', ...GRAPH }],
  ['8081=graph.microsoft.com', { listen: { host: '127.0.0.1', port: 8081 }, prefix: '', ...GRAPH }],
  ['[::1]:81/x=graph.microsoft.com', { listen: { host: '::1', port: 81 }, prefix: '/x', ...GRAPH }],
  [
    'http://127.0.0.1:8000',
    { listen: undefined, prefix: '', origin: 'http://127.0.0.1:8000', host: '127.0.0.1:8000' },
  ],
])('reads the upstream %s', (text, expected) => {
  expect(parseUpstream(text)).toEqual(expected);
});

it.each([
  ['', 'a host such as'],
  ['http://graph.microsoft.com', 'an https host'],
  ['https://user:password@graph.microsoft.com', 'without user name'],
  ['https://graph.microsoft.com/v1.0', 'a host without a path'],
  ['/a/../b=graph.microsoft.com', '"/a/../b" is not a plain path'],
  ['/a?b=graph.microsoft.com', '"/a?b" is not a plain path'],
  ['99999=graph.microsoft.com', '"99999" is not an address'],
  ['file:///etc/passwd', 'a host such as'],
])('refuses the upstream "%s"', (text, message) => {
  expect(parseUpstream(text)).toContain(message);
});

it.each([
  ['8080', { host: '127.0.0.1', port: 8080 }],
  ['localhost:1', { host: 'localhost', port: 1 }],
  ['[::]:80', { host: '::', port: 80 }],
  ['127.0.0.1', undefined],
  ['1.2.3.4:70000', undefined],
  ['a b:1', undefined],
])('reads the address %s', (text, expected) => {
  expect(parseAddress(text)).toEqual(expected);
});

it.each([
  ['127.0.0.1', true],
  ['127.8.0.1', true],
  ['[::1]', true],
  ['LOCALHOST.', true],
  ['a.localhost', true],
  ['127.0.0.1.evil.example', false],
  ['0.0.0.0', false],
  ['localhost.example', false],
])('knows whether %s is loopback', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

describe('the options', () => {
  it('listen on loopback unless they say otherwise', () => {
    const upstreams = ['graph.microsoft.com'];
    expect(exposedAddresses(settingsOf({ upstreams }))).toEqual([]);
    const open = settingsOf({ upstreams: ['0.0.0.0:81=graph.microsoft.com'], metrics: '[::]:82' });
    expect(exposedAddresses(open)).toEqual(['::', '0.0.0.0']);
  });

  it('name every fault', () => {
    const faulty = {
      upstreams: ['http://graph.microsoft.com', 'ok.example'],
      listen: 'nowhere',
      limits: { maxHeaders: -1, maxBody: 5 },
    };
    expect(() => settingsOf(faulty)).toThrow(
      /upstreams\[0\] must be an https host[\s\S]*listen must be[\s\S]*maxHeaders must be[\s\S]*maxBody is not/,
    );
    expect(() => settingsOf({ upstreams: [] })).toThrow('upstreams must be a list of at least one');
  });

  it('name two upstreams for the same requests', () => {
    const upstreams = ['a.example', '127.0.0.1:8080=b.example'];
    expect(() => settingsOf({ upstreams })).toThrow('two upstreams share 127.0.0.1:8080/');
  });
});
