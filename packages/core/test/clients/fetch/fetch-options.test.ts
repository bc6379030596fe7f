/** What an init may ask of fetch beside method, headers and body, compared with the bare fetch. */
import { createHash } from 'node:crypto';
import { describe } from 'vitest';
import { callWith, compareWithBare, type Scenario } from '../../support/differential.ts';
import { guardProcess } from '../../support/guard.ts';

guardProcess();

const BODY = 'answer';

function hashed(algorithm: string, text = BODY): string {
  return `${algorithm}-${createHash(algorithm).update(text).digest('base64')}`;
}

/** Without an end, it differs between the versions of Node. */
function sending(init: object, ends: number | string | null = 200): Scenario {
  return {
    name: JSON.stringify(init),
    ...(ends === null ? {} : { ends }),
    call: (fetch, { url }) => callWith(fetch, `${url}/path`, init),
  };
}

describe('integrity', () => {
  compareWithBare([
    sending({ integrity: '' }),
    sending({ integrity: hashed('sha256') }),
    sending({ integrity: hashed('sha512') }),
    sending({ integrity: `${hashed('sha256', 'other')} ${hashed('sha256')}` }),
    sending({ integrity: `${hashed('sha256')}?option` }, null),
    sending({ integrity: 'md5-unknown' }),
    sending({ integrity: 'nonsense' }),
    sending({ integrity: hashed('sha256', 'other') }, 'TypeError'),
    sending({ integrity: `${hashed('sha256')} ${hashed('sha384', 'other')}` }, 'TypeError'),
    {
      name: 'of a Request',
      ends: 'TypeError',
      call: (fetch, { url }) => fetch(new Request(url, { integrity: hashed('sha256', 'other') })),
    },
    {
      name: 'of an answer in gzip',
      ends: 'TypeError',
      call: (fetch, { url }) => fetch(url, { integrity: hashed('sha256', 'other') }),
      answer: (_request, response) => response.end(Buffer.alloc(100_000)),
    },
  ]);
});

describe('the options of the standard', () => {
  compareWithBare([
    ...['default', 'no-store', 'reload', 'no-cache', 'force-cache'].map((cache) =>
      sending({ cache }),
    ),
    sending({ cache: 'only-if-cached' }, 'TypeError'),
    sending({ cache: 'only-if-cached', mode: 'same-origin' }),
    sending({ cache: 'own' }, 'TypeError'),
    sending({ cache: 'no-store', headers: { 'if-none-match': '"1"' } }),
    ...['omit', 'same-origin', 'include'].map((credentials) => sending({ credentials })),
    sending({ credentials: 'own' }, 'TypeError'),
    sending({ credentials: 'include', headers: { authorization: 'Bearer t', cookie: 'a=b' } }),
    ...['cors', 'no-cors', 'same-origin'].map((mode) => sending({ mode })),
    sending({ mode: 'no-cors', headers: { own: '1', accept: 'text/plain' } }),
    sending({ mode: 'navigate' }, 'TypeError'),
    sending({ mode: 'own' }, 'TypeError'),
    sending({ redirect: 'own' }, 'TypeError'),
    sending({ keepalive: true }),
    sending({ keepalive: true, method: 'POST', body: 'text' }),
    ...['high', 'low', 'auto'].map((priority) => sending({ priority })),
    sending({ window: null }),
    sending({ window: 'own' }, 'TypeError'),
    sending({ duplex: 'half' }),
    sending({ duplex: 'full' }, 'TypeError'),
    sending({ signal: null }),
    ...[{}, '', 1, true].map((signal) => sending({ signal }, 'TypeError')),
    sending({ dispatcher: {} }, 'TypeError'),
    sending({ dispatcher: null }, 'AssertionError'),
  ]);
});

describe('the referrer', () => {
  const policies = [
    '',
    'no-referrer',
    'no-referrer-when-downgrade',
    'origin',
    'origin-when-cross-origin',
    'same-origin',
    'strict-origin',
    'strict-origin-when-cross-origin',
    'unsafe-url',
  ];
  const away = 'http://127.0.0.1:1/page?q=1#fragment';
  compareWithBare([
    sending({ referrer: '' }),
    sending({ referrer: 'about:client' }),
    sending({ referrer: away }),
    sending({ referrer: 'about:blank' }),
    sending({ referrer: 'nonsense' }, 'TypeError'),
    sending({ referrerPolicy: 'own' }, 'TypeError'),
    ...policies.map((referrerPolicy) => sending({ referrer: away, referrerPolicy })),
    ...[undefined, {}, { own: 1 }, { method: undefined }, { headers: { own: '1' } }].flatMap(
      (init): Scenario[] => [
        {
          name: `of a Request, with the init ${JSON.stringify(init)}`,
          ends: 200,
          call: (fetch, { url }) => {
            const request = new Request(url, { referrer: away, referrerPolicy: 'unsafe-url' });
            return callWith(fetch, request, init);
          },
        },
        {
          name: `of a Request that hides it, with the init ${JSON.stringify(init)}`,
          ends: 200,
          call: (fetch, { url }) => callWith(fetch, new Request(url, { referrer: '' }), init),
        },
      ],
    ),
    {
      name: 'of a Request, overruled',
      ends: 200,
      call: (fetch, { url }) =>
        fetch(new Request(url, { referrer: away }), { referrerPolicy: 'origin', referrer: '' }),
    },
  ]);
});

describe('a Request', () => {
  compareWithBare([
    {
      name: 'with everything, and an init with everything else',
      ends: 200,
      call: (fetch, { url }) => {
        const request = new Request(`${url}/request`, {
          method: 'PUT',
          headers: { own: 'request', other: 'kept' },
          body: 'request',
          cache: 'no-store',
          credentials: 'omit',
          redirect: 'error',
          keepalive: true,
        });
        return fetch(request, { headers: { own: 'init' }, body: 'init', redirect: 'follow' });
      },
    },
    {
      name: 'whose headers were changed after it was made',
      ends: 200,
      call: (fetch, { url }) => {
        const request = new Request(url, { headers: { own: '1' } });
        request.headers.append('own', '2');
        request.headers.set('other', '3');
        return fetch(request);
      },
    },
    {
      name: 'sent twice',
      call: async (fetch, { url }) => {
        const request = new Request(url, { headers: { own: '1' } });
        return [await fetch(request), await fetch(request)];
      },
    },
    {
      name: 'with redirect: error, redirected',
      ends: 'TypeError',
      call: (fetch, { url }) => fetch(new Request(url, { redirect: 'error' })),
      answer: (_request, response) => response.writeHead(302, { location: '/b' }).end(),
    },
    {
      name: 'is left as it was',
      call: async (fetch, { url }) => {
        const request = new Request(url, { headers: { own: '1' }, cache: 'reload' });
        await fetch(request, { method: 'DELETE', headers: { own: '2' } });
        const { method, cache, bodyUsed, signal } = request;
        return [method, cache, bodyUsed, signal.aborted, [...request.headers]];
      },
    },
  ]);
});
