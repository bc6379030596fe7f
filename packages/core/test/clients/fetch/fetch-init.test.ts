/** Methods, headers and the other members of an init, of whatever form, compared with the bare fetch. */
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import {
  callWith,
  compareWithBare,
  type Fetch,
  type Scenario,
} from '../../support/differential.ts';
import { guardProcess } from '../../support/guard.ts';
import { quick } from '../../support/real.ts';

guardProcess();

const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\nanswer';

function withInit(name: string, ends: Scenario['ends'], init: () => unknown): Scenario {
  const scenario: Scenario = { name, call: (fetch, { url }) => callWith(fetch, url, init()) };
  return ends === undefined ? scenario : { ...scenario, ends };
}

describe('a method', () => {
  const raw = (method: unknown, ends: number | string = 200): Scenario => ({
    ...withInit(`(${JSON.stringify(method) ?? String(method)})`, ends, () => ({ method })),
    raw: ANSWER,
  });
  compareWithBare([
    ...['GET', 'get', 'pOsT', 'put', 'delete', 'options', 'PATCH', 'patch', 'PaTcH'].map((method) =>
      raw(method),
    ),
    ...['CUSTOM', 'custom', 'M-SEARCH', 'PROPFIND', 'QUERY', "!#$%&'*+-.^_`|~0"].map((method) =>
      raw(method),
    ),
    ...['CONNECT', 'connect', 'TRACE', 'TRACK', 'track', '', 'GET ', 'G(T', 'G\nT', 'é'].map(
      (method) => raw(method, 'TypeError'),
    ),
    raw(undefined),
    raw(null),
    raw(1),
    raw(Object('POST')),
    raw({ toString: () => 'PUT' }),
    raw(Symbol('GET'), 'TypeError'),
    raw(['DELETE']),
  ]);
});

describe('headers', () => {
  // Without an end, it differs between the versions of Node.
  const given = (name: string, headers: unknown, ends: number | string | null = 200): Scenario => ({
    ...withInit(`(${name})`, ends ?? undefined, () => ({
      headers: typeof headers === 'function' ? (headers as () => unknown)() : headers,
    })),
    raw: ANSWER,
  });
  class Own {
    own = '1';
    get inherited(): string {
      return 'not sent';
    }
  }
  compareWithBare([
    given('an object', { 'X-Own': '1', Accept: 'text/plain', 'content-type': 'application/json' }),
    given('a Headers', new Headers({ 'X-Own': '1', b: '2' })),
    given('a list of pairs', [
      ['X-Own', '1'],
      ['x-own', '2'],
      ['Set-Cookie', 'a'],
    ]),
    given('a Map', new Map([['X-Own', '1']])),
    given('URLSearchParams', new URLSearchParams('a=1&b=2')),
    given('a generator', function* () {
      yield ['X-Own', '1'];
      yield new Set(['other', '2']);
    }),
    given('an iterator of pairs that are iterators', () =>
      [['X-Own', '1'].values(), ['other', '2'].values()].values(),
    ),
    given('an instance of a class', new Own()),
    given('no prototype', Object.assign(Object.create(null), { own: '1' })),
    given('from another realm', runInNewContext('({ own: "1" })')),
    given('a list from another realm', runInNewContext('[["own", "1"]]')),
    given('undefined', undefined),
    given('empty', {}),
    given('values that are no strings', { a: 1, b: null, c: undefined, d: true, e: [1, 2] }),
    given('spaces around a value', { own: ' \t1 \t' }),
    given('an empty value', { own: '' }),
    given('a value in Latin-1', { own: 'hällo÷ÿ' }),
    given('a value with control characters', { own: 'a\u0001\u007fb' }, 'TypeError'),
    given('a forbidden name', { host: 'example.com', origin: 'http://a', 'sec-own': '1' }),
    given('cookies', { cookie: 'a=1; b=2', Cookie: 'c=3' }),
    given('a content length', { 'content-length': '0' }),
    given('accept-encoding', { 'accept-encoding': 'identity', 'user-agent': 'own' }),
    given('a user agent', { 'User-Agent': 'own', 'accept-language': 'de', range: 'bytes=0-1' }),
    given('an upgrade', { connection: 'upgrade', upgrade: 'websocket' }, 'TypeError'),
    given('expect', { expect: '100-continue' }, 'TypeError'),
    given('a transfer encoding', { 'transfer-encoding': 'chunked' }, 'TypeError'),
    given('a connection of its own', { connection: 'own' }, null),
    given('a line break', { own: 'a\r\nb: c' }, 'TypeError'),
    given('a null character', { own: 'a\0b' }, 'TypeError'),
    given('a value beyond Latin-1', { own: '€' }, 'TypeError'),
    given('a name beyond Latin-1', { '€': '1' }, 'TypeError'),
    given('a bad name', { 'a b': '1' }, 'TypeError'),
    given('an empty name', { '': '1' }, 'TypeError'),
    given('a symbol as a name', { [Symbol('own')]: '1' }, 'TypeError'),
    given('a symbol as a value', { own: Symbol('1') }, 'TypeError'),
    given('null', null, 'TypeError'),
    given('a string', 'own: 1', 'TypeError'),
    given('a number', 1, 'TypeError'),
    given('pairs of three', [['own', '1', '2']], 'TypeError'),
    given('pairs of one', [['own']], 'TypeError'),
    given('pairs that are strings', ['ab', 'cd'], 'TypeError'),
    given('pairs that are none', [1], 'TypeError'),
    given('an iterator that is none', { [Symbol.iterator]: 1 }, 'TypeError'),
    given(
      'a getter that throws',
      {
        get own(): string {
          throw new RangeError('mine');
        },
      },
      'RangeError',
    ),
    given(
      'an iterator that throws',
      function* () {
        yield ['own', '1'];
        throw new RangeError('mine');
      },
      'RangeError',
    ),
    given(
      'very many',
      Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`own-${i}`, 'x'])),
    ),
  ]);
});

