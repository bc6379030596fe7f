/**
 * What may stand in place of a URL, and which URLs are refused, compared with the bare fetch. The
 * behaviours of this and the other `fetch-*.test.ts` were gathered from what the public suites of
 * web-platform-tests (`fetch/api`), undici (`test/fetch`, `test/wpt`), node-fetch, whatwg-node, msw's
 * interceptors and ky probe; the tests are our own.
 */
import { describe, expect, it } from 'vitest';
import { callWith, compareWithBare, type Scenario } from '../../support/differential.ts';
import { guardProcess } from '../../support/guard.ts';
import { quick } from '../../support/real.ts';

guardProcess();

const NOWHERE = 'http://127.0.0.1:1';

function rejected(name: string, ...args: readonly unknown[]): Scenario {
  return { name, ends: 'TypeError', call: (fetch) => callWith(fetch, ...args) };
}

class OwnUrl extends URL {}

class OwnRequest extends Request {
  readonly own = true;
}

describe('an input', () => {
  compareWithBare([
    { name: 'that is a string', ends: 200 },
    { name: 'that is a URL', ends: 200, call: (fetch, { url }) => fetch(new URL('/a?b#c', url)) },
    {
      name: 'of a class derived from URL',
      ends: 200,
      call: (fetch, { url }) => fetch(new OwnUrl(url)),
    },
    {
      name: 'that is a String object',
      ends: 200,
      call: (fetch, { url }) => callWith(fetch, Object(`${url}/object`)),
    },
    {
      name: 'that has a toString',
      ends: 200,
      call: (fetch, { url }) => callWith(fetch, { toString: () => `${url}/to-string` }),
    },
    {
      name: 'that is an array of one URL',
      ends: 200,
      call: (fetch, { url }) => callWith(fetch, [url]),
    },
    {
      name: 'with a Symbol.toPrimitive',
      ends: 200,
      call: (fetch, { url }) => callWith(fetch, { [Symbol.toPrimitive]: () => url }),
    },
    {
      name: 'whose toString throws',
      ends: 'RangeError',
      call: (fetch) =>
        callWith(fetch, {
          toString: () => {
            throw new RangeError('mine');
          },
        }),
    },
    {
      name: 'with a fragment, a query and what must be escaped',
      ends: 200,
      call: (fetch, { url }) => fetch(`${url}/ä b/%zz/../c?q=ü&x[]=1|2#frag ment`),
    },
    {
      name: 'in capitals, with spaces around it',
      ends: 200,
      call: (fetch, { url }) => fetch(`  ${url.toUpperCase()}/Path \n`),
    },
    {
      name: 'with a dotted path',
      ends: 200,
      call: (fetch, { url }) => fetch(`${url}/./a/%2e%2e/b//c/`),
    },
    {
      name: 'without slashes after the scheme',
      ends: 200,
      call: (fetch, { url }) => fetch(url.replace('//', '')),
    },
    { name: 'that is a Request', ends: 200, call: (fetch, { url }) => fetch(new Request(url)) },
    {
      name: 'of a class derived from Request',
      ends: 200,
      call: (fetch, { url }) => fetch(new OwnRequest(url, { headers: { own: '1' } })),
    },
    {
      name: 'that is a clone of a Request',
      ends: 200,
      call: (fetch, { url }) => fetch(new Request(url, { method: 'PUT', body: 'text' }).clone()),
    },
    {
      name: 'that is a Request behind a proxy, which not all versions of Node take',
      call: (fetch, { url }) => fetch(new Proxy(new Request(url), {})),
    },
    {
      name: 'that says of itself that it is a Request',
      ends: 'TypeError',
      call: (fetch, { url }) => callWith(fetch, { url, [Symbol.toStringTag]: 'Request' }),
    },
  ]);
});