describe('an init', () => {
  const members = { method: 'POST', headers: { own: '1' }, body: 'text' } as const;
  class Init {
    readonly #method = 'POST';
    readonly body = 'text';
    get method(): string {
      return this.#method;
    }
    get headers(): object {
      return { own: '1' };
    }
  }
  const hidden = Object.defineProperties(
    {},
    { method: { value: 'POST' }, body: { value: 'text' }, headers: { value: { own: '1' } } },
  );
  compareWithBare([
    withInit('(null)', 200, () => null),
    withInit('(undefined)', 200, () => undefined),
    withInit('(a function)', 200, () => Object.assign(() => undefined, members)),
    withInit('(a list)', 200, () => []),
    withInit('(a number)', 'TypeError', () => 1),
    withInit('(a string)', 'TypeError', () => 'POST'),
    withInit('(false)', 'TypeError', () => false),
    withInit('(a symbol)', 'TypeError', () => Symbol('init')),
    withInit('(an instance of a class)', 200, () => new Init()),
    withInit('(frozen)', 200, () => Object.freeze({ ...members })),
    withInit('(a frozen instance)', 200, () => Object.freeze(new Init())),
    withInit('(inherited)', 200, () => Object.create(members)),
    withInit('(no prototype)', 200, () => Object.assign(Object.create(null), members)),
    withInit('(not enumerable)', 200, () => hidden),
    withInit('(a proxy)', 200, () => new Proxy({ ...members }, {})),
    withInit('(a proxy that makes its members)', 200, () => {
      return new Proxy({}, { get: (_target, key): unknown => Reflect.get(members, key) });
    }),
    withInit('(from another realm)', 200, () => runInNewContext('({ method: "PUT", body: "x" })')),
    withInit('(a Request)', 200, () => new Request('http://127.0.0.1:1/', members)),
    withInit('(a Request without a body)', 200, () => {
      return new Request('http://127.0.0.1:1/', { method: 'DELETE', headers: { own: '1' } });
    }),
    withInit('(unknown members)', 200, () => ({ ...members, own: 1, agent: {}, timeout: 1 })),
    withInit('(members that are undefined)', 200, () => ({ method: undefined, body: undefined })),
    withInit('(a getter that throws)', 'RangeError', () => ({
      get redirect(): string {
        throw new RangeError('mine');
      },
    })),
    {
      name: '(a third argument)',
      ends: 200,
      call: (fetch, { url }) => callWith(fetch, url, members, { method: 'PUT' }),
    },
  ]);

  type Counting = (count: (key: string) => undefined) => object;
  const counting: [string, Counting][] = [
    ['a proxy', (count) => new Proxy({}, { get: (_target, key) => count(String(key)) })],
    ['an object with getters', (count) => withGetters({}, count)],
    ['an instance with getters', (count) => withGetters(new Init(), count)],
  ];

  function withGetters(init: object, count: (key: string) => undefined): object {
    for (const key of ['redirect', 'signal', 'cache']) {
      Object.defineProperty(init, key, { enumerable: true, get: () => count(key) });
    }
    return init;
  }

  it.each(counting)('(%s) is read once, each member of it', async (_kind, make) => {
    const counts = async (fetch: Fetch): Promise<Record<string, number>> => {
      const reads: Record<string, number> = {};
      const init = make((key) => {
        reads[key] = (reads[key] ?? 0) + 1;
        return undefined;
      });
      await callWith(fetch, 'data:,', init).catch(() => undefined);
      return reads;
    };
    const inner = (_input: unknown, init: unknown): Promise<Response> =>
      callWith(fetch, 'data:,', init);
    const wrapped = quick('http://127.0.0.1:1').wrapFetch(inner);
    const bare = await counts(globalThis.fetch);
    const through = await counts((_input, init) => wrapped('http://127.0.0.1:1/', init));
    expect(bare).toMatchObject({ redirect: 1, signal: 1, cache: 1 });
    expect(through).toMatchObject(bare);
    expect(Object.values(through).every((count) => count === 1)).toBe(true);
  });
});