describe('an input that is no URL of the web', () => {
  compareWithBare([
    rejected('(nothing)'),
    rejected('(null)', null),
    rejected('(undefined)', undefined),
    rejected('(a number)', 42),
    rejected('(a symbol)', Symbol('x')),
    rejected('(an empty string)', ''),
    rejected('(an object)', {}),
    rejected('(an object with href alone)', { href: NOWHERE }),
    rejected('(a thenable)', {
      // biome-ignore lint/suspicious/noThenProperty: that it is one is what is tested
      then: (resolve: (url: string) => void) => resolve(NOWHERE),
    }),
    rejected('(an iterator)', [NOWHERE, NOWHERE].values()),
    rejected('(a promise of a URL)', Promise.resolve(NOWHERE)),
    rejected('(a function)', () => NOWHERE),
    rejected('(relative)', '/api/incidents'),
    rejected('(relative to the scheme)', '//127.0.0.1/api'),
    rejected('(no host)', 'http://'),
    rejected('(a port too high)', 'http://127.0.0.1:99999/'),
    rejected('(a port that is no number)', 'http://127.0.0.1:port/'),
    rejected('(a host with a space)', 'http://a b/'),
    rejected('(a bad IPv6 address)', 'http://[::1/'),
    rejected('(user and password)', 'http://user:password@127.0.0.1:1/'),
    rejected('(a user alone)', 'http://user@127.0.0.1:1/'),
    ...[1, 7, 22, 25, 110, 143, 6000, 6667, 10_080].map((port) =>
      rejected(`(the forbidden port ${port})`, `http://127.0.0.1:${port}/`),
    ),
    ...['ftp:', 'ws:', 'wss:', 'gopher:', 'httpx:', 'chrome:', 'javascript:', 'mailto:'].map(
      (scheme) => rejected(`(scheme ${scheme})`, `${scheme}//127.0.0.1:1/`),
    ),
    rejected('(file: URL)', import.meta.url),
    rejected('(about:blank)', 'about:blank'),
    rejected('(about:config)', 'about:config'),
    rejected('(a blob that is none)', 'blob:nodedata:nothing'),
    rejected('(a bad data: URL)', 'data:text/plain;base64,%%%'),
    rejected('(a data: URL without a comma)', 'data:text/plain'),
  ]);
});

describe('a URL that is served without a network', () => {
  const blob = URL.createObjectURL(new Blob(['blob text'], { type: 'text/x-own' }));
  const revoked = URL.createObjectURL(new Blob(['gone']));
  URL.revokeObjectURL(revoked);
  const urls: readonly [name: string, url: string, init?: RequestInit][] = [
    ['data: with a type', 'data:text/x-own;charset=utf-8,h%C3%A4llo'],
    ['data: without a type', 'data:,hello'],
    ['data: in base64', 'data:application/json;base64,e30='],
    ['data: with POST', 'data:,hello', { method: 'POST', body: 'text' }],
    ['data: with HEAD', 'data:,hello', { method: 'HEAD' }],
    ['data: with redirect: error', 'data:,hello', { redirect: 'error' }],
    ['blob:', blob],
    ['blob: with a range', blob, { headers: { range: 'bytes=2-4' } }],
    ['blob: with a bad range', blob, { headers: { range: 'bytes=9-2' } }],
    ['blob: with a fragment', `${blob}#fragment`],
    ['blob: with POST', blob, { method: 'POST' }],
    ['blob: that was revoked', revoked],
  ];
  compareWithBare(urls.map(([name, url, init]) => ({ name, call: (fetch) => fetch(url, init) })));
});

it('a toString is read no more often than it must be to know the URL', async () => {
  let reads = 0;
  const seen: unknown[] = [];
  const inner = (...args: readonly unknown[]): Promise<Response> => {
    seen.push(args[0]);
    return Promise.resolve(new Response('', { status: seen.length < 3 ? 503 : 200 }));
  };
  const input = {
    toString: (): string => {
      reads += 1;
      return `${NOWHERE}/${reads}`;
    },
  };
  await callWith(quick(NOWHERE).wrapFetch(inner), input);
  expect({ reads, seen }).toEqual({
    reads: 1,
    seen: [`${NOWHERE}/1`, `${NOWHERE}/1`, `${NOWHERE}/1`],
  });
});
